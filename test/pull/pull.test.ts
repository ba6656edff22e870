import { execFileSync, spawn } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, onTestFinished, test } from 'vitest'
import { listen } from '../../src/server/listen.ts'
import { program } from '../support/program.ts'
import { isFew } from '../support/samples.ts'
import { apiRequest, createSandbox, type Sandbox } from '../support/sandbox.ts'
import { env, file, parts, warehouse, without } from '../support/warehouse.ts'

/** R34: what people changed in the service becomes patches of the files, as a user sees it. */

const commented = `# Customer data.
x-daily: &daily { frequency: daily, hour: 8, minute: 0 }

connections:
  - name: Source   # the replica
    type: postgresql
    configuration: { hostname: source.example.net, port: 5432, database: d, username: u, password: "\${env:PASSWORD}" }

  - name: Store
    type: postgresql
    configuration:
      hostname: 'store.example.net'   # behind the proxy
      port: 5432
      database: d
      username: u
      password: "\${env:PASSWORD}"
models:
- name: Users
  connection: Source
  configuration:
    # everybody
    query: |
      select *
      from users  -- all
      where true
  fields: [id,  email, first_name]   # as needed
  identifier: id
- name: Orders
  connection: Source
  configuration: { query: select * from orders }
  fields:
  - id
  # for the match
  - email
  # the name
  - 'first_name'
  identifier: id

syncs:
  - name: Users out 🦊
    mode: updateOrCreate
    model: Users
    identity: { source: id, target: id, function: Equality }
    fields:
      - { source: email, target: email }  # keep
      # the first one
      - { source: first_name, target: first_name }
    target: { connection: Store, object: public.users }
    schedule: { frequency: daily, hour: "8", minute: 0 }
  - name: Orders out
    mode: updateOrCreate
    model: Orders
    identity:
      source: id
      target: id
      function: Equality
    fields:
      - source: { model: Orders, field: email }
        target: email
    target: { connection: Store, object: public.users }
    schedule: *daily
`

/** What somebody makes of it in the web page. */
const live = commented
  .replace('&daily { frequency: daily, hour: 8', '&daily { frequency: daily, hour: 9')
  .replace('store.example.net', 'other.example.net')
  .replace('where true', 'where active')
  .replace('query: select * from orders', 'query: "select * from orders where x = 1 # all, of it"')
  .replace('[id,  email, first_name]', '[id, email, first_name, last_name]')
  .replace("  - 'first_name'\n", '  - first_name\n  - last_name\n')
  .replace('hour: "8"', 'hour: 10')
  .replace('{ source: first_name, target: first_name }', '{ source: last_name, target: last_name }')
  .replace(
    '        target: email\n',
    '        target: email\n      - { source: first_name, target: first_name }\n'
  )

/** The files are applied and committed; then the service becomes what another text says. */
async function edited(text: string, there: string, beside: Record<string, string> = {}): Promise<Sandbox> {
  const world = createSandbox({ files: { [file]: text, 'live.yml': there, ...beside }, env })
  for (const words of [[], ['-f', 'live.yml']]) {
    const ran = await world.run('apply', '--yes', '--quiet', ...words)
    expect(ran.code, ran.out + ran.err).toBe(0)
  }
  commit(world)
  world.requests()
  return world
}

