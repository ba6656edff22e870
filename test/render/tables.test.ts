import { expect, test } from 'vitest'
import { explanationText } from '../../src/render/explain.ts'
import { sourcesText, targetText, targetsText } from '../../src/render/tables.ts'
import { sourceKeys } from '../../src/render/view/source-keys.ts'
import { look } from './builders.ts'

test('the sources of a connection', async () => {
  const meta = {
    configuration: { include_deleted: { type: 'boolean', items: [true, false] } },
    items: {
      query: { has_items: false, items: null, requires_one_of: null },
      table: {
        has_items: true,
        items: ['company.accounts', 'company.customers', 'company.teams'],
        requires_one_of: ['schema']
      },
      view: {
        has_items: true,
        items: Array.from({ length: 60 }, (_, index) => `view_${index}`),
        requires_one_of: null
      }
    },
    requires_one_of: ['query', 'table', 'view']
  }
  const fields = [
    { name: '_id', type: 'string', unique: true, example: '65f0' },
    { name: 'first_name', type: 'string', label: 'First name', example: 'Ada' },
    { name: '名前', type: 'string\u001b[31m', label: '名前' }
  ]
  await expect(
    sourcesText({ connection: 'MySQL', source: meta, keys: sourceKeys(meta, {}), fields }, look)
  ).toMatchFileSnapshot('../golden/sources.txt')
  const nothing = sourcesText(
    {
      connection: 'MySQL',
      source: { configuration: {}, items: null, requires_one_of: null },
      keys: [],
      fields: null
    },
    look
  )
  expect(nothing).toBe('sources of "MySQL"\n\nnothing to choose\n')
})

test('the targets of a connection, and the fields of one', async () => {
  const mode = { requires_identity: true, supports_per_field_mode: true, supports_target_filters: false }
  const objects = [
    {
      id: 'Contact',
      name: 'Contact',
      modes: [
        { id: 'create', ...mode },
        { id: 'updateOrCreate', ...mode }
      ]
    },
    { id: 'Custom__c', name: 'A custom object', modes: [] }
  ]
  const creation = {
    supported: true,
    properties: [
      { id: 'name', title: 'Name', enum: false },
      { id: 'folder', title: 'Folder', enum: true }
    ]
  }
  await expect(
    targetsText({ connection: 'Salesforce', targets: { data: objects, target_creation: creation } }, look)
  ).toMatchFileSnapshot('../golden/targets.txt')
  expect(
    targetsText(
      {
        connection: 'Salesforce',
        targets: { data: null, target_creation: { supported: false, properties: [] } }
      },
      look
    )
  ).toBe('targets of "Salesforce"\n\nno objects\n')

  const field = {
    required: false,
    createable: true,
    updateable: true,
    filterable: true,
    association: false,
    supports_identity: false,
    identity_functions: []
  }
  const target = {
    id: 'Contact',
    name: 'Contact',
    refreshed_at: '2026-11-23T18:04:00Z',
    fields: [
      {
        ...field,
        id: 'Email',
        name: 'Email',
        type: 'email',
        supports_identity: true,
        identity_functions: [{ id: 'Equality', label: 'Equals' }]
      },
      { ...field, id: 'LastName', name: 'Last name', type: 'string', required: true }
    ],
    modes: [
      {
        mode: 'create',
        label: 'Create',
        description: 'Only makes new records',
        requires_identity: true,
        supports_field_sync_mode: false,
        supports_target_filters: false
      }
    ],
    properties: {}
  }
  await expect(targetText({ connection: 'Salesforce', target }, look)).toMatchFileSnapshot(
    '../golden/target-fields.txt'
  )
})

test('an explanation flows to the width, and its examples stay as they are', async () => {
  const entry = {
    title: 'a reference names nothing that is declared',
    explanation: `A name is the identity of a resource. ${'Words go on and on. '.repeat(12)}\n\nThe usual causes:\n- a misspelled name\n- a file that was not given\n\nWhat to do: look at the names.`,
    bad: '\nsyncs:\n  - name: A\n    model: Acounts\n',
    good: 'syncs:\n  - name: A\n    model: Accounts\n'
  }
  await expect(explanationText({ code: 'P201', ...entry }, look)).toMatchFileSnapshot(
    '../golden/explain.txt'
  )
  expect(explanationText({ code: 'P001', title: 'short', explanation: '' }, look)).toBe('P001  short\n')
})
