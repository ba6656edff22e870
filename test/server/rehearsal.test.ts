import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { rehearse } from '../../src/server/rehearsal.ts'
import type { JsonObject } from '../../src/wire/common.ts'
import { samples } from '../support/samples.ts'
import { memoryConnectors, memorySystem, objectOf } from './runner/memory.ts'
import { field, identity, runnerWorld, syncFacts } from './runner/world.ts'

const row = fc.record<JsonObject>(
  {
    email: fc.constantFrom('a', 'A', 'b', 'c', '', null),
    name: fc.constantFrom('x', 'y', null, ['l'], { of: 'o' }),
    age: fc.constantFrom(1, 2.5, null)
  },
  { requiredKeys: ['email'] }
)

const worlds = fc.record({
  mode: fc.constantFrom('create', 'update', 'updateOrCreate', 'remove'),
  keepsName: fc.boolean(),
  rows: fc.array(row, { maxLength: 6 }),
  records: fc.array(
    fc.record({ email: fc.constantFrom('a', 'A', 'b'), name: fc.constantFrom('n', null) }),
    {
      maxLength: 3
    }
  )
})

const operations: Readonly<Record<string, string>> = { create: 'insert', remove: 'delete' }

test('what is rehearsed is what a real run does, record by record', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async ({ mode, keepsName, rows, records }) => {
      const keeps = keepsName && mode !== 'remove' ? { sync_mode: 'create' } : {}
      const fields = [field('name', 'name', keeps), field('age')]
      const rehearsal = await rehearse(
        {
          body: {
            name: 'People',
            mode,
            active: true,
            fields: JSON.parse(JSON.stringify(fields)),
            identity: JSON.parse(JSON.stringify(identity('email'))),
            schedule: { frequency: 'manual' },
            target: { connection_id: 'to', object: 'people' }
          },
          from: { id: 'm', name: 'People', tracking: [] },
          to: { id: 'to', name: 'to', type: 'postgresql' },
          cases: [{ rows, records }]
        },
        () => new Date(0)
      )
      if (!rehearsal.ok) throw new Error(rehearsal.message)
      const system = memorySystem({ rows: new Map([['people', rows]]) })
      for (const [index, record] of records.entries())
        objectOf(system, 'people').set(`t${index}`, { ...record })
      const world = runnerWorld(memoryConnectors(system))
      const { problem } = await world.run(syncFacts({ sync: { mode, fields } }))
      world.state.close()
      expect(problem).toBeUndefined()
      const written = system.writes.flatMap(({ operation, fields: names, records: all }) =>
        all.map(({ values }) => {
          const cells = names.flatMap((name, at) => (values[at] === undefined ? [] : [[name, values[at]]]))
          return { operation, fields: Object.fromEntries(cells) }
        })
      )
      const rehearsed = (rehearsal.cases[0] ?? []).filter(
        ({ operation }) => !['skip', 'refuse'].includes(operation)
      )
      const reported = rehearsed.map(({ operation, fields: { email, ...rest } }) => ({
        operation: operations[operation] ?? operation,
        fields: operation === 'create' ? { email, ...rest } : rest
      }))
      expect(texts(reported)).toEqual(
        texts(written.map((one) => (one.operation === 'delete' ? { ...one, fields: {} } : one)))
      )
    }),
    samples(200, 25)
  )
})

function byName(fields: object): unknown[] {
  return Object.entries(fields).toSorted(([a], [b]) => a.localeCompare(b))
}

function texts(records: readonly { operation: string; fields: object }[]): string[] {
  return records.map(({ operation, fields }) => `${operation} ${JSON.stringify(byName(fields))}`).toSorted()
}
