import { expect, test } from 'vitest'
import type { Hit, TargetReader, WriteRequest } from '../../src/server/runner/connector.ts'
import type { ConnectorEntry } from '../../src/server/runner/connectors.ts'
import { textOf, type Row, type Value } from '../../src/server/runner/value.ts'
import { identityFunctions, syncModes } from '../../src/wire/sync.ts'
import { previewWorld } from './preview-world.ts'

const count = 100_000

/** A source and a target that find a record at once, however many there are. */
function large(): {
  entry: ConnectorEntry
  rows: (read: (index: number) => Value) => void
  writes: WriteRequest[]
} {
  const writes: WriteRequest[] = []
  const records = new Map<string, Row>()
  let nameOf = (_index: number): Value => null
  const emailOf = (index: number): string => `p${index}@example.com`
  const reader: TargetReader = {
    describe: async () => ({
      id: 'people',
      fields: [],
      modes: syncModes,
      functions: identityFunctions,
      batch: 500,
      workers: 2
    }),
    lookUp: async (_object, { keys, select }) =>
      keys.map(([key]): Hit[] => {
        const [name, email] = records.get(textOf(key)) ?? []
        if (email === undefined) return []
        return [
          {
            id: textOf(key),
            values: select.map((field) => (field === 'name' ? name : field === 'email' ? email : null))
          }
        ]
      }),
    count: async () => records.size,
    close: async () => undefined
  }
  const entry: ConnectorEntry = {
    source: true,
    target: true,
    load: async () => ({
      source: async () => ({
        objects: async () => [],
        fields: async () => [],
        async *rows({ fields, batch }) {
          for (let from = 0; from < count; from += batch)
            yield Array.from({ length: Math.min(batch, count - from) }, (_one, at) =>
              fields.map((field): Value =>
                field === 'email' ? emailOf(from + at) : field === 'name' ? nameOf(from + at) : null
              )
            )
        },
        close: async () => undefined
      }),
      reader: async () => reader,
      writer: async () => ({
        ...reader,
        write: async (request) => {
          writes.push(request)
          const [name, email] = ['name', 'email'].map((field) => request.fields.indexOf(field))
          return request.records.map(({ id, values }) => {
            const key = id ?? textOf(values[email ?? 0])
            records.set(key, [values[name ?? 0], key])
            return { state: 'done', id: key }
          })
        }
      })
    })
  }
  return {
    entry,
    writes,
    rows: (read) => {
      nameOf = read
    }
  }
}

test('of 100,000 records 1,000 changed: the target sees exactly these 1,000 writes', async () => {
  const { entry, rows, writes } = large()
  const connectors = new Map([['postgresql', entry]])
  const made = await previewWorld({ server: { run: { fetch: (request) => fetch(request), connectors } } })
  rows(() => 'as it was')
  expect((await made.run('run', 'People')).out).toContain('100,000 records, 100,000 created')
  writes.splice(0)
  const isChanged = (index: number): boolean => index % 100 === 7
  rows((index) => (isChanged(index) ? 'changed' : 'as it was'))
  const saved = await made.run('preview', 'People', '--out', 'p.json')
  expect(saved.err).toContain('writes exactly these 1,000 records, or refuses.')
  // Another one changes before the run: it waits.
  rows((index) => (isChanged(index) || index === 8 ? 'changed' : 'as it was'))
  const ran = await made.run('run', 'p.json')
  expect(ran.code).toBe(0)
  expect(ran.out).toContain('1,000 records, 1,000 updated')
  expect(ran.out).toContain('1 other record waits for the next run')
  const written = writes.flatMap(({ records }) => records)
  expect(written).toHaveLength(1000)
  expect(new Set(written.map(({ id }) => id)).size).toBe(1000)
  expect((await made.run('run', 'People')).out).toContain('1 record, 1 updated')
})
