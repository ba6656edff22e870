import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { DataImpact } from '../../src/state/impact.ts'
import { kinds } from '../../src/kinds/index.ts'
import { textOf, type JsonObject } from '../../src/state/value.ts'
import { newestOrganization } from '../support/organization.ts'
import { isFew, spread } from '../support/samples.ts'
import { elsewhere } from '../support/repository.ts'
import { env, file, idOf, parts, warehouse, writes } from '../support/warehouse.ts'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'

/** The plan, and the approval of it that can be kept in a file. */

const planted = 'planted/pass word+"1"'

/** All that a sync and a model can say, so that each compared field has a value to move. */
const rich = warehouse({
  ...parts,
  users: `${parts.users}    additional_fields: [{ name: note, type: string, label: Note }]
    tracking_columns: [id]
    relations: [{ from: id, to: { model: Orders, field: id } }]
    labels: [one]
    policies: [Models]
`,
  source: `${parts.source}    policies: [Connections]\n    proxy: false\n`,
  usersOut: `${parts.usersOut}    active: false
    sync_all_records: true
    only_enrich_updates: true
    skip_initial_backfill: true
    override_fields: [{ target: last_name, override_value: fixed }]
    filters: [{ field: email, function: IsNotNull }]
    overrides: [{ field: email, function: Equality, value: a, override: b }]
    policies: [Syncs]
    error_handling: { subscribers: [ada@example.com], auto_retry_record_errors: true }
`
})

async function applied(text = warehouse(), password = env.PASSWORD): Promise<Sandbox> {
  const world = createSandbox({
    files: { [file]: text },
    env: { PASSWORD: password },
    server: { shape: 'newest' }
  })
  const ran = await world.run('apply', '--yes', '--quiet')
  expect(ran.code, ran.out + ran.err).toBe(0)
  // It was switched off once: it can be moved.
  world.server.store.edit('connection', idOf(world, 'connection', 'Source'), { proxy_enabled: false })
  world.requests()
  return world
}

/** Saves a plan for which the files say nine o'clock. */
async function saved(world: Sandbox, ...words: string[]): Promise<void> {
  world.write({ [file]: atNine })
  const ran = await world.run('plan', '--out', 'plan.json', ...words)
  expect(ran.code, ran.out + ran.err).toBe(0)
  world.requests()
}

const atNine = warehouse({ ...parts, usersOut: parts.usersOut.replace('hour: 8', 'hour: 9') })

async function expectRefused(
  world: Sandbox,
  code: number,
  text: string,
  ...words: string[]
): Promise<void> {
  const ran = await world.run('apply', 'plan.json', ...words)
  expect(ran.code, ran.out + ran.err).toBe(code)
  expect(ran.err).toContain(text)
  expect(ran.err).not.toContain('    at ')
  expect(writes(world)).toEqual([])
}

describe('R21: a plan is the same bytes for the same input, and holds no secret', () => {
  test('R21: text, JSON and saved plan, twice', async () => {
    const world = await applied()
    world.write({ [file]: atNine })
    const round = async (): Promise<string[]> => {
      const text = await world.run('plan', '--verbose')
      const json = await world.run('plan', '--format', 'json', '--out', 'plan.json')
      return [text.out, json.out, readFileSync(join(world.folder, 'plan.json'), 'utf8')]
    }
    expect(await round()).toEqual(await round())
  })

  test('R21: a saved plan holds what was told, and no secret in any encoding', async () => {
    const text = rich.replaceAll('"${env:PASSWORD}"', JSON.stringify(planted))
    const world = createSandbox({ files: { [file]: text } })
    expect((await world.run('plan', '--out', 'plan.json')).code).toBe(0)
    const content = readFileSync(join(world.folder, 'plan.json'), 'utf8')
    const encoded = [
      planted,
      Buffer.from(planted).toString('base64').replaceAll('=', ''),
      Buffer.from(planted).toString('base64url'),
      encodeURIComponent(planted),
      JSON.stringify(planted).slice(1, -1)
    ]
    for (const form of encoded) expect(content).not.toContain(form)
    for (const form of ['Users out', 'source.example.net', 'updateOrCreate'])
      expect(content).toContain(form)
  })
})

