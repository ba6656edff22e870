import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { digest } from '../../../src/server/runner/codec.ts'
import { ErrorSummary } from '../../../src/server/runner/run-log.ts'
import { openRunnerState, type RunnerState } from '../../../src/server/runner/state.ts'

const hash = digest('values')
const keys = Array.from({ length: 500 }, (_, number) => digest(String(number)))

function opened(file?: string): RunnerState {
  const state = openRunnerState(file, () => 'secret')
  onTestFinished(() => state.close())
  return state
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'polyctl-state-'))
  onTestFinished(() => rmSync(made, { recursive: true }))
  return made
}

test('what a run that was killed had settled is known to the next one', () => {
  const file = join(folder(), 'state.db')
  const killed = opened(file)
  for (const key of keys) killed.store.record('s', key, { hash, id: undefined })
  for (const key of keys.slice(0, 9)) killed.store.record('s', key, { hash: digest('later'), id: 'x' })
  killed.store.record('other', keys[0]!, { hash, id: undefined })
  const next = opened(file)
  next.openStage('s').drop()
  const known = keys.map((key) => next.reader.recorded('s', key, hash))
  expect(known).toEqual(keys.map((_key, at) => (at < 9 ? 'other' : 'same')))
  expect(next.store.count('s')).toBe(500)
  // Other syncs are left to their own runs.
  expect(next.reader.recorded('other', keys[0]!, hash)).toBe('none')
  expect(next.store.fold('s')).toBe(false)
  expect(next.store.fold('other')).toBe(true)
  expect(next.reader.recorded('other', keys[0]!, hash)).toBe('same')
})

test('what was settled after a fold wins over what was folded in', () => {
  const { store, reader } = opened()
  const [key = ''] = keys
  for (const text of ['one', 'two', 'three']) {
    store.record('s', key, { hash: digest(text), id: undefined })
    while (store.fold('s'));
    expect(reader.recorded('s', key, digest(text))).toBe('same')
  }
})

test('records that were not seen are forgotten, however many, and what is forgotten is forgotten at once', () => {
  const { store } = opened()
  const many = Array.from({ length: 25_000 }, (_, number) => digest(`many ${number}`))
  store.transaction(() => {
    for (const key of many) store.record('s', key, { hash, id: undefined })
  })
  while (store.fold('s'));
  const kept = new Set(many.filter((_key, at) => at % 1000 === 0))
  store.forgetUnseen('s', kept)
  expect(store.count('s')).toBe(25)
  store.record('s', keys[0]!, { hash, id: undefined })
  store.forget('s')
  expect([store.count('s'), store.fold('s'), store.hasBaseline('s')]).toEqual([0, false, false])
})

test('logs and sorts of errors have an end, whatever a target does', () => {
  const { logs, close } = openRunnerState(undefined, () => 'secret')
  for (let number = 0; number < 10_003; number += 1) logs.add('e', 'errors', { identity: [String(number)] })
  logs.add('e', 'inserts', { identity: ['other'] })
  expect([logs.read('e', 'errors').length, logs.read('e', 'inserts').length]).toEqual([10_000, 1])
  close()
  const errors = new ErrorSummary()
  for (let number = 0; number < 50; number += 1) errors.add('X', `sort ${number}`)
  errors.add('X', 'sort 3')
  expect(errors.lines()).toHaveLength(20)
  expect(errors.lines()).toContain('X: sort 3 (2 records)')
})
