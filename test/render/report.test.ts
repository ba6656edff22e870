import { expect, test } from 'vitest'
import type { ApplyEvent, Outcome } from '../../src/apply/events.ts'
import { renderEvent } from '../../src/render/report.ts'
import { diagnostic, look } from './builders.ts'
import { done, mixed, pending, refused, report, settled, texts } from './reports.ts'
import { renderReport } from '../support/rendered.ts'

const many = (number: number, outcome: Outcome = done) =>
  Array.from({ length: number }, (_, index) => settled('sync', `Sync ${index}`, 'create', outcome))

const reports = {
  'report-nothing': report([]),
  'report-done': report([settled('connection', 'A', 'create', done), settled('sync', 'B', 'update', done)]),
  'report-deleted': report([
    settled('sync', 'S', 'delete', done),
    settled('connection', 'C', 'delete', done)
  ]),
  'report-mixed': mixed,
  'report-pending': report([
    settled('connection', 'Salesforce', 'create', pending),
    settled('model', 'Contacts', 'create', {
      outcome: 'pending',
      because:
        'connection "Salesforce" waits for authorization; POST /api/models answered 422: not connected'
    })
  ]),
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

test('an event of a failure names the thing once', () => {
  const line = (message: string) => {
    const outcome: Outcome = { outcome: 'failed', problem: diagnostic({ code: 'P615', message }) }
    return renderEvent({ type: 'settled', ...settled('connection', 'X', 'create', outcome) }, look)
  }
  expect([
    line('connection "X" cannot be sent: a secret is missing'),
    line('creating connection "X": the service refused it'),
    line('the service refused it')
  ]).toEqual([
    'failed    connection "X": cannot be sent: a secret is missing [P615]',
    'failed    creating connection "X": the service refused it [P615]',
    'failed    connection "X": the service refused it [P615]'
  ])
})
