import type { Sandbox } from './sandbox.ts'

/**
 * A workspace in which nothing waits for a person: two databases, two models, two syncs. Each part is a text
 * of its own, to be edited or left out.
 */
export const parts = {
  source: `  - name: Source
    type: postgresql
    configuration: { hostname: source.example.net, port: 5432, database: d, username: u, password: "\${env:PASSWORD}" }
`,
  store: `  - name: Store
    type: postgresql
    configuration: { hostname: store.example.net, port: 5432, database: d, username: u, password: "\${env:PASSWORD}" }
`,
  users: `  - name: Users
    connection: Source
    configuration: { query: select * from users }
    fields: [id, email, first_name]
    identifier: id
`,
  orders: `  - name: Orders
    connection: Source
    configuration: { query: select * from orders }
    fields: [id, email, first_name]
    identifier: id
`,
  usersOut: `  - name: Users out
    mode: updateOrCreate
    model: Users
    identity: { source: id, target: id, function: Equality }
    fields:
      - { source: email, target: email }
      - { source: first_name, target: first_name }
    target: { connection: Store, object: public.users }
    schedule: { frequency: daily, hour: 8, minute: 0 }
`,
  ordersOut: `  - name: Orders out
    mode: updateOrCreate
    model: Orders
    identity: { source: id, target: id, function: Equality }
    fields:
      - { source: email, target: email }
    target: { connection: Store, object: public.users }
    schedule: manual
`
}

/** The text of a file with these parts, as they are or as they were changed. */
export function warehouse(some: Partial<typeof parts> = parts): string {
  const section = (name: string, texts: (string | undefined)[]): string => {
    const there = texts.filter((text) => text !== undefined)
    return there.length === 0 ? '' : `${name}:\n${there.join('')}`
  }
  return [
    section('connections', [some.source, some.store]),
    section('models', [some.users, some.orders]),
    section('syncs', [some.usersOut, some.ordersOut])
  ].join('')
}

/** All parts but some. */
export function without(...names: (keyof typeof parts)[]): string {
  return warehouse(
    Object.fromEntries(
      Object.entries(parts).filter(([name]) => !names.includes(name as keyof typeof parts))
    )
  )
}

export const env = { PASSWORD: 'planted-password' }

/** The file that all of it is in. */
export const file = 'configs/all.yaml'

/** The id of a live thing; throws when there is none. */
export function idOf(world: Sandbox, kind: 'connection' | 'model' | 'sync', name: string): string {
  const found = world.server.store.all(kind).find((thing) => thing.name === name)
  if (!found) throw new Error(`no ${kind} ${name}`)
  return found.id
}

/** Names of all that is live, by kind. */
export function live(world: Sandbox): Record<'connection' | 'model' | 'sync', string[]> {
  const of = (kind: 'connection' | 'model' | 'sync'): string[] =>
    world.server.store
      .all(kind)
      .map(({ name }) => name)
      .toSorted()
  return { connection: of('connection'), model: of('model'), sync: of('sync') }
}

/** The requests since the last question that were no reads. */
export function writes(world: Sandbox): string[] {
  return world
    .requests()
    .filter((request) => !request.startsWith('GET ') && !/(source|target|modelsync)/.test(request))
    .map((request) => request.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, 'ID'))
}
