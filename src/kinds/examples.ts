import { dictionary } from '../state/value.ts'

/**
 * An example of each kind, to be copied from `explain`. Each is tried in a test. What it refers to is in
 * the others.
 */
export const kindExamples = dictionary<string>({
  connection: `connections:
  - name: Orders
    type: mongodb
    configuration:
      hosts: db.example.com
      username: polytomic
      password: "\${env:ORDERS_PASSWORD}"
`,
  model: `models:
  - name: Buyers
    connection: Orders
    configuration:
      database: shop
      collection: buyers
    identifier: _id
    fields: [_id, email, city]
`,
  sync: `syncs:
  - name: Buyers to CRM
    mode: updateOrCreate
    model: Buyers
    target:
      connection: CRM
      object: Contact
    identity:
      source: email
      target: Email
      function: Equality
    fields:
      - { source: city, target: MailingCity }
    filters:
      - { field: city, function: IsNotNull }
    schedule:
      frequency: daily
      hour: 5
      minute: 0
`,
  bulk_sync: `bulk_syncs:
  - name: Orders to Warehouse
    mode: replicate
    source:
      connection: Orders
    destination:
      connection: Warehouse
      configuration:
        schema: raw
    schemas:
      - shop.buyers
      - id: shop.orders
        tracking_field: updated_at
    default_schedule:
      frequency: hourly
      minute: 15
`,
  schema_primary_keys: `schema_primary_keys:
  - connection: Orders
    schema: shop.orders
    fields: [order_no]
`,
  schema_fields: `schema_fields:
  - connection: Orders
    schema: shop.orders
    fields:
      - { id: address.city, label: City, type: string, path: $.address.city }
      - { id: price, definition: [decimal, { precision: 9, scale: 2 }] }
`,
  role: `roles:
  - name: Analysts
`,
  policy: `policies:
  - name: Marketing
    policy_actions:
      - { action: read, roles: [Analysts] }
      - { action: update, roles: [Admin] }
`,
  user: `users:
  - email: ada@example.com
    roles: [Analysts]
`,
  webhook: `webhooks:
  - endpoint: https://example.com/polytomic
    secret: "\${env:WEBHOOK_SECRET}"
`,
  global_error_subscribers: `global_error_subscribers:
  emails: [data@example.com]
`,
  record_logging: `record_logging:
  enabled: true
  connection: Logs
  prefix: polytomic/
`
})
