import { expect, test } from 'vitest'
import type { CodeEntry } from '../../src/diagnostics/code-entry.ts'
import { configurationCodes } from '../../src/diagnostics/codes-configuration.ts'
import { kinds } from '../../src/kinds/index.ts'
import { incomplete } from '../../src/plan/incomplete.ts'
import { read } from '../support/reading.ts'

const entries: [string, CodeEntry][] = Object.entries(configurationCodes)
const examples = entries.filter(([, { bad }]) => bad !== undefined)

/** What cannot be shown by YAML alone: sizes, disks, environments, versions of the API, git. */
const withoutExample = [
  'P007',
  'P008',
  'P009',
  'P111',
  'P114',
  'P302',
  'P312',
  'P317',
  'P318',
  'P310',
  'P311'
]

/** All that can be said without the service. */
async function problemsOf(text: string) {
  const { result } = await read(text)
  const created = result.ok ? incomplete(result.value.desired.resources, kinds) : []
  return [...result.problems, ...created]
}

test.each(entries)('%s is explained in sentences', (_code, { title, explanation }) => {
  expect(title).toMatch(/^[a-z].*[^.]$/)
  expect(explanation.trim()).toMatch(/^([A-Z`]|polyctl).{150,}\.$/s)
})

test('every code that YAML alone can show has an example, wrong and right', () => {
  expect(entries.filter(([, { bad, good }]) => !bad || !good).map(([code]) => code)).toEqual(withoutExample)
})

test.each(examples)('the bad example of %s has this problem and no other', async (code, { bad }) => {
  expect((await problemsOf(bad ?? '')).map(({ code }) => code)).toEqual([code])
})

test.each(examples)('the good example of %s has no problem', async (_code, { good }) => {
  expect(await problemsOf(good ?? '')).toEqual([])
})

test('no title is used twice', () => {
  const titles = entries.map(([, { title }]) => title)
  expect(new Set(titles).size).toBe(titles.length)
})
