import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { identitiesIn } from '../../src/executions/logs.ts'
import { memoryConnectors, objectOf } from '../server/runner/memory.ts'
import { createSandbox } from '../support/sandbox.ts'
import { peopleFile } from './people-file.ts'
import { memory, people, refusing, world } from './run-world.ts'

/** Emails of the records of each request that wrote. */
function sent(system: Awaited<ReturnType<typeof world>>['system']): unknown[][] {
  return system.writes.map(({ fields, records }) =>
    records.map(({ values }) => values[fields.indexOf('email')])
  )
}

describe('--rejected', () => {
  test('sends the records that the last run was refused, and no others', async () => {
    const system = memory({ before: refusing })
    const made = await world({ system })
    expect((await made.run('run', 'People')).code).toBe(5)
    system.writes.length = 0
    // Ada changes, and is not asked for.
    system.rows.set('people', [{ ...people[0]!, name: 'Augusta' }, people[1]!])
    system.before = () => undefined
    const ran = await made.run('run', '--rejected')
    expect(ran.code).toBe(0)
    expect(ran.out).toContain('done        sync "People"  1 record, 1 created')
    expect(sent(system)).toEqual([['alan@example.com']])
    // Nothing is refused any more; Copies never ran.
    const none = await made.run('run', '--rejected')
    expect([none.code, sent(system)]).toEqual([0, [['alan@example.com']]])
    expect((await made.run('run', 'People')).out).toContain('1 record, 1 updated')
    expect(new Set([...objectOf(system, 'people').values()].map(({ name }) => name))).toEqual(
      new Set(['Alan', 'Augusta'])
    )
  })

  test('says what it needs where nothing says which they are', async () => {
    const made = await world({
      system: memory({ before: refusing }),
      fault: { fault: 'empty', on: 'GET /api/syncs/*/executions/*/errors', times: 9 }
    })
    await made.run('run', 'People')
    made.requests()
    const ran = await made.run('run', 'People', '--rejected')
    expect(ran.code).toBe(3)
    expect(ran.err).toContain('error[P817]: nothing says which records of sync "People" were refused')
    expect(ran.err).toContain(`run it as a whole, which sends them again, too: polyctl run 'sync "People"'`)
    expect(made.requests().filter((line) => line.startsWith('POST'))).toEqual([])
  })

  test.each([
    [['--identity', 'x'], '`--rejected` cannot be used with `--identity`'],
    [['--resync'], '`--rejected` cannot be used with `--resync`']
  ])('excludes %s', async (more, says) => {
    const made = await world()
    const ran = await made.run('run', 'People', '--rejected', ...more)
    expect([ran.code, made.requests()]).toEqual([3, []])
    expect(ran.err).toContain(says)
  })
})

describe('--logs', () => {
  test('keeps the logs of each execution in a folder of its own, for the owner alone', async () => {
    const made = await world({ system: memory({ before: refusing }) })
    const ran = await made.run('run', 'People', '--logs', 'kept/logs')
    expect(ran.code).toBe(5)
    expect(ran.err).toContain('Logs: 3 files in kept/logs.')
    const [folder = '', another] = readdirSync(join(made.folder, 'kept/logs'))
    expect([folder, another]).toEqual(['sync-people', undefined])
    const [execution = ''] = readdirSync(join(made.folder, 'kept/logs', folder))
    const place = join(made.folder, 'kept/logs', folder, execution)
    expect(readdirSync(place).toSorted()).toEqual(['errors.json', 'inserts.json', 'records.json'])
    expect(statSync(join(place, 'errors.json')).mode & 0o777).toBe(0o600)
    expect(JSON.parse(readFileSync(join(place, 'errors.json'), 'utf8'))).toEqual([
      { identity: ['alan@example.com'], code: 'INVALID', message: 'is not valid' }
    ])
  })

  test('a folder that cannot be written is told, and what ran has run', async () => {
    const made = await world()
    const ran = await made.run('run', 'People', '--logs', 'configs/a.yaml')
    expect(ran.code).toBe(1)
    expect(ran.out).toContain('done        sync "People"')
    expect(ran.err).toContain(
      'error[P816]: the logs cannot be written to `configs/a.yaml`: a file is where a folder should be'
    )
  })

  test('nothing has ended with --detach', async () => {
    const made = await world()
    const ran = await made.run('run', 'People', '--logs', 'x', '--detach')
    expect([ran.code, ran.err]).toEqual([
      3,
      expect.stringContaining('`--logs` cannot be used with `--detach`')
    ])
  })
})

