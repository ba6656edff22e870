/** Makes configurations of any size for measuring: the tutorial's two connections, one model for ten syncs. */
export function workspace(syncs: number): string {
  const models = Math.max(1, Math.ceil(syncs / 10))
  return [
    'connections:',
    '  - { name: Mongo, type: mongodb, configuration: { hosts: example.mongodb.net, username: user, password: "${env:BENCH_PASSWORD}" } }',
    '  - { name: Store, type: postgresql, configuration: { hostname: pg.example.com, port: 5432, database: d, username: u, password: "${env:BENCH_PASSWORD}" } }',
    'models:',
    ...Array.from({ length: models }, (_, index) => modelText(index)),
    'syncs:',
    ...Array.from({ length: syncs }, (_, index) => syncText(index, index % models)),
    ''
  ].join('\n')
}

/** How many resources `workspace(syncs)` declares. */
export function resources(syncs: number): number {
  return syncs + Math.max(1, Math.ceil(syncs / 10)) + 2
}

/** A workspace of many connections, each with a model, and of syncs that write to them in turn. */
export function scattered(connections: number, syncs: number): string {
  const each = (of: (index: number) => string): string[] =>
    Array.from({ length: connections }, (_, index) => of(index))
  return [
    'connections:',
    ...each(
      (index) =>
        `  - { name: Store ${index}, type: postgresql, configuration: { hostname: pg-${index}.example.com, database: d, username: u, password: "\${env:BENCH_PASSWORD}" } }`
    ),
    'models:',
    ...each(
      (index) =>
        `  - { name: Model ${index}, connection: Store ${index}, configuration: { table: public.users }, identifier: id }`
    ),
    'syncs:',
    ...Array.from({ length: syncs }, (_, index) =>
      syncText(index, index % connections).replace(
        'connection: Store,',
        `connection: Store ${(index + 1) % connections},`
      )
    ),
    ''
  ].join('\n')
}

function modelText(index: number): string {
  return `  - name: Model ${index}
    connection: Mongo
    configuration: { database: example, collection: users }
    identifier: _id`
}

function syncText(index: number, model: number): string {
  return `  - name: Sync ${index}
    mode: updateOrCreate
    active: false
    model: Model ${model}
    identity: { source: email, target: email, function: Equality }
    fields:
      - { source: first_name, target: first_name }
      - { source: last_name, target: last_name }
    target: { connection: Store, object: public.users }
    schedule: { frequency: daily, hour: ${index % 24}, minute: 30 }`
}
