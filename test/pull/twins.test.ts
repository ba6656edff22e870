import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { textOf } from '../../src/state/value.ts'
import { apiRequest, createSandbox, type Sandbox } from '../support/sandbox.ts'
import { env, file, parts } from '../support/warehouse.ts'

/** R34: of several resources of one name, `id` says which is meant: each is taken over like any other. */

interface Twins {
  world: Sandbox
  models: readonly [string, string]
  syncs: readonly [string, string]
  /** The text of the file. */
  text: string
}

/** Two models have one name, two syncs have another, and one more sync uses the second of the models. */
async function twins(): Promise<Twins> {
  const world = createSandbox({ files: { [file]: written('A', 'B') }, env })
  await applied(world)
  const idOf = (kind: 'model' | 'sync', name: string): string =>
    textOf(world.server.store.all(kind).find((one) => one['name'] === name)?.['id'])
  const models = [idOf('model', 'Dup model A'), idOf('model', 'Dup model B')] as const
  const syncs = [idOf('sync', 'Dup sync A'), idOf('sync', 'Dup sync B')] as const
  const text = [...models, ...syncs].reduce(
    (whole, id, at) =>
      whole
        .replaceAll(`model: Dup model ${'AB'[at]}`, `model: ${id}`)
        .replace(/name: (Dup \w+) [AB]\n/, `name: $1\n    id: ${id}\n`),
    written('A', 'B')
  )
  world.write({ [file]: text })
  await applied(world)
  return { world, models, syncs, text }
}

function written(one: string, other: string): string {
  // Models share a name where their connections have several types.
  const model = (which: string, connection: string): string => `  - name: Dup model ${which}
    connection: ${connection}
    configuration: { query: select * from ${which} }   # mine
    fields: [id, email, first_name]
    identifier: id
`
  const sync = (name: string, which: string, hour: number): string => `  - name: ${name}
    mode: updateOrCreate
    model: Dup model ${which}
    identity: { source: id, target: id, function: Equality }
    fields:
      - { source: email, target: email }   # of ${name}
    target: { connection: Store, object: public.users }
    schedule: { frequency: daily, hour: ${hour}, minute: 0 }
`
  return `connections:
${parts.source}${parts.store}  - name: Company
    type: mysql
    configuration: { hostname: company.example.net, dbname: d, account: u, passwd: "\${env:PASSWORD}" }
models:
${model(one, 'Source')}${model(other, 'Company')}syncs:
${sync('Dup sync A', one, 1)}${sync('Dup sync B', other, 2)}${sync('Other sync', other, 3)}`
}

async function applied(world: Sandbox, ...words: string[]): Promise<void> {
  const ran = await world.run('apply', '--yes', '--quiet', '--since', 'none', ...words)
  expect(ran.code, ran.out + ran.err).toBe(0)
}

async function becomes(world: Sandbox, text: string): Promise<void> {
  world.write({ 'live.yml': text })
  await applied(world, '-f', 'live.yml')
}

/** An id that could be taken for a number is written in quotes, which make no difference. */
const textIn = (world: Sandbox): string =>
  readFileSync(join(world.folder, file), 'utf8').replaceAll(
    /"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"/g,
    '$1'
  )

async function pull(world: Sandbox): Promise<string> {
  const ran = await world.run('pull', '--since', 'none')
  expect(ran.code, ran.out + ran.err).toBe(0)
  expect(ran.err).not.toContain('P70')
  return ran.out
}

test('what differs of both is taken over, each into its own block', async () => {
  const { world, syncs, text } = await twins()
  const there = text
    .replace('from A', 'from a1')
    .replace('from B', 'from b1')
    .replace('hour: 1,', 'hour: 11,')
    .replace('hour: 2,', 'hour: 12,')
  await becomes(world, there)
  const addresses = syncs.map((id) => `sync "Dup sync" (${id})`)
  const checked = await world.run('pull', '--since', 'none', '--check', '--format', 'json')
  const { taken } = JSON.parse(checked.out) as { taken: { address: string; pin?: string }[] }
  expect(taken.map(({ address }) => address)).toEqual(expect.arrayContaining(addresses))
  expect(taken.some((one) => 'pin' in one)).toBe(false)
  const out = await pull(world)
  for (const address of addresses) expect(out).toContain(address)
  expect(textIn(world)).toBe(there)
  expect((await world.run('drift')).code).toBe(0)
})

