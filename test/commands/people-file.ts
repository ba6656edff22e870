/** What the file says of a sync of people: more columns, how it writes, and whatever else stands in it. */
interface Said {
  columns?: readonly string[]
  mode?: string
  /** More lines of the sync, as YAML. */
  more?: string
}

/** A file with a database, a model of people in it, and a sync that writes them back. */
export function peopleFile({ columns = ['name'], mode = 'updateOrCreate', more = '' }: Said = {}): string {
  return `
connections:
  - name: Store
    type: postgresql
    configuration: { hostname: db.example.com, port: 5432, database: d, username: u, password: "\${env:PASSWORD}" }
models:
  - name: People
    connection: Store
    configuration: { table: people }
    fields: [email, ${columns.join(', ')}]
syncs:
  - &people
    name: People
    active: true
    mode: ${mode}
    model: People
    identity: { source: email, target: email, function: Equality }
    fields: [${columns.map((name) => `{ source: ${name}, target: ${name} }`).join(', ')}]
    target: { connection: Store, object: people }
    schedule: manual
    ${more}
`
}
