import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { isObject, textOf, type Json, type JsonObject } from '../../src/state/value.ts'
import { startService, type Service } from '../contract/service.ts'
import { createSandbox } from '../support/sandbox.ts'
import { makeAwkward, webhookSecret } from './awkward.ts'
import { filesIn } from './files.ts'

/** One thing of each imported resource is changed and applied: of no answer anything else may be another. */

/** Where answers are, and whether each resource has one of its own beside the list. */
const sources: Readonly<Record<string, { path: string; details: readonly string[] }>> = {
  connections: { path: '/api/connections', details: [''] },
  models: { path: '/api/models', details: [''] },
  syncs: { path: '/api/syncs', details: [''] },
  bulk_syncs: { path: '/api/bulk/syncs', details: ['', '/schemas', '/schedules'] },
  roles: { path: '/api/permissions/roles', details: [''] },
  policies: { path: '/api/permissions/policies', details: [''] },
  users: { path: '/api/organization/users', details: [''] },
  webhooks: { path: '/api/webhooks', details: [''] }
}

const subscribers = '/api/notifications/global-error-subscribers'

async function get({ server }: Service, path: string): Promise<Json> {
  const headers = { authorization: `Bearer ${server.apiKey}`, 'x-polytomic-version': '2025-09-18' }
  const answer = await server.fetch(new Request(`https://polytomic.test${path}`, { headers }))
  expect(answer.status, path).toBe(200)
  const body = (await answer.json()) as JsonObject
  return body['data'] ?? body
}

/** Every answer about every resource, by its section and id. */
async function answersOf(service: Service): Promise<Map<string, Json>> {
  const all = new Map<string, Json>([[subscribers, await get(service, subscribers)]])
  for (const [section, { path, details }] of Object.entries(sources)) {
    const listed = await get(service, `${path}?limit=100`)
    for (const one of Array.isArray(listed) ? listed.filter(isObject) : []) {
      const id = textOf(one['id'])
      const parts = await Promise.all(details.map((detail) => get(service, `${path}/${id}${detail}`)))
      all.set(`${section} ${textOf(one['name'] ?? one['email'])} ${id}`, [one, ...parts])
    }
  }
  return all
}

/** What a write always moves: who wrote last, how often, and when fields were read from the source. */
const isOfTheWrite = /(?:^|\.)(?:updated_at|updated_by\..*|version|fields\.\d+\.created_at)$/

function leaves(value: Json, at = ''): [string, Json][] {
  const inside = Array.isArray(value) ? [...value.entries()] : isObject(value) ? Object.entries(value) : []
  if (inside.length === 0) return isOfTheWrite.test(at) ? [] : [[at, value]]
  return inside.flatMap(([key, inner]) => leaves(inner, at === '' ? String(key) : `${at}.${key}`))
}

/** The members in which two answers differ, wherever they stand: `configuration.hostname`. */
function differing(before: Json, after: Json): string[] {
  const [then, now] = [new Map(leaves(before)), new Map(leaves(after))]
  const changed = [...new Set([...then.keys(), ...now.keys()])].filter(
    (at) => JSON.stringify(then.get(at)) !== JSON.stringify(now.get(at))
  )
  // The list and the answer of the resource itself say the same.
  return [...new Set(changed.map((at) => at.replace(/^\d+\./, '')))].toSorted()
}

/** Changes one thing of an item, and says which member of the answers is another one then. */
type Change = (item: { [key: string]: Json }) => string[]

