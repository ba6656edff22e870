import { expect, test } from 'vitest'
import { isObject, type Json } from '../../src/state/value.ts'
import { examples, secrets } from '../support/examples.ts'
import { placesOfExamples } from '../support/places.ts'
import { share } from '../support/samples.ts'
import { createSandbox, tutorial, type Sandbox } from '../support/sandbox.ts'

/**
 * Every object of JavaScript has these names without having been given them. Where a text of somebody's is
 * looked up in an object, they find what is not there.
 */
const inherited = ['constructor', '__proto__', 'toString', 'valueOf', 'hasOwnProperty']
const mine = <T>(places: readonly T[], name: string): readonly T[] =>
  share(places, 7 * inherited.indexOf(name), 7 * inherited.length)

/** No bug, no stack: an answer with a code, whatever it says. */
async function expectAnswer(world: Sandbox, ...words: string[]): Promise<number> {
  const { code, out, err } = await world.run(...words)
  expect([code, out + err]).not.toEqual([1, out + err])
  expect(out + err).not.toMatch(/ {4}at .*:\d+:\d+|TypeError|native code|\[object /)
  return code
}

test.each(inherited)('%s is a name like any other, wherever a file may say it', async (name) => {
  const world = createSandbox()
  for (const what of ['values', 'keys'] as const) {
    for (const { text, start, end } of mine(placesOfExamples(what), name)) {
      world.write({ 'configs/a.yaml': text.slice(0, start) + name + text.slice(end) })
      await expectAnswer(world, 'plan')
    }
  }
})

test.each(inherited)('%s as an option is answered', async (name) => {
  const world = createSandbox({ files: { 'configs/a.yaml': tutorial }, env: { MONGODB_PASSWORD: 'pw' } })
  const options = [
    '--only',
    '--exclude',
    '--kind',
    '--rotate',
    '--since',
    '--var',
    '--var-file',
    '--env-file',
    '--file'
  ]
  for (const option of share(options, inherited.indexOf(name) % 3, 3))
    await expectAnswer(world, 'plan', option, name)
  await expectAnswer(world, 'plan', '--var', `${name}=1`)
  const commands = ['explain', 'connect', 'sources', 'targets', 'completion', name]
  for (const command of share(commands, inherited.indexOf(name) % 2, 2))
    await expectAnswer(world, command, name)
})

test.each(inherited)('%s is no surprise in any place of an answer', async (name) => {
  let change: { at: number } | undefined
  let seen = 0
  const world: Sandbox = createSandbox({
    env: { ...secrets, MONGODB_PASSWORD: 'pw' },
    io: {
      fetch: async (request) => {
        const response = await world.server.fetch(request)
        if (!change || request.method !== 'GET') return response
        const body: unknown = await response.json()
        const { at } = change
        const changed = mapTexts(body as Json, (text) => (seen++ === at ? name : text))
        return Response.json(changed, { status: response.status, headers: response.headers })
      }
    }
  })
  world.write({
    'configs/a.yaml': examples['permissions-and-notifications.yaml']!,
    'configs/b.yaml': syncs
  })
  expect(await expectAnswer(world, 'apply', '--yes')).toBe(0)
  change = { at: -1 }
  await world.run('plan')
  const all = seen
  expect(all).toBeGreaterThan(50)
  for (const at of mine([...Array(all).keys()], name)) {
    change = { at }
    seen = 0
    await expectAnswer(world, 'plan')
  }
})

const syncs = `
connections:
  - { name: C, type: postgresql, configuration: { hostname: h, port: 5432, database: d, username: u, password: "\${env:MONGODB_PASSWORD}" } }
models:
  - { name: M, connection: C, configuration: { table: public.users } }
syncs:
  - name: S
    mode: updateOrCreate
    model: M
    identity: { source: email, target: email, function: Equality }
    fields: [{ source: first_name, target: first_name }]
    filters: [{ field: email, function: IsNotNull }]
    target: { connection: C, object: public.users }
    schedule: { frequency: daily, hour: 1, minute: 2 }
bulk_syncs:
  - name: B
    mode: replicate
    source: { connection: C }
    destination: { connection: C, configuration: { schema: raw } }
    default_schedule: { frequency: daily, hour: 1, minute: 2 }
`

function mapTexts(value: Json, change: (text: string) => string): Json {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapTexts(inner, change)]))
}