describe('R23: a saved plan is carried out as it was approved, or not at all', () => {
  test('R23: exactly that, without a question; and then not again', async () => {
    const world = await applied()
    await saved(world)
    const ran = await world.run('apply', 'plan.json')
    expect(ran.code, ran.out + ran.err).toBe(0)
    expect(writes(world)).toEqual(['PUT /api/syncs/ID'])
    // What was approved is done: to find it done by somebody else would look the same.
    await expectRefused(world, 6, '[P507]')
  })

  test('R23: every compared field that somebody moves is a refusal with field and person; nothing else is', async () => {
    const world = await applied(`${rich}${newestOrganization}`)
    expect((await world.run('plan', '--out', 'plan.json', '--detailed-exitcode')).code).toBe(0)
    const refused = new Set<string>()
    for (const edit of spread(oneOfEach(everyEdit(world), byPart), 7)) {
      world.server.store.edit(edit.kind, edit.id, edit.patch)
      const fresh = await world.run('plan', '--detailed-exitcode', '--quiet')
      world.requests()
      const ran = await world.run('apply', 'plan.json')
      const said = `${edit.path}: ${fresh.code} ${ran.code} ${ran.out}${ran.err}`
      expect(writes(world), said).toEqual([])
      if (fresh.code === 0) expect(ran.code, said).toBe(0)
      else expect(ran.code, said).toBe(fresh.code === 2 ? 6 : fresh.code)
      const part = partOf(edit)
      if (fresh.code === 2) refused.add(spelled[part] ?? part)
      if (ran.err.includes('changed in the service')) {
        // Of the others the service does not tell who it was.
        const isTold = ['connection', 'model', 'sync', 'bulk_sync'].includes(edit.kind)
        if (isTold && !part.startsWith('connection.schema_changes'))
          expect(ran.err, said).toContain('by Somebody Else')
        expect(ran.err, said).toMatch(/`[^`]+` changed in the service/)
      }
      world.server.store.edit(edit.kind, edit.id, edit.undo)
    }
    expect(refused.size).toBeGreaterThan(10)
    // Where all are moved, each field that is managed here was among them, and was seen.
    if (isFew) return
    const compared = kinds.managed.flatMap(({ name, fields }) =>
      Object.entries(fields)
        .filter(([, field]) => ['owned', 'carried'].includes(field.class))
        .map(([field]) => `${name}.${field}`)
    )
    // Where keys belong is what they are called: they cannot be moved from there.
    const places = ['schema_primary_keys', 'schema_fields'].flatMap((kind) => [
      `${kind}.connection`,
      `${kind}.schema`
    ])
    const elsewhere = [
      'model.enricher',
      'sync.override_fields',
      'sync.filter_logic',
      'model.connection',
      'record_logging.connection'
    ]
    // Only `schemas: all` compares what is off.
    const moved = [...refused, 'model.additional_fields', 'bulk_sync.schemas_off']
    expect(compared.filter((field) => ![...moved, ...elsewhere, ...places].includes(field))).toEqual([])
    expect(moved).toContain('model.connection_id')
  })

  test('R23: the status of a run, dates, and what nobody declares may move', async () => {
    const world = await applied()
    await saved(world)
    const { store } = world.server
    store.edit('connection', idOf(world, 'connection', 'Source'), { status_error: 'it was slow today' })
    store.edit('sync', idOf(world, 'sync', 'Orders out'), {})
    const other = store.all('sync').find(({ name }) => name === 'Orders out')!
    store.edit('sync', other.id, { active: false })
    const ran = await world.run('apply', 'plan.json')
    expect(ran.code, ran.out + ran.err).toBe(0)
    expect(writes(world)).toEqual(['PUT /api/syncs/ID'])
  })

  test('R23: what ignore_changes leaves to the service may move too', async () => {
    const world = await applied()
    const ignoring = (text: string): string =>
      text.replace(
        'hour: 9, minute: 0 }\n',
        'hour: 9, minute: 0 }\n    lifecycle: { ignore_changes: [mode] }\n'
      )
    world.write({ [file]: ignoring(atNine) })
    expect((await world.run('plan', '--out', 'plan.json')).code).toBe(0)
    world.server.store.edit('sync', idOf(world, 'sync', 'Users out'), { mode: 'create' })
    const ran = await world.run('apply', 'plan.json')
    expect(ran.code, ran.out + ran.err).toBe(0)
    expect(world.server.store.all('sync').find(({ name }) => name === 'Users out')?.mode).toBe('create')
  })

  test('R23: what was made, taken away or renamed meanwhile is a refusal', async () => {
    const world = await applied()
    world.write({ [file]: `${atNine}${parts.ordersOut.replace('Orders out', 'More out')}` })
    expect((await world.run('plan', '--out', 'plan.json')).code).toBe(0)
    const usersOut = idOf(world, 'sync', 'Users out')
    world.server.store.edit('sync', usersOut, { name: 'Mine' })
    await expectRefused(world, 6, 'it was there, and is gone from the service')
    world.server.store.edit('sync', usersOut, { name: 'Users out' })
    const orders = idOf(world, 'sync', 'Orders out')
    world.server.store.edit('sync', orders, { name: 'More out' })
    await expectRefused(world, 6, 'it was to be made, and the service has one now')
    world.server.store.edit('sync', orders, { name: 'Orders out' })
    world.requests()
    expect((await world.run('apply', 'plan.json')).code).toBe(0)
  })

  test('R23: other files, other variables, another key or version are refusals that say so', async () => {
    const world = await applied()
    await saved(world)
    world.write({ [file]: atNine.replace('mode: updateOrCreate', 'mode: create') })
    await expectRefused(world, 6, 'the files say something else of it')
    world.write({ [file]: `${atNine}removed: { syncs: [Nothing] }\n` })
    await expectRefused(world, 6, 'the configuration is not as it was')
    world.write({ [file]: `workspace: { api_version: "2024-02-08" }\n${atNine}` })
    await expectRefused(world, 3, 'the plan was made in version 2025-09-18 of the API')
    world.write({ [file]: atNine })
    const { key } = world.server.store.addOrganization('Other')
    const stranger = elsewhere(world, { env: { ...env, POLYTOMIC_API_KEY: key } })
    const ran = await stranger.run('apply', 'plan.json')
    expect(ran.code).toBe(3)
    expect(ran.err).toContain('the key opens `Other`')
    expect(writes(world)).toEqual([])

    const variable = `variables: { hour: { default: 9 } }\n${atNine.replace('hour: 9', 'hour: "${var:hour}"')}`
    world.write({ [file]: variable })
    expect((await world.run('plan', '--out', 'plan.json')).code).toBe(0)
    world.requests()
    await expectRefused(world, 6, 'the files say something else of it', '--var', 'hour=10')
  })

  test('R23: nothing that decides what is done can be added to an approval', async () => {
    const world = await applied()
    await saved(world)
    for (const words of [
      ['--since', 'HEAD'],
      ['--prune'],
      ['--only', 'Store'],
      ['--exclude', 'Store'],
      ['--kind=sync'],
      ['--rotate', 'Store'],
      ['--allow-destroy', 'Store'],
      ['--force-delete'],
      ['--max-deletes=0'],
      ['--max-updates=0']
    ])
      await expectRefused(world, 3, 'cannot be given with a saved plan', ...words)
    expect((await world.run('apply', 'plan.json')).code).toBe(0)
  })

  test('R23: what was asked for beside the files is asked for again', async () => {
    const world = await applied()
    await saved(world, '--exclude', 'Users out', '--rotate', 'Store')
    const ran = await world.run('apply', 'plan.json')
    expect(ran.code, ran.out + ran.err).toBe(0)
    expect(writes(world)).toEqual(['PUT /api/connections/ID'])
  })

  test.each<[string, (text: string) => string]>([
    ['cut off', (text) => text.slice(0, -20)],
    ['empty', () => ''],
    ['no JSON', () => 'connections: []\n'],
    ['other JSON', () => '[]'],
    ['another document', () => '{"polyctl":"report"}'],
    ['of another format', (text) => text.replace('"format_version": 3', '"format_version": 1')],
    ['edited', (text) => text.replace('"action": "update"', '"action": "none"')],
    ['edited in what was asked', (text) => text.replace('"force_delete": false', '"force_delete": true')],
    ['edited by a line more', (text) => text.replace('{', '{ "more": 1,')],
    ['huge', () => `"${'x'.repeat(20_000_000)}"`],
    ['not text', () => '\u0000\uFFFF'],
    ['deep', () => '['.repeat(100_000)]
  ])('R23: a plan that is %s is refused in a sentence', async (_what, damage) => {
    const world = await applied()
    await saved(world)
    const path = join(world.folder, 'plan.json')
    writeFileSync(path, damage(readFileSync(path, 'utf8')))
    await expectRefused(world, 3, '[P508]')
  })

  test('R23: a plan that is no file is refused in a sentence, and none is written where none can be', async () => {
    const world = await applied()
    await expectRefused(world, 3, 'it does not exist')
    mkdirSync(join(world.folder, 'plan.json'))
    await expectRefused(world, 3, 'it is a folder')
    expect((await world.run('plan', '--out', 'plan.json')).err).toContain('[P508]')
    expect((await world.run('plan', '--out', '../no/such/folder.json')).err).toContain('[P508]')
  })
})

interface ToldImpacts {
  changes: {
    kind: string
    address: string
    action: string
    file: string | null
    line: number | null
    column: number | null
    reason: string
    after: string[]
    impacts: { effect: string; because: string; paths: string[][]; reaches: string[] }[]
  }[]
}

async function reported(world: Sandbox, ...words: string[]): Promise<ToldImpacts['changes']> {
  const ran = await world.run('plan', '--format', 'json', ...words)
  return ran.code === 0
    ? (JSON.parse(ran.out) as ToldImpacts).changes.filter(({ action }) => action !== 'none')
    : []
}

describe('R22: what a change may do to data', () => {
  test('R22: each row of the table is reached by a real change, and every change says something', async () => {
    const world = await applied(rich)
    const met = new Set<string>()
    const meet = async (...words: string[]): Promise<void> => {
      for (const change of await reported(world, ...words)) {
        expect(change.impacts, change.address).not.toEqual([])
        for (const { because } of change.impacts) met.add(`${change.kind}: ${because}`)
      }
    }
    for (const edit of oneOfEach(everyEdit(world), byLeaf)) {
      world.server.store.edit(edit.kind, edit.id, edit.patch)
      await meet()
      world.server.store.edit(edit.kind, edit.id, edit.undo)
    }
    // A target that lost its settings, and the changes of wholes.
    for (const [before, after] of [
      ['object: public.users }', 'object: public.users, configuration: { bulk: true } }'],
      [
        'configuration: { query',
        'enricher: { connection: Source, configuration: { a: b } }\n    configuration: { query'
      ],
      ['    filters: [{ field: email', '    filter_logic: "1"\n    filters: [{ label: 1, field: email'],
      ['name: Users out', 'name: All out\n    lifecycle: { renamed_from: Users out }'],
      ['name: Users\n', 'name: People\n    lifecycle: { renamed_from: Users }\n'],
      ['name: Store\n', 'name: Shop\n    lifecycle: { renamed_from: Store }\n']
    ] as const) {
      const text = rich.replace(before, after)
      expect(text).not.toBe(rich)
      const renames = text
        .replaceAll('model: Users\n', after.includes('People') ? 'model: People\n' : 'model: Users\n')
        .replaceAll(
          '{ connection: Store',
          after.includes('Shop') ? '{ connection: Shop' : '{ connection: Store'
        )
      world.write({ [file]: renames })
      await meet()
    }
    const { source, store, users, orders, usersOut, ordersOut } = parts
    world.write({
      [file]: warehouse({ source, store, users, orders, usersOut, ordersOut })
        .replaceAll('name: ', 'name: New ')
        .replaceAll(/(connection|model): (Source|Store|Users|Orders)/g, '$1: New $2')
    })
    await meet()
    world.write({
      [file]:
        'removed: { syncs: [Users out, Orders out], models: [Users, Orders], connections: [Source, Store] }\n'
    })
    await meet('--max-deletes', '9')
    const rows = ['connection', 'model', 'sync'].flatMap((kind) =>
      declared(kind).map(([at, { because }]) => ({ at: `${kind}.${at}`, reported: `${kind}: ${because}` }))
    )
    const missed = rows.filter(({ reported }) => ![...met].some((one) => one.startsWith(reported)))
    expect(missed.map(({ at }) => at)).toEqual([])
  })

  test('R22: unknown is told as unknown, never as nothing', async () => {
    const world = await applied()
    world.write({
      [file]: warehouse().replace(
        'object: public.users }',
        'object: public.users, configuration: { bulk: true } }'
      )
    })
    const [change] = await reported(world)
    expect(change?.impacts.map(({ effect }) => effect)).toEqual(['unknown'])
    expect((await world.run('plan')).out).toContain('! unknown (target.configuration.bulk)')
    const resent = await reported(world, '--rotate', 'Store', '--only', 'Store')
    expect(resent.map(({ impacts }) => impacts.map(({ effect }) => effect))).toEqual([['unknown']])
  })

  test('R22: a connection that leads elsewhere names all that is reached through it, directly or not', async () => {
    const world = await applied()
    world.write({ [file]: warehouse().replace('source.example.net', 'other.example.net') })
    const [change] = await reported(world)
    expect(change).toMatchObject({
      address: 'connection "Source"',
      file,
      line: 2,
      column: 11,
      impacts: [
        {
          effect: 'reads something else',
          because: 'another host, account or database has other data',
          paths: [['configuration', 'hostname']],
          reaches: ['model "Orders"', 'model "Users"', 'sync "Orders out"', 'sync "Users out"']
        }
      ]
    })
  })
})

/** Kinds of which one thing is moved: by its name, or the only one. */
const movable = [
  'connection',
  'model',
  'sync',
  'bulk_sync',
  'role',
  'policy',
  'user',
  'webhook',
  'error_subscribers',
  'record_logging'
] as const
const moving = new Set(['Source', 'Users', 'Users out', 'All out', 'Analyst', 'PII', 'ada@example.com', ''])

/** Fields under the names of the files, where the service stores them under others. */
const spelled: Readonly<Record<string, string>> = {
  'bulk_sync.source_connection_id': 'bulk_sync.source',
  'bulk_sync.destination_connection_id': 'bulk_sync.destination',
  'user.role_ids': 'user.roles',
  'error_subscribers.emails': 'global_error_subscribers.emails',
  'connection.proxy_enabled': 'connection.proxy',
  'connection.schema_changes.primary_keys': 'schema_primary_keys.fields',
  'connection.schema_changes.fields': 'schema_fields.fields'
}

interface Edit {
  kind: (typeof movable)[number]
  id: string
  path: string
  patch: JsonObject
  undo: JsonObject
}

/** What is stored with a connection about a schema of it, or a field as it is stored. */
function partOf({ kind, path }: Edit): string {
  const [top = ''] = path.split('.')
  const [, part] = /^schema_changes\.public\.users\.(\w+)/.exec(path) ?? []
  return part === undefined ? `${kind}.${top}` : `${kind}.${top}.${part}`
}

/** Edits that differ only in which item of a list they move are of one sort. */
const byLeaf = ({ kind, path }: Edit): string => `${kind} ${path.replaceAll(/\d+/g, '')}`

/** Edits within the same part of a field are of one sort. */
const byPart = (edit: Edit): string =>
  [partOf(edit), ...edit.path.replaceAll(/\.\d+/g, '').split('.', 2)].join(' ')

/** Of the edits of one sort the first, where few samples are enough. */
function oneOfEach(edits: Edit[], sort: (edit: Edit) => string): Edit[] {
  return isFew ? [...Map.groupBy(edits, sort).values()].map(([first]) => first!) : edits
}

/** Each single value of one live thing of each kind, moved by itself. */
function everyEdit(world: Sandbox): Edit[] {
  const things = movable.flatMap((kind) =>
    world.server.store.all(kind).map((thing) => ({ kind, thing: thing as unknown as JsonObject }))
  )
  const ids = (kind: string): string[] =>
    things.filter((one) => one.kind === kind).map(({ thing }) => textOf(thing['id']))
  const other = (value: string): string => {
    const same = movable.map(ids).find((all) => all.includes(value))
    return same?.find((id) => id !== value) ?? `${value}x`
  }
  const rich = things.filter(({ thing }) => moving.has(textOf(thing['name'])))
  return rich.flatMap(({ kind, thing }) =>
    Object.entries(thing)
      .filter(([key]) => key !== 'id' && !left.has(key))
      .flatMap(([key, value]) =>
        variations(value, key, other).map(([path, moved]) => ({
          kind,
          id: textOf(thing['id']),
          path,
          patch: { [key]: moved },
          undo: { [key]: value }
        }))
      )
  )
}

/** What the service notes by itself. */
const left = new Set(['organization_id', 'created_at', 'created_by', 'updated_at', 'updated_by'])

/** The value with one leaf changed, for each of its leaves; lists also without their items. */
function variations(
  value: JsonObject[string],
  path: string,
  other: (text: string) => string
): [path: string, moved: JsonObject[string]][] {
  if (Array.isArray(value)) {
    const within = value.flatMap((item, at) =>
      variations(item, `${path}.${at}`, other).map(([where, moved]): [string, JsonObject[string]] => [
        where,
        value.with(at, moved)
      ])
    )
    return value.length === 0 ? within : [[path, value.slice(1)], ...within]
  }
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, inner]) =>
      (left.has(key) ? [] : variations(inner, `${path}.${key}`, other)).map(
        ([where, moved]): [string, JsonObject[string]] => [where, { ...value, [key]: moved }]
      )
    )
  if (typeof value === 'string') return [[path, other(value)]]
  if (typeof value === 'number') return [[path, value + 1]]
  return typeof value === 'boolean' ? [[path, !value]] : []
}

/** Everything that a kind declares of what changes do to data. */
function declared(name: string): [string, DataImpact][] {
  const { fields, ...whole } = kinds.managed.find((kind) => kind.name === name)!.impacts
  const parts = Object.entries(fields).flatMap(([field, impact]): [string, DataImpact][] => [
    [field, impact],
    ...Object.entries(impact.parts ?? {}).map(([part, one]): [string, DataImpact] => [
      `${field}.${part}`,
      one
    ])
  ])
  return [...Object.entries(whole), ...parts]
}