const changes: Readonly<Record<string, Change>> = {
  connections(item) {
    const configuration = item['configuration']
    if (!isObject(configuration)) {
      // Of one that waits for a person nothing but the name can be changed.
      item['lifecycle'] = { renamed_from: item['name'] ?? '' }
      item['name'] = `${textOf(item['name'])} renamed`
      return ['name']
    }
    const key = ['hostname', 'hosts', 'url', 'domain'].find((one) => one in configuration) ?? ''
    const value = textOf(configuration[key])
    item['configuration'] = {
      ...configuration,
      [key]: `${value}${value.startsWith('https:') ? '.eu' : '9'}`
    }
    return [`configuration.${key}`]
  },
  models(item) {
    item['identifier'] = item['identifier'] === undefined ? 'email' : 'имя'
    return ['identifier']
  },
  syncs(item) {
    item['sync_all_records'] = true
    return ['sync_all_records']
  },
  bulk_syncs(item) {
    item['concurrency_limit'] = 3
    return ['concurrency_limit']
  },
  roles(item) {
    if (item['id'] === undefined) item['lifecycle'] = { renamed_from: item['name'] ?? '' }
    item['name'] = `${textOf(item['name']).trim()} of ours`
    return ['name']
  },
  policies(item) {
    item['policy_actions'] = [{ action: 'read', roles: ['yes of ours', 'yes role of ours'] }]
    return ['policy_actions.1.role_ids.1']
  },
  users(item) {
    const wasAdmin = item['email'] === 'local.user@example.com'
    item['roles'] = ['yes role of ours']
    // What an older client reads of the role of an admin follows.
    return [...(wasAdmin ? ['role'] : []), 'role_ids.0']
  },
  webhooks(item) {
    item['disabled'] = true
    return ['disabled']
  }
}

test('R8: one thing of each imported resource is changed, and nothing else of any answer', async () => {
  const service = await startService()
  await makeAwkward(service)
  const world = createSandbox({
    env: { POLYTOMIC_API_KEY: service.server.apiKey },
    io: { fetch: (request) => service.server.fetch(request) }
  })
  const path = 'configs/polytomic.yaml'
  expect((await world.run('import', '--layout', 'one')).code).toBe(0)
  const example = readFileSync(join(world.folder, '.env.example'), 'utf8')
  const secrets = example.replaceAll(/^([A-Z].*=)$/gm, '$1x')
  // That of a webhook is answered in clear.
  world.write({ '.env': secrets.replace('WEBHOOK_SECRET=x', `WEBHOOK_SECRET="${webhookSecret}"`) })
  const before = await answersOf(service)
  const file = parse(filesIn(world)[path] ?? '') as { [section: string]: { [key: string]: Json }[] }
  Object.assign(file, { global_error_subscribers: { emails: ['B@x.io', 'a@x.io', 'A@x.io', 'c@x.io'] } })
  const expected = new Map([[subscribers, ['emails.3']]])
  for (const [section, change] of Object.entries(changes))
    for (const item of file[section] ?? []) {
      // The service takes no update of a sync whose model is gone.
      if (item['name'] === 'Its model is gone') continue
      const name = textOf(item['name'] ?? item['email'] ?? '').replaceAll('$${', () => '${')
      const id = textOf(item['id'] ?? '')
      const uuid = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'
      const own = new RegExp(`^ ${id === '' ? uuid : id}$`)
      const found = [...before.keys()].find(
        (key) => key.startsWith(`${section} ${name} `) && own.test(key.slice(`${section} ${name}`.length))
      )
      expect(found, `${section} ${name}`).toBeDefined()
      expected.set(found ?? '', change(item))
    }
  expect(expected.size).toBeGreaterThan(60)
  world.write({ [path]: JSON.stringify(file) })
  const applied = await world.run('apply', '--yes', '--no-check', '--max-updates', '70')
  expect(applied.code, applied.out + applied.err).toBe(8)
  const after = await answersOf(service)
  const found = new Map<string, string[]>()
  for (const [key, answer] of before) {
    const id = key.split(' ').at(-1) ?? ''
    const now = [...after].find(([other]) => other.endsWith(id))?.[1] ?? null
    const members = differing(answer, now)
    if (members.length > 0) found.set(key, members)
  }
  expect(found).toEqual(expected)
  expect(after.size).toBe(before.size)
  expect((await world.run('plan')).out).toContain('Nothing to do')
})
