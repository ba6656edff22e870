import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { letter, logicProblem } from '../../src/server/kinds/filter-logic.ts'
import { paged, type Page } from '../../src/server/paging.ts'
import { openServerDatabase } from '../../src/server/database.ts'
import { byPosition, createdBy, openRecords } from '../../src/server/records.ts'
import type { Actor } from '../../src/wire/common.ts'
import { client, mongo, postgres, testServer, tutorialSync, tutorialWorld, type Client } from './client.ts'
import { anything, mutated, steps } from './mutation.ts'
import { samples } from '../support/samples.ts'

const position = fc.record({
  updated_at: fc.integer({ min: 0, max: 3 }).map((second) => new Date(second * 1000).toISOString()),
  id: fc.uuid()
})

test('the pages of a list are the list, for every limit and whatever the ties', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(position, { selector: ({ id }) => id, maxLength: 30 }),
      fc.integer({ min: 1, max: 7 }),
      (things, limit) => {
        const sorted = things.toSorted(byPosition)
        const seen: typeof things = []
        let token: string | undefined = ''
        while (token !== undefined) {
          const page: Page<(typeof things)[number]> = paged(
            sorted,
            new URLSearchParams({ limit: String(limit), page_token: token })
          )
          expect(page.items.length).toBeLessThanOrEqual(limit)
          seen.push(...page.items)
          token = page.nextPageToken
        }
        expect(seen).toEqual(sorted)
      }
    )
  )
})

test('a list that is read from a position on is the rest of the whole list, whatever the ties', () => {
  const records = openRecords(openServerDatabase(undefined))
  const [organization_id, other] = ['11111111-0000-4000-8000-000000000000', '2'.repeat(36)]
  // More than are read at once, and many of the same time.
  for (let number = 0; number < 240; number++) {
    const at = new Date((number % 3) * 1000)
    const owner = number % 20 === 0 ? other : organization_id
    const id = `${(number * 7919) % 240}`.padStart(36, '0')
    const name = `Role ${number}`
    records.put('role', { id, organization_id: owner, name, system: false, ...createdBy(at, nobody) })
  }
  const whole = records.list('role', organization_id)
  expect(whole).toHaveLength(228)
  expect([...records.listFrom('role', organization_id, undefined)]).toEqual(whole)
  for (const [index, thing] of whole.entries())
    expect([...records.listFrom('role', organization_id, thing)]).toEqual(whole.slice(index + 1))
  const stale = records.list('role', organization_id, true)
  expect(stale).toHaveLength(227)
  expect([...records.listFrom('role', organization_id, undefined, true)]).toEqual(stale)
})

const nobody: Actor = { id: '3'.repeat(36), name: 'Nobody', type: 'user' }

test('no two filters have the same letter', () => {
  const letters = Array.from({ length: 800 }, (_, index) => letter(index))
  expect(new Set(letters).size).toBe(800)
  expect([letters[0], letters[25], letters[26], letters[701], letters[702]]).toEqual([
    'A',
    'Z',
    'AA',
    'ZZ',
    'AAA'
  ])
})

const expression = fc.letrec<{ logic: string }>((tie) => ({
  logic: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom('A', 'b', 'C'),
    tie('logic').map((logic) => `NOT ${logic}`),
    tie('logic').map((logic) => `(${logic})`),
    fc.tuple(tie('logic'), fc.constantFrom('AND', 'or'), tie('logic')).map((parts) => parts.join(' '))
  )
})).logic

test('every logic that the grammar makes is understood, and no text at all makes the check fail', () => {
  fc.assert(fc.property(expression, (logic) => logicProblem(logic, ['A', 'B', 'C']) === undefined))
  fc.assert(
    fc.property(fc.string(), (text) => ['string', 'undefined'].includes(typeof logicProblem(text, ['A'])))
  )
})

/** Valid requests to start from: a connection, a model and a sync that has everything. */
async function seeds(api: Client, server: ReturnType<typeof testServer>): Promise<[string, object][]> {
  const world = await tutorialWorld(server)
  const from = { model_id: world.model.id, field: 'email' }
  const sync = tutorialSync(world, {
    mode: 'update',
    filters: [{ field: from, field_type: 'Model', function: 'IsNull', label: 'A' }],
    filter_logic: 'A',
    overrides: [{ field: from, function: 'Equality', value: 1, override: 2 }],
    override_fields: [{ target: 'LeadSource', override_value: 'x' }],
    schedule: { frequency: 'weekly', day_of_week: '1', hour: '2', minute: '3', run_after: { sync_ids: [] } }
  })
  const model = {
    name: 'Fuzz',
    connection_id: world.mongo.id,
    configuration: { database: 'example', collection: 'users' },
    fields: ['email'],
    additional_fields: [{ name: 'x', label: 'X', type: 'string' }],
    relations: [{ from: 'email', to: { model_id: world.model.id, field: 'email' } }],
    tracking_columns: ['email']
  }
  expect((await api.post('/api/syncs', sync)).status).toBe(200)
  expect((await api.post('/api/models', model)).status).toBe(200)
  return [
    ['/api/connections', { ...postgres, policies: [], redirect_url: 'https://x' }],
    ['/api/connections/test', mongo],
    ['/api/models', model],
    ['/api/model-preview', model],
    ['/api/syncs', sync],
    [
      '/api/connections/connect',
      { name: 'C', redirect_url: 'https://x', whitelist: ['mysql'], dark: true }
    ],
    [
      '/api/connection_types/linkedinads/parameter_values',
      { field: 'accounts', parameters: {}, query: '' }
    ],
    [`/api/connections/${world.mongo.id}/query`, { query: 'select email from example.users limit 1' }],
    ['/api/permissions/roles', { name: 'R', organization_id: '' }],
    ['/api/permissions/policies', { name: 'P', policy_actions: [{ action: 'read', role_ids: [] }] }],
    ['/api/organization/users', { email: 'a@b.c', role: 'user', role_ids: null }],
    ['/api/webhooks', { endpoint: 'https://x', secret: 's' }]
  ]
}

test('no request, however wrong, is answered as if the server were at fault', async () => {
  const server = testServer()
  const api = client(server)
  const requests = await seeds(api, server)
  await fc.assert(
    fc.asyncProperty(fc.nat(requests.length - 1), steps, anything, async (which, path, by) => {
      const [address, valid] = requests[which] ?? ['', {}]
      const reply = await api.post(address, mutated(valid, path, by))
      expect([reply.status < 500, reply.body['message']]).toEqual([true, reply.body['message']])
      if (reply.status >= 400) expect(reply.body['message']).toEqual(expect.stringMatching(/\S/))
    }),
    samples(1500)
  )
})
