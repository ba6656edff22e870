import type { CodeEntry } from './code-entry.ts'

/** Problems of one resource, or one section, by itself. */
export const shapeCodes = {
  P101: {
    title: 'an unknown field',
    explanation: `
The key means nothing here. It is mostly a slip of the finger, sometimes a field of another kind or
another level: what a connection needs to reach its system belongs under \`configuration\`. Fields
are spelled as in the API, except that names take the place of ids: \`connection\`, not
\`connection_id\`. An unknown key is an error because the alternative is a setting that you believe
in and that does nothing.`,
    bad: `
connections:
  - name: Orders
    type: mongodb
    configuraton: { hosts: db.example.com }
`,
    good: `
connections:
  - name: Orders
    type: mongodb
    configuration: { hosts: db.example.com }
`
  },
  P102: {
    title: 'a value of the wrong type',
    explanation: `
The field wants another sort of value: a list where one text stands, a number where there is a word,
or anything at all where there is nothing. Some things that people know from elsewhere are different
in YAML 1.2: only true and false are booleans, while yes, no, on and off are strings; and what is in
quotes is always a string.`,
    bad: `
connections:
  - name: Orders
    type: mongodb
    configuration: { hosts: db.example.com, ssl: "yes" }
`,
    good: `
connections:
  - name: Orders
    type: mongodb
    configuration: { hosts: db.example.com, ssl: true }
`
  },
  P103: {
    title: 'a field is missing',
    explanation: `
Without this field it is not clear what should be made. The message names what is expected, and the
place where it belongs. If you did write it, look at its indentation: a line too far to the left
belongs to something else.`,
    bad: `
connections:
  - name: Orders
    configuration: { hosts: db.example.com }
`,
    good: `
connections:
  - name: Orders
    type: mongodb
    configuration: { hosts: db.example.com }
`
  },
  P104: {
    title: 'a value is not one of the allowed ones',
    explanation: `
The field takes one of a few words, and this is none of them. Upper and lower case do not matter
where the service does not care. The allowed words are listed with the problem, or, where there are
too many, by \`polyctl schema\`.`,
    bad: `
workspace:
  api_version: "2025-09-19"
connections:
  - { name: Orders, type: mongodb, configuration: { hosts: db.example.com } }
`,
    good: `
workspace:
  api_version: "2025-09-18"
connections:
  - { name: Orders, type: mongodb, configuration: { hosts: db.example.com } }
`
  },
  P105: {
    title: 'a value is out of bounds or not well formed',
    explanation: `
The value has the right type but cannot be right: a minute above 59, an address that is none, a name
with a space at its end that nobody can see. The message says what is expected.`,
    bad: `
connections:
  - name: "Orders "
    type: bigquery
`,
    good: `
connections:
  - name: Orders
    type: bigquery
`
  },
  P106: {
    title: 'an unknown connection type',
    explanation: `
A connection's type is the service's own short name of a system, such as mongodb, postgresql or
salesforce. There are 226 of them, and this is none. \`polyctl explain types\` lists them all,
or those with a word in them, and an editor that uses the schema offers them while you type. What the
type is decides what \`configuration\` may hold, so that part is not checked before the type is right.`,
    bad: `
connections:
  - name: Orders
    type: mongo
    configuration: { hosts: db.example.com }
`,
    good: `
connections:
  - name: Orders
    type: mongodb
    configuration: { hosts: db.example.com }
`
  },
  P107: {
    title: 'a field that the service fills itself',
    explanation: `
The service answers with this field, but takes no notice of what it is sent: who authorized a
connection, for instance, or an id on the other side. In a file it would look like a setting and do
nothing. Remove it.`,
    bad: `
connections:
  - name: Bases
    type: airtable
    configuration: { connected_user: ada@example.com }
`,
    good: `
connections:
  - name: Bases
    type: airtable
`
  },
  P108: {
    title: 'a masked secret as a value',
    explanation: `
The service never tells a secret: it shows asterisks in its place. Copied into a file, the asterisks
would become the password. Give the secret by an environment variable or a file, and write the
placeholder.`,
    bad: `
connections:
  - name: Orders
    type: mongodb
    configuration: { hosts: db.example.com, password: "********" }
`,
    good: `
connections:
  - name: Orders
    type: mongodb
    configuration: { hosts: db.example.com, password: "\${env:MONGODB_PASSWORD}" }
`
  },
  P109: {
    title: 'fields that exclude each other',
    explanation: `
Each of these fields makes sense alone, but not beside the other: a sync writes to an object that is
there, or makes a new one; a schedule that is started by hand has no hour. One of the two would be
ignored, and it is not for polyctl to choose which.`,
    bad: `
connections:
  - { name: CRM, type: salesforce }
  - { name: Orders, type: mongodb, configuration: { hosts: db.example.com } }
models:
  - { name: Buyers, connection: Orders, configuration: { database: shop, collection: buyers } }
syncs:
  - name: Buyers to CRM
    mode: create
    model: Buyers
    fields: [{ source: email, target: Email }]
    target: { connection: CRM, object: Contact }
    schedule: { frequency: manual, hour: 8 }
`,
    good: `
connections:
  - { name: CRM, type: salesforce }
  - { name: Orders, type: mongodb, configuration: { hosts: db.example.com } }
models:
  - { name: Buyers, connection: Orders, configuration: { database: shop, collection: buyers } }
syncs:
  - name: Buyers to CRM
    mode: create
    model: Buyers
    fields: [{ source: email, target: Email }]
    target: { connection: CRM, object: Contact }
    schedule: { frequency: daily, hour: 8, minute: 0 }
`
  },
  P110: {
    title: 'workspace is written more than once',
    explanation: `
All files together describe one workspace, so it is said once which one. Two blocks could contradict
each other, and then a change would go to the wrong organization. Keep one, in whichever file you
like.`,
    bad: `
workspace: { organization: Acme }
connections:
  - { name: Orders, type: mongodb, configuration: { hosts: db.example.com } }
---
workspace: { organization: Acme }
`,
    good: `
workspace: { organization: Acme }
connections:
  - { name: Orders, type: mongodb, configuration: { hosts: db.example.com } }
`
  },
  P111: {
    title: 'a field that this version of the API does not have',
    explanation: `
The files choose an older version of the API in \`workspace.api_version\`, and use a field that came later.
The service would drop it in silence, and every plan would want to set it again. Remove the field, or
let the workspace use a newer version.`
  },
  P114: {
    title: 'what the files say is newer than the service',
    explanation: `
Several identities of a sync, filters of its target that compare with a field of a model, and which
fields people have added to a schema came to the newest API without a version of their own: only what
a service answers tells whether it knows them. One that does not would drop them in silence, and match
or write other records than were meant. So nothing is planned where its answers show that it does not
know them. Where no answer tells, because there is no sync yet, this is a warning; what was sent is
read back and compared in any case.`
  },
  P115: {
    title: 'a number that is written in another way than it is sent',
    explanation: `
Without quotes, \`01234\` is the number 1234, \`1.10\` is 1.1 and \`0x10\` is 16: that is what the service
gets. Where any value may stand, as in a filter, a postal code, a version or a telephone number was
mostly meant, and then quotes keep its digits. If the number is meant, write it as it is sent.`,
    bad: syncOfZip('01234'),
    good: syncOfZip('"01234"')
  },
  P116: {
    title: 'a new connection lacks what its type requires',
    explanation: `
The service refuses to make a connection of this type without these settings, so the plan stops before
anything is written. One that exists already has them and may leave them out, and so may one that a
person authorizes in a browser. \`polyctl validate\` asks nobody what exists: there it is a warning, and
an error with --strict.`,
    bad: `
connections:
  - name: Orders
    type: postgresql
    configuration: { hostname: db.example.com, database: shop }
`,
    good: `
connections:
  - name: Orders
    type: postgresql
    configuration:
      hostname: db.example.com
      database: shop
      username: polytomic
      password: "\${env:ORDERS_PASSWORD}"
`
  },
  P113: {
    title: 'a word for all or none in a list of names',
    explanation: `
A list names what is meant, each by its own name: \`[all]\` is the one that is called \`all\`, and every
other would be switched off. All schemas of a source are \`schemas: all\`, without a list; all fields of
a schema are meant where \`fields\` is left out. What is really called so can be written in full, with
its \`id\`.`,
    bad: `
connections:
  - { name: Orders, type: mongodb, configuration: { hosts: db.example.com } }
  - { name: Warehouse, type: bigquery }
bulk_syncs:
  - name: Copy
    mode: replicate
    source: { connection: Orders }
    destination: { connection: Warehouse, configuration: { schema: raw } }
    schemas: [all]
    default_schedule: manual
`,
    good: `
connections:
  - { name: Orders, type: mongodb, configuration: { hosts: db.example.com } }
  - { name: Warehouse, type: bigquery }
bulk_syncs:
  - name: Copy
    mode: replicate
    source: { connection: Orders }
    destination: { connection: Warehouse, configuration: { schema: raw } }
    schemas: all
    default_schedule: manual
`
  }
} satisfies Record<string, CodeEntry>

/** Files with a sync that filters by a postal code. */
function syncOfZip(value: string): string {
  return `
connections:
  - { name: Orders, type: mongodb, configuration: { hosts: db.example.com } }
models:
  - { name: Users, connection: Orders, configuration: { database: d, collection: c } }
syncs:
  - name: Users
    mode: create
    model: Users
    target: { connection: Orders, object: d.users }
    fields: [{ source: email, target: email }]
    filters: [{ field: zip, function: Equality, value: ${value} }]
    schedule: manual
`
}