test.each([
  [
    'a list, as the server of polyctl has it',
    '[{"identity":["a"],"code":"X"},{"identity":["b"]}]',
    [['a'], ['b']]
  ],
  ['a record on each line', '{"email":"a"}\n{"email":"a"}\n{"email":7}\n', [['a'], ['7']]],
  ['a record within', '[{"record":{"Email":"a"},"error":"x"}]', [['a']]],
  ['several values', '[{"identity":["a","b"]}]', undefined],
  ['no such name', '[{"id":"a"}]', undefined],
  ['no JSON', '<Error>denied</Error>', undefined],
  ['nothing', '', []]
])('identities of a log: %s', (_what, text, found) => {
  expect(identitiesIn(text, [{ names: ['email', 'Email'] }])).toEqual(found)
})

test.each([
  ['in their order', '[{"identity":["a","b"]},{"identity":["a","b"]}]', [['a', 'b']]],
  [
    'one that is missing',
    '[{"identity":["a",""]},{"identity":[null,"b"]}]',
    [
      ['a', undefined],
      [undefined, 'b']
    ]
  ],
  ['by their names', '{"row":{"email":"a"},"LastName":"b"}', [['a', 'b']]],
  ['too few to know which is which', '[{"identity":["a"]}]', undefined]
])('identities of a log of a sync that finds records by several fields: %s', (_what, text, found) => {
  expect(identitiesIn(text, [{ names: ['email'] }, { names: ['last_name', 'LastName'] }])).toEqual(found)
})

describe('--rejected of a sync that finds records by several fields', () => {
  const mappings = `identities:
      strategy: STRATEGY
      mappings:
        - { source: email, target: email, function: Equality }
        - { source: phone, target: phone, function: Equality }`

  async function several(strategy: string) {
    const file = peopleFile({ columns: ['name', 'phone'] })
      .replace('identity: { source: email, target: email, function: Equality }', mappings)
      .replace('STRATEGY', strategy)
      .replace(
        'fields: [{ source: name, target: name }, { source: phone, target: phone }]',
        'fields: [{ source: name, target: name }]'
      )
    const system = memory({
      before: refusing,
      rows: new Map([
        [
          'people',
          [
            { email: 'a@example.com', phone: '1', name: 'Ada' },
            strategy === 'and'
              ? { email: 'a@example.com', phone: '2', name: 'Alan' }
              : { email: 'c@example.com', phone: null, name: 'Alan' },
            { email: 'b@example.com', phone: '3', name: 'Grace' }
          ]
        ]
      ])
    })
    const made = createSandbox({
      files: { 'configs/a.yaml': file },
      env: { PASSWORD: 'p' },
      server: {
        shape: 'newest',
        sleep: () => Promise.resolve(),
        run: { fetch: (request) => fetch(request), connectors: memoryConnectors(system) }
      }
    })
    expect(await made.run('apply', '--yes', '--no-check')).toMatchObject({ code: 0 })
    return Object.assign(made, { system })
  }

  test.each(['and', 'priority'])('names each by all of its values: %s', async (strategy) => {
    const made = await several(strategy)
    expect((await made.run('run', 'People')).code).toBe(5)
    made.system.writes.length = 0
    made.system.rows.get('people')![0]!['name'] = 'Augusta'
    made.system.before = () => undefined
    const ran = await made.run('run', '--rejected')
    expect(ran).toMatchObject({ code: 0 })
    expect(ran.out).toContain('1 record, 1 created')
    expect(
      made.system.writes.map(({ fields, records }) =>
        records.map(({ values }) => values[fields.indexOf('name')])
      )
    ).toEqual([['Alan']])
  })

  test('where there are more than the service takes, a whole run is what is left', async () => {
    const made = await several('and')
    const crowd = Array.from({ length: 1001 }, (_one, index) => ({
      email: `p${index}@example.com`,
      phone: `${index}`,
      name: 'Alan'
    }))
    made.system.rows.set('people', crowd)
    expect((await made.run('run', 'People')).code).toBe(5)
    const ran = await made.run('run', '--rejected')
    expect(ran.code).toBe(3)
    expect(ran.err).toContain('1001 were, and the service takes 1000 of a sync')
  })
})
