import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/**
 * The table of `polyctl explain values` is made of the golden tables, which `values.test.ts` makes of what the engine
 * does: so it says what happens.
 */

const root = join(import.meta.dirname, '..', '..', '..')

const names: Readonly<Record<string, string>> = {
  Text__c: 'text',
  Number__c: 'number',
  Int__c: 'whole number',
  Yes__c: 'checkbox',
  Day__c: 'date',
  At__c: 'date/time'
}

const shown = [
  'string',
  'string with NUL',
  'bool',
  'int',
  'long',
  'long beyond 2^53',
  'double',
  'double NaN',
  'decimal',
  'decimal of 22 digits',
  'date',
  'date after 9999',
  'timestamp',
  'object',
  'array',
  'binary',
  'uuid',
  'objectId'
]

/** A golden table: for each value what stands in which field. */
function tableOf(target: string): Map<string, [field: string, cell: string][]> {
  const text = readFileSync(join(root, `test/golden/values/mongodb-to-${target}.md`), 'utf8')
  const [head = [], , ...rows] = text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.slice(2, -2).split(' | '))
  return new Map(
    rows.map(([value = '', , ...cells]) => [value, cells.map((cell, at) => [head[at + 2] ?? '', cell])])
  )
}

test('what takes which value is what the golden tables say', () => {
  const [salesforce, postgresql] = ['salesforce', 'postgresql'].map(tableOf)
  const takers = (table: ReturnType<typeof tableOf> | undefined, value: string): string => {
    const cells = table?.get(value) ?? []
    const taking = cells.filter(([, cell]) => cell !== 'refused').map(([field]) => names[field] ?? field)
    return taking.length === 0 ? 'none' : taking.join(', ')
  }
  const rows = shown.map(
    (value) => `| ${value} | ${takers(salesforce, value)} | ${takers(postgresql, value)} |`
  )
  const page = readFileSync(join(root, 'configs/help/record-values.md'), 'utf8')
  expect(page).toContain(`|---|---|---|\n${rows.join('\n')}\n\n`)
})
