import { describe, expect, test } from 'vitest'
import { withIgnored } from '../../src/plan/ignore.ts'
import type { JsonObject } from '../../src/state/value.ts'
import { client } from '../server/client.ts'
import { exchangeOf } from '../support/exchange.ts'
import { named, parts, secrets, syncOfUsers } from '../support/life.ts'
import { problemsOf, read } from '../support/reading.ts'
import { createSandbox } from '../support/sandbox.ts'

const two = (value: string, logic: string, more = '') =>
  syncOfUsers(`    filters:
      - { field: email, function: IsNotNull }
      - { field: last_name, function: Equality, value: ${value} }
    filter_logic: ${logic}
${more}`)

/** What a plan that makes such a sync warns of: codes with the texts that they are about, and advice. */
async function warningsOf(yaml: string): Promise<{ found: string[]; help: string[] }> {
  const world = createSandbox({ files: { 'configs/a.yaml': yaml }, env: secrets })
  const { problems } = JSON.parse((await world.run('plan', '--format', 'json')).out)
  const own = problems.filter(({ code }: { code: string }) => ['P103', 'P109', 'P432'].includes(code))
  const lines = yaml.split('\n')
  const found = own.map(({ code, line, column }: { code: string; line: number; column: number }) => {
    const [word = ''] = /^[\w ()]+/.exec(lines[line - 1]?.slice(column - 1) ?? '') ?? []
    return `${code} ${word}`
  })
  return { found, help: own.flatMap(({ help }: { help: string[] }) => help) }
}

test('a value that a function does not look at, and one that it lacks, are warnings in both spellings', async () => {
  const of = async (filter: string, list = 'filters: [%]') =>
    (await warningsOf(syncOfUsers(`    ${list.replace('%', filter)}\n`))).found
  expect(await of('{ field: email, function: IsNull, value: x }')).toEqual(['P109 x '])
  expect(await of('{ field: email, function: equality }')).toEqual(['P103 equality '])
  expect(await of('{ field: email, function: Equality, value: "" }')).toEqual([])
  expect(await of('{ field: email, function: IsNotNull, override: x }', 'overrides: [%]')).toEqual([])
  expect(await of('{ field: email, function: Between, override: x }', 'overrides: [%]')).toEqual([
    'P103 Between'
  ])
  const separate = 'model_filters: { conditions: [%] }'
  expect(await of('{ source: email, function: "True", value: true }', separate)).toEqual(['P109 true '])
  expect(await of('{ source: email, function: InTheLast }', separate)).toEqual(['P103 InTheLast '])
  const target = 'target_filters: { conditions: [%] }'
  expect(await of('{ field: email, function: Equality, value_source: email }', target)).toEqual([])
  expect(await of('{ field: email, function: Equality }', target)).toEqual(['P103 Equality '])
})

test('what is live with a strange filter is not doubted', async () => {
  const files = { 'configs/a.yaml': two('x', 'A AND NOT B') }
  const world = createSandbox({ files, env: secrets })
  expect((await world.run('plan')).err).toContain('warning[P432]')
  expect((await world.run('apply', '--yes', '--quiet')).code).toBe(0)
  for (const command of ['validate', 'plan', 'drift'])
    expect((await world.run(command)).err).not.toContain('P432')
})

