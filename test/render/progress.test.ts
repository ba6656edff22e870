import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { openPace } from '../../src/render/pace.ts'
import { openProgress } from '../../src/render/progress.ts'
import { done, report, settled } from './reports.ts'

function recorder() {
  const writes: string[] = []
  return { writes, write: (text: string) => void writes.push(text), text: () => writes.join('') }
}

const look = { colour: false, width: 80 }
const changes = (number: number) =>
  Array.from({ length: number }, (_, index) => settled('sync', `Sync ${index}`, 'create', done))

test('in a log only what the report does not tell is a line', async () => {
  const { write, text } = recorder()
  const progress = openProgress({ live: false, look, write })
  const value = await progress.phase('reading the service', async (update) => {
    update('12 syncs')
    return 42
  })
  const [first] = changes(1)
  if (first === undefined) throw new Error('no change')
  const waits = settled('sync', 'Late', 'create', { outcome: 'skipped', because: 'why' })
  progress.event({ type: 'begin', changes: [first] })
  progress.event({ type: 'start', ...first })
  progress.event({ type: 'note', address: first.address, text: 'found by name' })
  progress.event({ type: 'settled', ...first })
  progress.event({ type: 'settled', ...waits })
  progress.event({ type: 'end', report: report([first, waits]) })
  await progress.close()
  expect(value).toBe(42)
  expect(text()).toBe(
    ['reading the service', 'applying 1 change', '          sync "Sync 0": found by name', ''].join('\n')
  )
})

test('a live display ends with how far it came, and gives the cursor back', async () => {
  const { write, text } = recorder()
  const progress = openProgress({ live: true, look, write })
  await progress.phase('reading the service', async (update) => update('12 syncs'))
  const all = changes(3)
  progress.event({ type: 'begin', changes: all })
  for (const each of all) progress.event({ type: 'settled', ...each })
  progress.event({ type: 'end', report: report(all) })
  await progress.close()
  await progress.close()
  const shown = stripVTControlCharacters(text())
  expect(shown).toContain('reading the service 12 syncs\n')
  expect(shown.trimEnd().endsWith('apply 3/3')).toBe(true)
  expect(text().lastIndexOf('\u001b[?25h')).toBeGreaterThan(text().lastIndexOf('\u001b[?25l'))
})

test('while changes are applied a bar, the outcomes and the time that is left are told', () => {
  let now = 0
  const pace = openPace(20, { now: () => now, columns: () => 80 })
  expect(pace.title()).toBe('apply 0/20')
  for (let index = 0; index < 10; index += 1) {
    now += 1000
    pace.settled(index === 3 ? 'failed' : 'done')
  }
  expect(pace.title()).toBe('apply 10/20 ━━━━━━━━──────── 9 done, 1 failed, about 10 s left')
  for (let index = 0; index < 10; index += 1) pace.settled('done')
  expect(pace.title()).toBe('apply 20/20')
})

test('a phase that fails gives its own error, and the next one still shows', async () => {
  const { write, text } = recorder()
  const progress = openProgress({ live: true, look, write })
  const failing = progress.phase('planning', async () => {
    throw new TypeError('a bug')
  })
  await expect(failing).rejects.toThrow(new TypeError('a bug'))
  expect(await progress.phase('reading', async () => 'read')).toBe('read')
  await progress.close()
  expect(stripVTControlCharacters(text())).toContain('reading\n')
})

test('a phase within a phase, and events within a phase, share its display', async () => {
  const { write, text } = recorder()
  const progress = openProgress({ live: true, look, write })
  const all = changes(2)
  await progress.phase('applying', async () => {
    await progress.phase('reading again', async (update) => update('1 of 2'))
    progress.event({ type: 'begin', changes: all })
    for (const each of all) progress.event({ type: 'settled', ...each })
    progress.event({ type: 'end', report: report(all) })
  })
  await progress.close()
  expect(stripVTControlCharacters(text()).trimEnd().endsWith('apply 2/2')).toBe(true)
})

test('a closed pipe stops the display, not the work', async () => {
  const write = () => {
    throw Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })
  }
  for (const live of [true, false]) {
    const progress = openProgress({ live, look, write })
    expect(await progress.phase('reading', async () => 'read')).toBe('read')
    progress.event({ type: 'begin', changes: changes(1) })
    await progress.close()
  }
})

test('thousands of events are drawn together', async () => {
  const { write, writes } = recorder()
  const progress = openProgress({ live: true, look, write })
  const all = changes(5000)
  const began = performance.now()
  progress.event({ type: 'begin', changes: all })
  for (const each of all) {
    progress.event({ type: 'start', ...each })
    progress.event({ type: 'settled', ...each })
  }
  progress.event({ type: 'end', report: report(all) })
  await progress.close()
  expect(performance.now() - began).toBeLessThan(3000)
  expect(writes.length).toBeLessThan(100)
})

test('a line that belongs to no change is drawn with the rest, and is a line of its own in a log', async () => {
  const live = recorder()
  const progress = openProgress({ live: true, look, write: live.write })
  const [first] = changes(1)
  progress.event({ type: 'begin', changes: [first!] })
  progress.say('throttled by the service, going on in 2 s')
  progress.event({ type: 'settled', ...first! })
  progress.event({ type: 'end', report: report([first!]) })
  await progress.close()
  expect(stripVTControlCharacters(live.text())).toContain('throttled by the service, going on in 2 s')
  const log = recorder()
  openProgress({ live: false, look, write: log.write }).say('throttled\u001b[2J')
  expect(log.text()).toBe('throttled\\x1b[2J\n')
})
