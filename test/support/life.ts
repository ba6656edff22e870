import { expect } from 'vitest'
import type { ApiVersion } from '../../src/wire/common.ts'
import { client, type Client, type Thing } from '../server/client.ts'
import { createSandbox, type Sandbox } from './sandbox.ts'

/** The whole life of a resource: made, found as it should be, changed by a person, seen, healed, deleted. */
export interface Life {
  yaml: string
  /** Somebody changes it in the web page. */
  edit(api: Client): Promise<unknown>
  /** What `drift` then says. */
  shows: RegExp
  /** The first version of the API that has it. */
  since?: ApiVersion
  /** Answers must have the newest shape. */
  shape?: 'newest'
}

/** What the files of a life may name. */
export const secrets = { SECRET: 'a very secret text', PASSWORD: 'another one' }

/** A PostgreSQL connection and a warehouse, for what needs connections. */
export const twoConnections = `
connections:
  - name: Source
    type: postgresql
    configuration: { hostname: h, port: 5432, database: d, username: u, password: "\${env:PASSWORD}" }
  - name: Warehouse
    type: snowflake
    configuration: { account: a, username: u, password: "\${env:PASSWORD}", dbname: d }
`

/** A model, and a sync `S` that updates what it reads; `more` are further lines of the sync. */
export const syncOfUsers = (more: string): string => `${twoConnections}
models: [{ name: Users, connection: Source, configuration: { table: public.users } }]
syncs:
  - name: S
    mode: update
    active: false
    model: Users
    identity: { source: email, target: email, function: Equality }
    fields: [{ source: first_name, target: first_name }]
    target: { connection: Source, object: public.users }
    schedule: manual
${more}`

/** The one of a list that is called so. */
export async function named(api: Client, path: string, name: string, key = 'name'): Promise<Thing> {
  const found = (await api.get(path)).list.find((one) => one[key] === name)
  if (!found) throw new Error(`there is no ${name} at ${path}`)
  return found
}

/** A part of an answer that is a list of objects. */
export function parts(thing: Thing, key: string): Record<string, unknown>[] {
  return thing[key] as Record<string, unknown>[]
}

/** Lives it, in one version of the API. */
export async function expectLife(life: Life, version: ApiVersion): Promise<void> {
  const files = {
    'configs/a.yaml': life.yaml,
    'configs/w.yaml': `workspace: { api_version: "${version}" }\n`
  }
  const { shape = 'older' } = life
  const world = createSandbox({ files, env: secrets, server: { shape } })
  const reported: string[] = []
  const run = async (code: number, ...words: string[]): Promise<string> => {
    const ran = await world.run(...words)
    expect(ran.code, ran.out + ran.err).toBe(code)
    reported.push(ran.out, ran.err)
    return ran.out + ran.err
  }
  await run(0, 'validate')
  await run(0, 'apply', '--yes')
  await expectSettled(world)
  await life.edit(client(world.server))
  expect(await run(2, 'drift')).toMatch(life.shows)
  await run(0, 'apply', '--yes')
  await expectSettled(world)
  await run(0, 'destroy', '--yes')
  expect(await run(0, 'destroy', '--yes')).toMatch(/nothing/i)
  for (const secret of Object.values(secrets)) expect(reported.join()).not.toContain(secret)
}

/** Nothing is sent by another apply, and no plan finds anything to do. */
async function expectSettled(world: Sandbox): Promise<void> {
  world.requests()
  const second = await world.run('apply', '--yes')
  expect(second.code, second.out + second.err).toBe(0)
  expect(world.requests().filter((request) => !request.startsWith('GET'))).toEqual([])
  const plan = await world.run('plan', '--detailed-exitcode')
  expect(plan.code, plan.out + plan.err).toBe(0)
}