describe('a logic that is none is told at its place', () => {
  test.each([
    ['A OR', 'P205 23:21 OR'],
    ['(A OR B', 'P205 23:19 ('],
    ['A B', 'P205 23:21 B'],
    ['A OR B)', 'P205 23:25 )'],
    ['( )', 'P205 23:21 )'],
    ['OR A', 'P205 23:19 OR'],
    ['NOT', 'P205 23:19 NOT'],
    ['A NOT B', 'P205 23:21 NOT'],
    ['A OR C', 'P205 23:24 C'],
    ['a and B', 'P205 23:19 a'],
    ['"A OR   b"', 'P205 23:27 b']
  ])('%s', async (logic, expected) => {
    const found = await problemsOf(two('x', logic))
    expect(found).toEqual([expected])
  })

  test('the help says how a label is spelled, and what belongs elsewhere', async () => {
    const [problem] = (await read(two('x', 'A OR b'))).result.problems
    expect(problem?.help).toEqual(['labels are compared exactly: write `B`'])
    const mixed = syncOfUsers(`    filters:
      - { field: email, function: IsNotNull }
      - { field_id: email, field_type: Target, function: IsNotNull }
    filter_logic: A AND B
`)
    const [other] = (await read(mixed)).result.problems
    expect(other?.message).toBe(
      'the logic names `B`, which is a filter of the target: it belongs into `target.filter_logic`'
    )
  })

  test('NOT is an operator that nothing documents: a plan warns, with the functions that say the same', async () => {
    expect(await problemsOf(two('x', 'A AND NOT B'))).toEqual([])
    expect(await warningsOf(two('x', 'A AND NOT B'))).toEqual({
      found: ['P432 A AND NOT B'],
      help: ['in place of NOT write `function: Inequality` for `Equality` in `last_name Equality "x"`']
    })
    expect((await warningsOf(two('x', 'not (A or B)'))).found).toEqual(['P432 not (A or B)'])
    expect((await warningsOf(two('x', 'NOT (A AND NOT A) OR B'))).help).toEqual([
      'NOT (A OR B) is the same as NOT A AND NOT B',
      'in place of NOT write `function: IsNull` for `IsNotNull` in `email IsNotNull`'
    ])
    // A label may look like it.
    expect((await warningsOf(two('x, label: not_b', 'A AND not_b'))).found).toEqual([])
  })

  test('a filter that is left out is a warning', async () => {
    expect(await problemsOf(two('x', 'A'))).toEqual(['wP207 23:5 filter_logic'])
  })

  test('nesting has an end', async () => {
    const deep = `${'('.repeat(20_000)}A OR B${')'.repeat(20_000)}`
    expect((await problemsOf(two('x', deep)))[0]).toContain('P205')
    expect((await problemsOf(two('x', `${'NOT '.repeat(20_000)}A OR B`)))[0]).toContain('P205')
  })
})

test('a logic follows filters that are ignored and edited in the service', async () => {
  const ignoring = '    lifecycle: { ignore_changes: [filters] }\n'
  const world = createSandbox({ files: { 'configs/a.yaml': two('x', 'A OR B', ignoring) }, env: secrets })
  const run = async (code: number, ...words: string[]) => {
    const ran = await world.run(...words)
    expect(ran.code, ran.out + ran.err).toBe(code)
    return ran.out
  }
  await run(0, 'apply', '--yes')
  const api = client(world.server)
  const { id } = await named(api, '/api/syncs', 'S')
  const live = async () => (await api.get(`/api/syncs/${id}`)).data
  const was = await live()
  const [first, second] = parts(was, 'filters')
  await api.put(`/api/syncs/${id}`, { ...was, filters: [{ ...second, value: 'y' }, first] })
  await run(0, 'plan', '--detailed-exitcode')
  world.write({
    'configs/a.yaml': two('x', 'A OR B', ignoring).replace('schedule: manual', 'schedule: continuous')
  })
  await run(0, 'apply', '--yes')
  expect(await live()).toMatchObject({
    filter_logic: 'A OR B',
    filters: [{ value: 'y' }, { function: 'IsNotNull' }]
  })
  // Somebody adds another: the logic that is there is about it, that of the files is not.
  const now = await live()
  const third = { field: first!['field'], field_type: 'Model', function: 'Equality', value: 'z' }
  await api.put(`/api/syncs/${id}`, {
    ...now,
    filters: [...parts(now, 'filters'), third],
    filter_logic: 'A AND (B OR C)'
  })
  await run(0, 'plan', '--detailed-exitcode')
  world.write({ 'configs/a.yaml': two('x', 'A OR B', ignoring) })
  await run(0, 'apply', '--yes')
  expect(await live()).toMatchObject({ filter_logic: 'A AND (B OR C)', schedule: { frequency: 'manual' } })
})