function commit(world: Sandbox): void {
  const git = (...words: string[]) => execFileSync('git', words, { cwd: world.folder, stdio: 'ignore' })
  git('init', '-q')
  git('add', '-A')
  git('-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '-qm', 'applied')
}

const textIn = (world: Sandbox, path = file): string => readFileSync(join(world.folder, path), 'utf8')

describe('a commented file', () => {
  test('is patched where the service differs, and the patch is shown', async () => {
    const world = await edited(commented, live)
    const check = await world.run('pull', '--check')
    expect(check.code).toBe(2)
    expect(textIn(world)).toBe(commented)
    const shown = `${check.out}\n${check.err}`.replaceAll(
      /since [0-9a-f]{7,}|with [0-9a-f]{7,}/g,
      'with 1234567'
    )
    await expect(shown).toMatchFileSnapshot('../golden/pull-commented.txt')
    // It reads what a plan reads, in whatever order, and nothing else.
    const requests = world.requests().toSorted()
    await world.run('plan', '--no-check')
    expect(requests).toEqual(world.requests().toSorted())

    const { out } = await world.run('pull', '--check', '--format', 'json')
    const document = JSON.parse(out) as { taken: { address: string }[]; patches: { written: boolean }[] }
    const schema = JSON.parse(readFileSync('schemas/pull.schema.json', 'utf8')) as object
    const validate = new Ajv2020({ strict: false }).compile(schema)
    expect(validate(document), JSON.stringify(validate.errors)).toBe(true)
    expect(document.taken.map(({ address }) => address)).toContain('model "Users"')
    expect(document.patches.map(({ written }) => written)).toEqual([false])

    const ran = await world.run('pull')
    // The hour comes from an anchor: it is told, and left.
    expect(ran.code).toBe(5)
    expect(ran.err).toContain('warning[P701]: `schedule.hour` of sync "Orders out"')
    const after = textIn(world)
    writeFileSync(join(world.folder, 'drift.patch'), check.out)
    execFileSync('git', ['apply', '-R', 'drift.patch'], { cwd: world.folder })
    expect(textIn(world)).toBe(commented)
    writeFileSync(join(world.folder, file), after)
    const plan = JSON.parse((await world.run('plan', '--format', 'json')).out) as {
      changes: { address: string; action: string; fields: { path: string[] }[] }[]
    }
    const updates = plan.changes.filter(({ action }) => action === 'update')
    expect(
      updates.map(({ address, fields }) => [address, fields.map(({ path }) => path.join('.'))])
    ).toEqual([['sync "Orders out"', ['schedule.hour']]])
  })

  test('line ends, a byte order mark and a missing last line end stay', async () => {
    const crlf = warehouse().replaceAll('\n', '\r\n').trimEnd()
    const world = await edited(
      `\uFEFF${crlf}`,
      warehouse()
        .replace('hour: 8', 'hour: 9')
        .replace('schedule: manual', 'schedule: { frequency: hourly, minute: 5 }')
    )
    const ran = await world.run('pull')
    expect(ran.code, ran.out + ran.err).toBe(0)
    expect(textIn(world)).toBe(
      `\uFEFF${crlf}`
        .replace('hour: 8', 'hour: 9')
        .replace('schedule: manual', 'schedule: { frequency: hourly, minute: 5 }')
    )
    expect((await world.run('pull', '--check')).code).toBe(0)
  })
})

describe('what the files changed', () => {
  const there = warehouse().replace('hour: 8', 'hour: 9').replace('source.example.net', 'moved.example.net')

  test('and nobody committed is not undone, and a conflict is left', async () => {
    const world = await edited(warehouse(), there)
    const mine = warehouse().replace('hour: 8', 'hour: 10').replace('store.example.net', 'mine.example.net')
    world.write({ [file]: mine })
    const ran = await world.run('pull')
    expect(ran.code).toBe(6)
    expect(ran.err).toContain('warning[P702]: `schedule.hour` of sync "Users out"')
    expect(ran.err).toContain('the service has `9`')
    expect(ran.out).toContain('1 change of the files')
    expect(textIn(world)).toBe(mine.replace('source.example.net', 'moved.example.net'))
  })

  test('without git nothing is taken over before the person says so', async () => {
    const world = await edited(warehouse(), there)
    rmSync(join(world.folder, '.git'), { recursive: true })
    const refused = await world.run('pull')
    expect([refused.code, textIn(world)]).toEqual([7, warehouse()])
    expect(refused.err).toContain('error[P706]')
    const ran = await world.run('pull', '--since', 'none')
    expect([ran.code, textIn(world)]).toEqual([0, there])
    expect(ran.out).toContain('compared with no revision')
  })

  test('what `ignore_changes` leaves to the service is not taken over', async () => {
    const ignoring = warehouse().replace(
      'name: Users out\n',
      'name: Users out\n    lifecycle: { ignore_changes: [schedule] }\n'
    )
    const world = await edited(ignoring, there)
    expect((await world.run('pull')).code).toBe(0)
    expect(textIn(world)).toBe(ignoring.replace('source.example.net', 'moved.example.net'))
  })

  test('only what is named is taken over', async () => {
    const world = await edited(warehouse(), there)
    expect((await world.run('pull', 'connection "S*"')).code).toBe(0)
    expect(textIn(world)).toBe(warehouse().replace('source.example.net', 'moved.example.net'))
    const wrong = await world.run('pull', 'connection "Sorce"')
    expect([wrong.code, wrong.err.slice(0, 12)]).toEqual([3, 'error[P406]:'])
  })
})

describe('values that come from elsewhere', () => {
  const text = warehouse()
    .replace('hostname: source.example.net', 'hostname: "${env:HOST:-source.example.net}"')
    .replace('database: d', 'database: "${var:db}"')
    .concat('variables: { db: { default: d } }\n')
  const there = warehouse()
    .replace('source.example.net', 'moved.example.net')
    .replace('database: d', 'database: e')

  test('are told with what the service has, and left', async () => {
    const world = await edited(text, there)
    const ran = await world.run('pull')
    expect([ran.code, textIn(world)]).toEqual([5, text])
    expect(ran.err).toContain('this comes from ${env:HOST}')
    expect(ran.err).toContain('the service has `"moved.example.net"`')
    expect(ran.err).toContain('this comes from ${var:db}')
  })

  test('by `<<`, or that others use by an anchor, are told and left', async () => {
    const shared = `x-base: &base { database: d, username: u }\n${warehouse()}`
      .replace('port: 5432, database: d, username: u', '<<: *base, port: 5432')
      .replace('schedule: { frequency', 'schedule: &daily { frequency')
      .replace('schedule: manual', 'schedule: *daily')
    const changed = warehouse()
      .replace('database: d', 'database: e')
      .replace('schedule: manual', 'schedule: { frequency: daily, hour: 8, minute: 0 }')
      .replace('hour: 8', 'hour: 9')
    const world = await edited(shared, changed)
    const ran = await world.run('pull')
    expect([ran.code, textIn(world)]).toEqual([5, shared])
    expect(ran.err).toContain('this comes by <<, which brings `database`')
    expect(ran.err).toContain('&daily is used elsewhere, too')
  })

  test('from standard input nothing can be written', async () => {
    const world = createSandbox({
      files: { 'live.yml': there },
      env,
      io: { stdin: async () => warehouse() }
    })
    await world.run('apply', '--yes', '--quiet', '-f', 'live.yml')
    expect((await world.run('pull', '-f', '-')).code).toBe(7)
    const ran = await world.run('pull', '-f', '-', '--since', 'none')
    expect(ran.code).toBe(5)
    expect(ran.err).toContain('this came by standard input')
  })
})

describe('secrets', () => {
  test('in the files are dots in the patch, and stay in the file', async () => {
    const literal = warehouse().replace('"${env:PASSWORD}"', 'hunter2')
    const world = await edited(literal, literal.replace('source.example.net', 'moved.example.net'))
    const check = await world.run('pull', '--check')
    expect(check.out + check.err).not.toContain('hunter2')
    expect((await world.run('pull')).out).not.toContain('hunter2')
    expect(textIn(world)).toBe(literal.replace('source.example.net', 'moved.example.net'))
  })
})

describe('resources', () => {
  const pinned = (id: string): string =>
    warehouse().replace('name: Users\n', `name: Users\n    id: ${id}\n`)

  test('that the service renamed get their name, and so do those that refer to them', async () => {
    const world = await edited(warehouse(), warehouse())
    const { id } = world.server.store.all('model').find(({ name }) => name === 'Users')!
    world.write({ [file]: pinned(id) })
    commit(world)
    world.write({ 'live.yml': pinned(id).replaceAll('Users\n', 'People\n') })
    expect((await world.run('apply', '--yes', '--quiet', '-f', 'live.yml')).code).toBe(0)
    const ran = await world.run('pull')
    expect(ran.code, ran.out + ran.err).toBe(0)
    expect(textIn(world)).toBe(pinned(id).replaceAll('Users\n', 'People\n'))
  })

  test('that the service lost are told, and leave the files when asked', async () => {
    const world = await edited(warehouse(), warehouse())
    const { id } = world.server.store.all('sync').find(({ name }) => name === 'Orders out')!
    await world.server.fetch(apiRequest(world, 'DELETE', `/api/syncs/${id}`))
    const first = await world.run('pull')
    expect([first.code, textIn(world)]).toEqual([5, warehouse()])
    expect(first.err).toContain('warning[P705]: sync "Orders out"')
    const ran = await world.run('pull', '--remove-missing')
    expect(ran.code, ran.out + ran.err).toBe(0)
    expect(textIn(world)).toBe(warehouse().slice(0, warehouse().indexOf('  - name: Orders out')))
  })
})

describe('what no file declares', () => {
  const { usersOut, ordersOut, ...others } = parts
  const declared = `# Ours.\n${warehouse({ ...others, usersOut })}`

  test('is added where its kind and its connection are, in the style of its neighbour', async () => {
    const world = createSandbox({ files: { [file]: declared, 'live.yml': warehouse() }, env })
    await world.run('apply', '--yes', '--quiet', '-f', 'live.yml')
    commit(world)
    expect((await world.run('pull')).out).toContain('Nothing to take over')
    const ran = await world.run('pull', '--unmanaged')
    expect(ran.code, ran.out + ran.err).toBe(0)
    const added = ordersOut.replace('mode: updateOrCreate', 'mode: updateOrCreate\n    active: false')
    expect(textIn(world)).toBe(`${declared}${added}`)
    expect((await world.run('plan', '--since', 'none')).out).toContain('Nothing to do')
  })

  test('has its secrets as variables', async () => {
    const text = without('store', 'usersOut', 'ordersOut')
    const world = createSandbox({ files: { [file]: text, 'live.yml': warehouse() }, env })
    await world.run('apply', '--yes', '--quiet', '-f', 'live.yml')
    const ran = await world.run('pull', '--unmanaged', '--since', 'none')
    expect(ran.code, ran.out + ran.err).toBe(0)
    expect(textIn(world)).toContain('  - name: Store\n')
    expect(textIn(world)).toContain('${env:STORE_PASSWORD}')
    expect(ran.err).toContain('set `STORE_PASSWORD`')
  })

  test('has its secrets as the variables that `.env.example` has for them', async () => {
    const text = without('store', 'usersOut', 'ordersOut')
    const example = '# connection "Store": configuration.password\nTHE_STORE=\n'
    const world = createSandbox({
      files: { [file]: text, 'live.yml': warehouse(), '.env.example': example },
      env
    })
    await world.run('apply', '--yes', '--quiet', '-f', 'live.yml')
    const ran = await world.run('pull', '--unmanaged', '--since', 'none')
    expect(ran.code, ran.out + ran.err).toBe(0)
    expect(textIn(world)).toContain('${env:THE_STORE}')
    expect(ran.err).toContain('set `THE_STORE`')
  })
})

describe('many organizations', () => {
  test('need files of their own', async () => {
    const world = createSandbox({
      files: { [file]: warehouse() },
      env: { ...env, POLYTOMIC_PARTNER_KEY: 'k' }
    })
    const ran = await world.run('pull', '--all-organizations')
    expect([ran.code, ran.err.slice(0, 12)]).toEqual([7, 'error[P708]:'])
  })
})

describe('files of many organizations', () => {
  test('are each patched with what their organization has', async () => {
    const names = ['Acme', 'Beta']
    const files = Object.fromEntries(names.map((name) => [`configs/${name}/all.yaml`, warehouse()]))
    const world = createSandbox({
      files,
      env: { ...env, POLYTOMIC_API_KEY: '', POLYTOMIC_PARTNER_KEY: 'partner-key-1' },
      server: { partnerKey: 'partner-key-1', organizations: names.map((name) => ({ name })) }
    })
    const over = ['--organization', 'Acme', '--organization', 'Beta', '-f', 'configs/{organization}']
    const applied = await world.run('apply', '--yes', ...over)
    expect(applied.code, applied.out + applied.err).toBe(0)
    for (const [path, text] of Object.entries(files))
      world.write({ [path]: text.replace('hour: 8', `hour: ${path.includes('Acme') ? 9 : 10}`) })
    const ran = await world.run('pull', '--since', 'none', ...over)
    expect(ran.code, ran.out + ran.err).toBe(0)
    expect(Object.keys(files).map((path) => textIn(world, path))).toEqual(Object.values(files))
  })
})

describe('whoever kills it', () => {
  const after = { 'configs/a.yaml': 'hour: 9', 'configs/b.yaml': 'moved.example.net' }
  const [connections = '', rest = ''] = [warehouse().split('models:')[0], warehouse().split('models:')[1]]

  test('finds each file old or new, and the next run does the rest', async () => {
    const files = { 'configs/a.yaml': `models:${rest}`, 'configs/b.yaml': connections }
    const world = createSandbox({ files, env })
    await world.run('apply', '--yes', '--quiet')
    const wanted = Object.entries(files).map(([path, text]) => [
      path,
      text.replace('hour: 8', 'hour: 9').replace('source.example.net', 'moved.example.net')
    ])
    world.write({ 'live.yml': wanted.map(([, text]) => text).join('') })
    await world.run('apply', '--yes', '--quiet', '-f', 'live.yml')
    const server = await listen(world.server, { host: '127.0.0.1', port: 0 })
    onTestFinished(() => server.close())
    const options = {
      cwd: world.folder,
      env: { ...process.env, ...env, POLYTOMIC_API_KEY: world.server.apiKey, POLYTOMIC_URL: server.url },
      stdio: 'ignore'
    } as const
    for (const delay of isFew ? [0, 400] : [0, 150, 300, 350, 400, 450, 500, 600, 900]) {
      world.write(files)
      const run = spawn(process.execPath, [program, 'pull', '--since', 'none'], options)
      const ended = new Promise((resolve) => run.on('close', resolve))
      await sleep(delay)
      run.kill('SIGKILL')
      await ended
      for (const [path, text] of Object.entries(files)) {
        const now = textIn(world, path)
        expect(now === text || now.includes(after[path as keyof typeof after]), now).toBe(true)
        expect(now.split('\n').length).toBe(text.split('\n').length)
      }
    }
    expect((await world.run('pull', '--since', 'none')).code).toBe(0)
    expect(Object.keys(files).map((path) => [path, textIn(world, path)])).toEqual(wanted)
  })
})
