import { expect, test } from 'vitest'
import type { JsonObject } from '../../src/state/value.ts'
import { spread } from '../support/samples.ts'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'
import { env, file, idOf, parts, warehouse } from '../support/warehouse.ts'

/** One thing may be spelled in several ways: what is taken over keeps to the way of the file. */

/** The filters of a sync on `email`, as people may write them. */
const spellings = {
  'one list': `    filters:
      - { field: email, function: IsNotNull } # always
      - { field: email, function: Equality, value: "1" }
`,
  'one list with labels and a logic': `    filters:
      - { field: email, function: IsNotNull, label: there } # always
      - { field: email, function: Equality, value: "1", label: same }
    filter_logic: there OR same
`,
  'one list of another model': `    filters:
      - { field: { model: Users, field: email }, function: IsNotNull } # always
      - { field: { model: Users, field: email }, function: Equality, value: "1" }
`,
  'one list, by id': `    filters:
      - { field: { model: USERS, field: email }, function: IsNotNull } # always
      - { field: { model: USERS, field: email }, function: Equality, value: "1" }
`,
  'by side': `    model_filters:
      conditions:
        - { source: email, function: IsNotNull } # always
        - { source: email, function: Equality, value: "1" }
`,
  'by side with labels and a logic': `    model_filters:
      conditions:
        - { source: email, function: IsNotNull, label: there } # always
        - { source: email, function: Equality, value: "1", label: same }
      logic: there OR same
`
}

type Spelling = keyof typeof spellings

/** Changes the filters that are live as somebody would in the web page. */
const edits = {
  'one more': ({ filters, filter_logic: logic }: Filtered, model: string): Filtered => ({
    filters: [
      ...filters,
      {
        field_type: 'Model',
        field: { model_id: model, field: 'first_name' },
        function: 'IsNull',
        label: 'C'
      }
    ],
    filter_logic: logic === null ? null : 'A OR B OR C'
  }),
  'another value': ({ filters: [first = {}, second = {}], filter_logic: logic }: Filtered): Filtered => ({
    filters: [first, { ...second, value: '2' }],
    filter_logic: logic
  }),
  'one less': ({ filters: [, second = {}] }: Filtered): Filtered => ({
    filters: [{ ...second, label: 'A' }],
    filter_logic: null
  }),
  'another logic': ({ filters, filter_logic: logic }: Filtered): Filtered => ({
    filters,
    filter_logic: logic === null ? 'A OR B' : null
  })
}

interface Filtered {
  filters: JsonObject[]
  filter_logic: string | null
}

/** The lines that go and come, without their indents. */
const expected: Record<Spelling, Record<keyof typeof edits, string[]>> = {
  'one list': {
    'one more': ['+- { field: first_name, function: IsNull }'],
    'another value': [
      '-- { field: email, function: Equality, value: "1" }',
      '+- { field: email, function: Equality, value: "2" }'
    ],
    'one less': ['-- { field: email, function: IsNotNull } # always'],
    'another logic': ['+filter_logic: A OR B']
  },
  'one list with labels and a logic': {
    'one more': [
      '-filter_logic: there OR same',
      '+- { field: first_name, function: IsNull }',
      '+filter_logic: C OR same OR there'
    ],
    'another value': [
      '-- { field: email, function: Equality, value: "1", label: same }',
      '+- { field: email, function: Equality, value: "2", label: same }'
    ],
    'one less': [
      '-- { field: email, function: IsNotNull, label: there } # always',
      '-filter_logic: there OR same'
    ],
    'another logic': ['-filter_logic: there OR same']
  },
  'one list of another model': {
    'one more': ['+- { field: first_name, function: IsNull }'],
    'another value': [
      '-- { field: { model: Users, field: email }, function: Equality, value: "1" }',
      '+- { field: { model: Users, field: email }, function: Equality, value: "2" }'
    ],
    'one less': ['-- { field: { model: Users, field: email }, function: IsNotNull } # always'],
    'another logic': ['+filter_logic: A OR B']
  },
  'one list, by id': {
    'one more': ['+- { field: first_name, function: IsNull }'],
    'another value': [
      '-- { field: { model: USERS, field: email }, function: Equality, value: "1" }',
      '+- { field: { model: Users, field: email }, function: Equality, value: "2" }'
    ],
    'one less': ['-- { field: { model: USERS, field: email }, function: IsNotNull } # always'],
    'another logic': ['+filter_logic: A OR B']
  },
  'by side': {
    'one more': ['+- { source: first_name, function: IsNull }'],
    'another value': [
      '-- { source: email, function: Equality, value: "1" }',
      '+- { source: email, function: Equality, value: "2" }'
    ],
    'one less': ['-- { source: email, function: IsNotNull } # always'],
    'another logic': ['+logic: A OR B']
  },
  'by side with labels and a logic': {
    'one more': [
      '-logic: there OR same',
      '+- { source: first_name, function: IsNull }',
      '+logic: C OR same OR there'
    ],
    'another value': [
      '-- { source: email, function: Equality, value: "1", label: same }',
      '+- { source: email, function: Equality, value: "2", label: same }'
    ],
    'one less': [
      '-- { source: email, function: IsNotNull, label: there } # always',
      '-logic: there OR same'
    ],
    'another logic': ['-logic: there OR same']
  }
}

async function edited(spelling: Spelling, edit: keyof typeof edits): Promise<Sandbox & { users: string }> {
  const world = createSandbox({ files: { [file]: warehouse() }, env })
  expect((await world.run('apply', '--yes', '--quiet')).code).toBe(0)
  const users = idOf(world, 'model', 'Users')
  const ordersOut = parts.ordersOut + spellings[spelling].replaceAll('USERS', users)
  world.write({ [file]: warehouse({ ...parts, ordersOut }) })
  const applied = await world.run('apply', '--yes', '--quiet')
  expect(applied.code, applied.err).toBe(0)
  const id = idOf(world, 'sync', 'Orders out')
  const { filters, filter_logic: logic } = world.server.store.all('sync').find((one) => one.id === id)!
  const before = { filters: filters as unknown as JsonObject[], filter_logic: logic ?? null }
  const after = edits[edit](structuredClone(before), idOf(world, 'model', 'Orders'))
  world.server.store.edit('sync', id, after as never)
  return Object.assign(world, { users })
}

const cases = Object.keys(spellings).flatMap((spelling) =>
  Object.keys(edits).map((edit) => [spelling as Spelling, edit as keyof typeof edits] as const)
)

// Of few samples each spelling has one edit, and each edit some spellings.
test.each(spread(cases, 5))('R34: filters in %s: %s is a patch in these words', async (spelling, edit) => {
  const world = await edited(spelling, edit)
  const check = await world.run('pull', '--check', '--since', 'none')
  const lines = check.out.split('\n').filter((line) => /^[-+] /.test(line))
  expect(
    lines.map((line) => line.slice(0, 1) + line.slice(1).trim().replaceAll(world.users, 'USERS')),
    check.err
  ).toEqual(expected[spelling][edit])
  const pulled = await world.run('pull', '--since', 'none')
  expect([pulled.code, pulled.err]).toEqual([0, ''])
  const plan = await world.run('plan', '--detailed-exitcode', '--no-check')
  expect(plan.code, plan.out + plan.err).toBe(0)
})