test('what others say of one of them is taken over, and it keeps its id there', async () => {
  const { world, models, text } = await twins()
  const there = text
    .replace('hour: 3,', 'hour: 13,')
    .replace('of Other sync\n', 'of Other sync\n      - { source: first_name, target: first_name }\n')
  await becomes(world, there)
  await pull(world)
  expect(textIn(world)).toBe(there)
  const moved = there.replace(
    new RegExp(`(name: Other sync[^]*)model: ${models[1]}`),
    `$1model: ${models[0]}`
  )
  expect(moved).not.toBe(there)
  await becomes(world, moved)
  await pull(world)
  expect(textIn(world)).toBe(moved)
})

test('one that got a name of its own is renamed, and the other stays as it is', async () => {
  const { world, text } = await twins()
  const there = text.replace(/name: Dup sync$/m, 'name: Single sync').replace('hour: 2,', 'hour: 12,')
  await becomes(world, there)
  await pull(world)
  expect(textIn(world)).toBe(there)
})

test('one that somebody deleted is missing to drift and pull, and plan still stops', async () => {
  const { world, syncs, text } = await twins()
  const git = (...words: string[]) => execFileSync('git', words, { cwd: world.folder, stdio: 'ignore' })
  git('init', '-q')
  git('add', '-A')
  git('-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '-qm', 'applied')
  const there = text.replace('hour: 2,', 'hour: 12,').replace('hour: 3,', 'hour: 13,')
  await becomes(world, there)
  await world.server.fetch(apiRequest(world, 'DELETE', `/api/syncs/${syncs[0]}`))

  const drift = await world.run('drift', '--since', 'HEAD')
  expect(drift.code, drift.out + drift.err).toBe(2)
  for (const words of [`"Dup sync" (${syncs[0]})`, `"Dup sync" (${syncs[1]})`, '"Other sync"'])
    expect(drift.out).toContain(words)
  for (const command of ['plan', 'apply']) {
    const stopped = await world.run(command, '--since', 'HEAD', ...(command === 'apply' ? ['--yes'] : []))
    expect(stopped.code).not.toBe(0)
    expect(stopped.err).toContain('P404')
  }
  expect(world.server.store.all('sync')).toHaveLength(2)

  const ran = await world.run('pull', '--since', 'HEAD')
  expect(ran.code, ran.out + ran.err).toBe(5)
  expect(ran.err).toContain('P705')
  expect(textIn(world)).toBe(there)
  const removed = await world.run('pull', '--since', 'HEAD', '--remove-missing')
  expect(removed.code, removed.out + removed.err).toBe(0)
  expect(textIn(world)).not.toContain(syncs[0])
  expect(textIn(world)).toContain(`id: ${syncs[1]}`)
  expect((await world.run('drift', '--since', 'none')).code).toBe(0)
})

test.each([
  ['both of them', /syncs:\n[^]*(?= {2}- name: Other sync)/, 'syncs:\n'],
  ['the other one', / {2}- name: Dup sync\n[^]*?(?= {2}- name: Dup sync\n)/, '']
])('that no file declares are added, each with its id: %s', async (_what, block, left) => {
  const { world, syncs, text } = await twins()
  const fewer = text.replace(block, left)
  expect(fewer).not.toContain(syncs[0])
  world.write({ [file]: fewer })
  const ran = await world.run('pull', '--since', 'none', '--unmanaged')
  expect(ran.code, ran.out + ran.err).toBe(0)
  for (const id of syncs) expect(textIn(world).split(`id: ${id}`)).toHaveLength(2)
  expect((await world.run('drift', '--since', 'none', '--fail-on', 'all')).code).toBe(0)
})