describe('what changes about a filter is told once', () => {
  const { differences, id, update } = exchangeOf('sync')
  const source = (field: string, model = 'M') => ({ model_id: id('model', model), field })
  const item = (filters: object[], logic: string) =>
    ({
      mode: 'update',
      model: 'M',
      filters,
      filter_logic: logic,
      target: { connection: 'C', object: 'O' },
      schedule: 'manual'
    }) as JsonObject
  const live = (filters: object[], logic: string) =>
    ({
      mode: 'update',
      filters: filters.map((one, index) => ({ field_type: 'Model', label: 'ABC'.charAt(index), ...one })),
      filter_logic: logic,
      target: { connection_id: id('connection', 'C'), object: 'O' },
      schedule: { frequency: 'manual' }
    }) as unknown as JsonObject
  const there = live(
    [
      { field: source('a'), function: 'IsNotNull' },
      { field: source('b'), function: 'Equality', value: 'x' }
    ],
    'A OR B'
  )

  test.each([
    [{ field: 'b', function: 'Equality', value: 'y' }],
    [{ field: 'b', function: 'Inequality', value: 'x' }]
  ])('%j', (changed) => {
    const wanted = item([{ field: 'a', function: 'IsNotNull' }, changed], 'A OR B')
    expect(differences(wanted, there).filter((one) => one.includes('filter_logic'))).toEqual([])
    expect(update(wanted, there)['filter_logic']).toBe('A OR B')
  })

  test('another operator is a change of the logic, and of nothing else', () => {
    const wanted = item(
      [
        { field: 'a', function: 'IsNotNull' },
        { field: 'b', function: 'Equality', value: 'x' }
      ],
      'NOT (A OR B)'
    )
    expect(differences(wanted, there)).toEqual(['changed filter_logic'])
  })

  test('that a model got another name is no change of a logic that tells two models apart', () => {
    const { kind } = exchangeOf('sync')
    const twins = item(
      [
        { field: { model: 'M', field: 'a' }, function: 'IsNull' },
        { field: { model: 'N', field: 'a' }, function: 'IsNull' }
      ],
      'A OR B'
    )
    const answer = live(
      [
        { field: source('a', 'N'), function: 'IsNull' },
        { field: source('a', 'M'), function: 'IsNull' }
      ],
      'A OR B'
    )
    expect(differences(twins, answer)).toEqual([])
    const fields = kind.fromYaml(twins)
    expect(withIgnored(fields, ['filters'], fields, kind)).toEqual(fields)
  })
})

test('a logic that is ignored follows the filters that the files take away', async () => {
  const more = '    lifecycle: { ignore_changes: [filter_logic] }\n'
  const all = two('x', 'B OR (A AND C)', more).replace(
    '    filter_logic',
    '      - { field: last_name, function: IsNotNull }\n    filter_logic'
  )
  const world = createSandbox({ files: { 'configs/a.yaml': all }, env: secrets })
  const apply = async () => {
    const ran = await world.run('apply', '--yes')
    expect(ran.code, ran.out + ran.err).toBe(0)
  }
  await apply()
  world.write({ 'configs/a.yaml': two('x', 'A OR B', more) })
  await apply()
  const api = client(world.server)
  const { id } = await named(api, '/api/syncs', 'S')
  expect(['A OR B', 'B OR A']).toContain((await api.get(`/api/syncs/${id}`)).data['filter_logic'])
  world.write({
    'configs/a.yaml': two('x', 'A OR B', more)
      .replace(/ *- { field: last_name.*\n/, '')
      .replace(/ *filter_logic: A.*\n/, '')
  })
  await apply()
  expect((await world.run('plan', '--detailed-exitcode')).code).toBe(0)
})
