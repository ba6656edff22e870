import { describe, expect, test } from 'vitest'
import type { RefusalOf } from '../../../src/server/runner/connector.ts'
import { localConnectors } from '../../../src/server/runner/connectors.ts'
import { Unreadable } from '../../../src/server/runner/value.ts'
import { memoryConnectors, memorySystem, memoryWorld, objectOf, type MemorySystem } from './memory.ts'
import { field, runnerWorld, syncFacts } from './world.ts'

const ada = { email: 'ada@example.com', name: 'Ada' }
const alan = { email: 'alan@example.com', name: 'Alan' }

function names(system: MemorySystem): unknown[] {
  return [...objectOf(system, 'people').values()].map(({ name }) => name)
}

describe('what a field of the target does not take', () => {
  const refusalOf: RefusalOf = ({ values: [name] }) =>
    name === 'Ada' ? { code: 'INVALID_VALUE', message: 'the field name takes no Ada' } : undefined

  test('is refused before anything is sent: a preview shows it, and all others are written', async () => {
    const { system, run, preview } = memoryWorld([ada, alan], { refusalOf })
    const { shown } = await preview()
    expect(shown.map(({ operation, reason }) => [operation, reason])).toEqual([
      ['refuse', 'unfit'],
      ['insert', undefined]
    ])
    const { counts, errors, log } = await run()
    expect(counts).toMatchObject({ total: 2, insert: 1, error: 1 })
    expect(errors).toEqual(['INVALID_VALUE: the field name takes no … (1 record)'])
    expect(log['errors']).toEqual([
      { identity: [ada.email], code: 'INVALID_VALUE', message: 'the field name takes no Ada' }
    ])
    expect(system.writes.flatMap(({ records }) => records)).toHaveLength(1)
    expect(names(system)).toEqual(['Alan'])
  })

  test('comes back in the next run, until it is another value', async () => {
    const { system, run } = memoryWorld([ada, alan], { refusalOf })
    await run()
    expect((await run()).counts).toMatchObject({ total: 1, error: 1, insert: 0 })
    system.rows.set('people', [{ ...ada, name: 'A.' }, alan])
    expect((await run()).counts).toMatchObject({ total: 1, error: 0, insert: 1 })
  })

  test('does not matter where the field is left alone', async () => {
    const objects = new Map([['people', new Map([['1', { email: ada.email, name: 'A.' }]])]])
    const { run } = memoryWorld([ada], { refusalOf, objects })
    const fields = [field('name', 'name', { sync_mode: 'create' })]
    expect((await run(syncFacts({ sync: { fields } }))).counts).toMatchObject({ update: 1, error: 0 })
  })
})

describe('a value that cannot be read', () => {
  const bad = { email: 'bad@example.com', name: new Unreadable('its name is too far away') }

  test('refuses its record, whatever filters say of it, and stops no other', async () => {
    const { system, run, preview } = memoryWorld([ada, bad, alan])
    const filters = [
      { field_id: 'f', field: { model_id: 'm', field: 'name' }, function: 'StringStartsWith', value: 'A' }
    ]
    const facts = syncFacts({ sync: { filters } })
    const { counts, errors, log } = await run(facts)
    expect(counts).toMatchObject({ total: 2, insert: 2, error: 1 })
    expect(errors).toEqual(['UNREADABLE: its name is too far away (1 record)'])
    expect(log['errors']).toEqual([
      { identity: [bad.email], code: 'UNREADABLE', message: 'its name is too far away', row: 2 }
    ])
    expect(names(system)).toEqual(['Ada', 'Alan'])
    expect((await preview(facts)).counts).toMatchObject({ error: 1 })
  })

  test('changes nothing of what the target has, and is looked at again', async () => {
    const { system, run } = memoryWorld([ada])
    await run()
    system.rows.set('people', [{ ...ada, name: bad.name }])
    expect((await run()).counts).toMatchObject({ total: 0, error: 1 })
    expect(names(system)).toEqual(['Ada'])
    system.rows.set('people', [{ ...ada, name: 'A. L.' }])
    expect((await run()).counts).toMatchObject({ update: 1, error: 0 })
  })

  test('is told of the records that a run is for alone', async () => {
    const { run } = memoryWorld([ada, bad])
    expect((await run(syncFacts(), { identities: [ada.email] })).counts.error).toBe(0)
    expect((await run(syncFacts(), { identities: [bad.email] })).counts.error).toBe(1)
  })
})

test('a target that cannot be asked what it has gets all fields, whatever their modes', async () => {
  const { system, run } = memoryWorld([{ ...ada, phone: '1', age: 36 }], { isBlind: true })
  const fields = [
    field('name', 'name', { sync_mode: 'create' }),
    field('phone', 'phone', { sync_mode: 'update' }),
    field('age')
  ]
  await run(syncFacts({ sync: { fields, identity: null } }))
  expect(system.writes.map(({ records }) => records[0]?.values)).toEqual([['Ada', '1', 36]])
})

test('two fields that a webhook would get under one name are told before anything is posted', async () => {
  const system = memorySystem({ rows: new Map([['people', [{ 'first name': 'Ada', firstname: 'A.' }]]]) })
  const connectors = new Map([
    ...localConnectors,
    ['postgresql', memoryConnectors(system).get('postgresql')!]
  ])
  const { run, preview } = runnerWorld(connectors)
  const facts = syncFacts({
    to: { type: 'webhook', configuration: { url: 'http://127.0.0.1:9/', secret: 's' } },
    sync: {
      identity: null,
      fields: [field('record', 'first name'), field('record', 'firstname')],
      target: { connection_id: 'to', object: 'http' }
    }
  })
  for (const { problem } of [await preview(facts), await run(facts)])
    expect(String(problem)).toContain('its fields first name and firstname would both be sent as firstname')
})
