import type { CodeEntry } from './code-entry.ts'

/** Problems between resources: their names, and how they name each other. */
export const nameCodes = {
  P201: {
    title: 'a reference names nothing that is declared',
    explanation: `
A resource names another one, and no file declares it. That may be right: what is named can exist in
the service without being managed here, and then \`polyctl plan\` finds it. If it is a slip of the
finger, a similar name is shown beside it. When neither the files nor the service know the name, the
warning becomes an error.`,
    bad: `
connections:
  - { name: Orders, type: mongodb, configuration: { hosts: db.example.com } }
models:
  - { name: Buyers, connection: Order, configuration: { database: shop, collection: buyers } }
`,
    good: `
connections:
  - { name: Orders, type: mongodb, configuration: { hosts: db.example.com } }
models:
  - { name: Buyers, connection: Orders, configuration: { database: shop, collection: buyers } }
`
  },
  P202: {
    title: 'a name is used twice',
    explanation: `
A name is the identity of a resource: it is how the files, the service and other resources find it.
Two blocks of one kind with the same name would take turns in overwriting each other. Rename one, or
delete one. A model and a connection may share a name.`,
    bad: `
connections:
  - { name: Orders, type: mongodb, configuration: { hosts: db.example.com } }
  - { name: Orders, type: bigquery }
`,
    good: `
connections:
  - { name: Orders, type: mongodb, configuration: { hosts: db.example.com } }
  - { name: Archive, type: bigquery }
`
  },
  P203: {
    title: 'references in a circle',
    explanation: `
Each of these resources needs the next one, and the last needs the first. Whatever is needed must
exist before what needs it, so none of them could be made first. The places are numbered in the
order of the circle: remove one of the references, mostly the one that was added last. Models may
be joined in a circle: their \`relations\` are set once all of them are made.`,
    bad: `
connections:
  - { name: CRM, type: salesforce }
  - { name: Orders, type: mongodb, configuration: { hosts: db.example.com } }
models:
  - { name: Buyers, connection: Orders, configuration: { database: shop, collection: buyers } }
syncs:
  - name: Contacts
    model: Buyers
    mode: create
    target: { connection: CRM, object: Contact }
    fields: [{ source: email, target: Email }]
    schedule: { frequency: runafter, run_after: { syncs: [Leads] } }
  - name: Leads
    model: Buyers
    mode: create
    target: { connection: CRM, object: Lead }
    fields: [{ source: email, target: Email }]
    schedule: { frequency: runafter, run_after: { syncs: [Contacts] } }
`,
    good: `
connections:
  - { name: CRM, type: salesforce }
  - { name: Orders, type: mongodb, configuration: { hosts: db.example.com } }
models:
  - { name: Buyers, connection: Orders, configuration: { database: shop, collection: buyers } }
syncs:
  - name: Contacts
    model: Buyers
    mode: create
    target: { connection: CRM, object: Contact }
    fields: [{ source: email, target: Email }]
    schedule: { frequency: runafter, run_after: { syncs: [Leads] } }
  - name: Leads
    model: Buyers
    mode: create
    target: { connection: CRM, object: Lead }
    fields: [{ source: email, target: Email }]
    schedule: { frequency: daily, hour: 8, minute: 0 }
`
  },
  P204: {
    title: 'a target is mapped twice',
    explanation: `
Two lines of the mapping write to the same field. The service would keep one of them, and does not
say which. The field that identifies a record is written by itself, so it needs no line of its own
in \`fields\`.`,
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
    fields:
      - { source: first_name, target: Name }
      - { source: last_name, target: Name }
    target: { connection: CRM, object: Contact }
    schedule: manual
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
    fields:
      - { source: first_name, target: FirstName }
      - { source: last_name, target: LastName }
    target: { connection: CRM, object: Contact }
    schedule: manual
`
  },
  P205: {
    title: 'a filter logic that cannot be understood',
    explanation: `
\`filter_logic\` joins filters by their labels: your own ones, or A, B, C … in the order of the list
where you give none. Between them stand \`and\` and \`or\`, in any case, and parentheses; \`and\` binds more
tightly. Labels are compared exactly: \`a\` is not \`A\`. Filters of the model belong into
\`filter_logic\`, those of the target into \`target.filter_logic\`. If a label belongs to no filter,
perhaps one was removed and the logic stayed.`,
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
    filters: [{ field: email, function: IsNotNull }]
    filter_logic: A AND B
    target: { connection: CRM, object: Contact }
    schedule: manual
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
    filters:
      - { field: email, function: IsNotNull }
      - { field: country, function: Equality, value: NL }
    filter_logic: A AND B
    target: { connection: CRM, object: Contact }
    schedule: manual
`
  },
  P208: {
    title: 'two additional fields of one name',
    explanation: `
Syncs and filters know a field of a model by its name, and an update pairs the fields of the files with
those in the service by it. Of two with one name nobody could tell which is meant, and the service keeps
what it likes. Say it once.`,
    bad: `
connections:
  - { name: Orders, type: mongodb, configuration: { hosts: db.example.com } }
models:
  - name: Buyers
    connection: Orders
    configuration: { database: shop, collection: buyers }
    additional_fields:
      - { name: meta.city, label: City, type: string }
      - { name: meta.city, label: Town, type: string }
`,
    good: `
connections:
  - { name: Orders, type: mongodb, configuration: { hosts: db.example.com } }
models:
  - name: Buyers
    connection: Orders
    configuration: { database: shop, collection: buyers }
    additional_fields:
      - { name: meta.city, label: City, type: string }
      - { name: meta.town, label: Town, type: string }
`
  },
  P207: {
    title: 'a filter logic that leaves a filter out',
    explanation: `
A logic says how all filters of its sort go together. Newer services refuse one that does not name each
of them; what older ones make of a filter that is not named is documented nowhere. Name it, or take the
filter out.`,
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
    filters:
      - { field: email, function: IsNotNull }
      - { field: country, function: Equality, value: NL }
      - { field: country, function: Equality, value: BE }
    filter_logic: B OR C
    target: { connection: CRM, object: Contact }
    schedule: manual
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
    filters:
      - { field: email, function: IsNotNull }
      - { field: country, function: Equality, value: NL }
      - { field: country, function: Equality, value: BE }
    filter_logic: A AND (B OR C)
    target: { connection: CRM, object: Contact }
    schedule: manual
`
  },
  P206: {
    title: 'a resource is both declared and removed',
    explanation: `
\`removed\` asks to delete what it names, and elsewhere the files ask to keep it. Decide: to delete
it, take its declaration out too; to keep it, take it out of \`removed\`.`,
    bad: `
connections:
  - { name: Orders, type: mongodb, configuration: { hosts: db.example.com } }
removed:
  connections: [Orders]
`,
    good: `
connections:
  - { name: Orders, type: mongodb, configuration: { hosts: db.example.com } }
removed:
  connections: [Archive]
`
  }
} satisfies Record<string, CodeEntry>
