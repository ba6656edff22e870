import { expect, test } from 'vitest'
import type { ApplyEvent, Outcome } from '../../src/apply/events.ts'
import { renderEvent, renderReport } from '../../src/render/report.ts'
import { look } from './builders.ts'
import { done, mixed, pending, refused, report, settled, texts } from './reports.ts'

const many = (number: number, outcome: Outcome = done) =>
  Array.from({ length: number }, (_, index) => settled('sync', `Sync ${index}`, 'create', outcome))

const reports = {
  'report-nothing': report([]),
  'report-done': report([settled('connection', 'A', 'create', done), settled('sync', 'B', 'update', done)]),
  'report-mixed': mixed,
  'report-pending': report([settled('connection', 'Salesforce', 'create', pending)]),
  'report-interrupted': report(
    [
      settled('connection', 'A', 'create', done),
      settled('sync', 'B', 'create', { outcome: 'skipped', because: 'it was interrupted before it began' })
    ],
    true
  ),
  'report-many': report([
    ...many(200),
    settled('model', 'M', 'update', { outcome: 'done', id: '1', notes: ['a note is never folded'] }),
    settled('model', 'Broken', 'create', refused),
    ...many(130, { outcome: 'skipped', because: 'model "Broken" failed' })
  ])
}

for (const [name, value] of Object.entries(reports)) {
  test(`the text of ${name}`, async () => {
    await expect(renderReport(value, texts, look)).toMatchFileSnapshot(`../golden/${name}.txt`)
  })
}

test('each event is one line', async () => {
  const events: ApplyEvent[] = [
    { type: 'begin', changes: mixed.settled },
    ...mixed.settled.flatMap((it): ApplyEvent[] => [
      { type: 'start', address: it.address, action: it.action },
      { type: 'note', address: it.address, text: 'looking for it\nby name' },
      { type: 'settled', ...it }
    ]),
    { type: 'end', report: mixed }
  ]
  const lines = events.map((event) => renderEvent(event, look)).filter((line) => line !== undefined)
  expect(lines.every((line) => !line.includes('\n'))).toBe(true)
  await expect(lines.map((line) => `${line}\n`).join('')).toMatchFileSnapshot('../golden/events.txt')
})
