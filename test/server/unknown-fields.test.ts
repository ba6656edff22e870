import { expect, test } from 'vitest'
import { absentRoutes } from '../../src/server/kinds/absent.ts'
import { routes } from '../../src/server/routes.ts'
import { validRequests } from './valid-requests.ts'

/**
 * Whatever a request says is kept or refused by name. A valid body of each route is sent again and again, each
 * time with one member more, at every place that can have one.
 */

const added = 'forgotten_member'

/** Forms of the pages that people see, and what is never served, whatever is sent. */
const without = new Set([
  'POST /connect',
  'POST /connect/:type',
  'PUT /api/syncs/:id/executions/:execution',
  'POST /api/syncs/:id/executions/:execution/cancel',
  'POST /api/bulk/syncs/:id/executions/:execution/cancel',
  'POST /api/bulk/syncs/:id/executions/:execution/logs/export',
  ...absentRoutes.filter(({ method }) => hasBody(method)).map(({ method, path }) => `${method} ${path}`)
])

function hasBody(method: string): boolean {
  return ['POST', 'PUT', 'PATCH'].includes(method)
}

/** The value with a member more at one place, for each place that can have one; and how that is named. */
function grown(value: unknown, path = ''): [field: string, body: unknown][] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) =>
      grown(item, `${path}[${index}]`).map(([field, body]): [string, unknown] => [
        field,
        value.with(index, body)
      ])
    )
  }
  if (typeof value !== 'object' || value === null) return []
  const at = (name: string) => (path === '' ? name : `${path}.${name}`)
  return [
    [at(added), { ...value, [added]: 'said' }],
    ...Object.entries(value).flatMap(([name, inner]) =>
      grown(inner, at(name)).map(([field, body]): [string, unknown] => [field, { ...value, [name]: body }])
    )
  ]
}

const withBody = routes
  .filter(({ method }) => hasBody(method))
  .map(({ method, path }) => `${method} ${path}`)

test('every route with a body is in the table', async () => {
  const table = await validRequests()
  // PUT and PATCH are two names of one update.
  const twin = (name: string) => name.replace(/^PATCH/, 'PUT')
  const missing = withBody.filter(
    (name) => !(name in table) && !without.has(name) && !(twin(name) in table)
  )
  expect(missing).toEqual([])
  expect([...Object.keys(table), ...without].filter((name) => !withBody.includes(name))).toEqual([])
})

/** These keep nothing of what they are sent, so their free maps have nothing to forget. */
const keepsNothing = /(test|query|inputfields|source\/fields|parameter_values|model-preview)$/
const freeThere = /^(parameters|query|configuration|enricher\.(configuration|mappings|fields\[0\]))\./
/** What the service derives itself, and answers so, whatever is sent. */
const derived = 'target.search_values.forgotten_member'

test('a member that nobody knows is refused by name or kept, wherever it stands', async () => {
  const table = await validRequests()
  const wrong: string[] = []
  let names = 0
  for (const [name, { path, body, api }] of Object.entries(table)) {
    const method = name.slice(0, name.indexOf(' '))
    for (const [field, sent] of grown(body)) {
      const isNamed = method === 'POST' && typeof (sent as { name?: string }).name === 'string'
      const own = isNamed ? { ...(sent as object), name: `Unknown ${(names += 1)}` } : sent
      const reply = await (method === 'POST'
        ? api.post(path, own)
        : method === 'PUT'
          ? api.put(path, own)
          : api.patch(path, own))
      const isRefused = reply.status >= 400 && reply.status < 500
      const { field: reported } = (reply.body['metadata'] ?? {}) as { field?: string }
      if (isRefused && reported === field && reply.text.includes(added)) continue
      const id = (reply.data as { id?: string } | undefined)?.id
      const there = await api.get(method === 'POST' ? `${path}/${id}` : path)
      if (!isRefused && (there.text.includes(added) || field === derived)) continue
      if (!isRefused && keepsNothing.test(name) && freeThere.test(field)) continue
      wrong.push(`${name}: ${field} ${reply.status} ${reply.text.slice(0, 200)}`)
    }
  }
  expect(wrong).toEqual([])
})

test('what answers have is taken back, and changes nothing', async () => {
  const table = await validRequests()
  for (const [name, { path, body, api }] of Object.entries(table)) {
    if (!name.startsWith('PUT') || !/:(id|schema)$/.test(name)) continue
    // What has another shape in requests is left out.
    const { [name.includes('connections') ? 'type' : 'fields']: _other, ...answer } = (await api.get(path))
      .data
    const again = await api.put(path, { ...answer, ...(body as object), id: answer['id'] })
    expect([name, again.status, again.body['message']]).toEqual([name, 200, undefined])
  }
})

test('the schedules of a bulk sync are those of the version', async () => {
  const { path, body, api } = (await validRequests())['POST /api/bulk/syncs']!
  const reply = await api.post(path, { ...(body as object), schedule: { frequency: 'daily' } })
  expect([reply.status, reply.body['metadata']]).toEqual([400, { field: 'schedule' }])
})
