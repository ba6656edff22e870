import { expect, test, vi } from 'vitest'
import { editorSchema } from '../../src/config/validation/editor-schema.ts'
import type { kinds } from '../../src/kinds/index.ts'
import { reference } from '../../src/state/value.ts'
import { tag, tagService, type TagService } from '../support/tag.ts'
import { createSandbox, type Ran, type Sandbox } from '../support/sandbox.ts'

/**
 * A kind that is one file and one line in the registry: everything else of polyctl knows it by then. The
 * service has addresses for it; nothing else was touched.
 */

vi.mock('../../src/kinds/index.ts', async (original) => {
  const registry = await original<{ kinds: typeof kinds }>()
  const { tag: added } = await import('../support/tag.ts')
  return { kinds: { managed: [...registry.kinds.managed, added] } }
})

interface Tagged extends Sandbox {
  service: TagService
  /** Runs it and expects how it ends; what it said. */
  reported(code: number, ...words: string[]): Promise<string>
}

function tagged(yaml: string): Tagged {
  const service = tagService()
  const world: Sandbox = createSandbox({
    files: { 'configs/a.yaml': yaml },
    env: { TOKEN: 'a-very-secret-token' },
    io: { fetch: async (request) => (await service.answer(request)) ?? world.server.fetch(request) }
  })
  const reported = async (code: number, ...words: string[]): Promise<string> => {
    const ran: Ran = await world.run(...words)
    expect(ran.code, ran.out + ran.err).toBe(code)
    expect(ran.out + ran.err).not.toContain('a-very-secret-token')
    return ran.out + ran.err
  }
  return { ...world, service, reported }
}

const declared = `
roles: [{ name: Analyst }]
tags:
  - name: Gold
    purpose: customers
    color: Red
    roles: [analyst]
    token: "\${env:TOKEN}"
    seed: s1
`

/** Applied, and forgotten by both services what was asked for it. */
async function applied(yaml = declared): Promise<Tagged & { live: Record<string, unknown> }> {
  const world = tagged(yaml)
  await world.reported(0, 'apply', '--yes')
  const [live = {}] = world.service.tags.values()
  world.service.requests()
  world.requests()
  return { ...world, live }
}

test('what is wrong with one is told as of any other, with a frame and its own words', async () => {
  const wrong = `
tags:
  - { name: Gold, reason: customers, color: gren }
  - { name: Gold, purpose: customers, colour: red, token: plain }
  - { name: Blue, purpose: customers, note: 5 }
`
  const text = await tagged(wrong).reported(3, 'validate')
  expect(text).toMatch(/unknown field `reason` in a tag[\s\S]*purpose/)
  expect(text).toMatch(/unknown field `colour` in a tag[\s\S]*color/)
  expect(text).toMatch(/gren[\s\S]*grey|grey[\s\S]*gren/)
  expect(text).toContain('`token` of a tag is written in plain text')
  expect(text).toContain('`note` expects a string, found a number')
  expect(text).toContain('configs/a.yaml:3')
  const twice = 'tags: [{ name: A, purpose: p }, { name: A, purpose: q }]\n'
  expect(await tagged(twice).reported(3, 'validate')).toContain('tag "A" is declared twice')
  const dangling = 'roles: [{ name: Nobody }]\ntags: [{ name: A, purpose: p, roles: [Nobdy] }]\n'
  expect(await tagged(dangling).reported(3, 'plan')).toMatch(/Nobdy[\s\S]*Nobody/)
  expect(await tagged('tagz: []\n').reported(3, 'validate')).toContain('`tags`')
})

test('it is planned after what it names, made, and then as the files say', async () => {
  const world = tagged(declared)
  const plan = await world.reported(0, 'plan')
  expect(plan.indexOf('+ role "Analyst"')).toBeGreaterThan(-1)
  expect(plan.indexOf('+ tag "Gold"')).toBeGreaterThan(plan.indexOf('+ role "Analyst"'))
  expect(plan).toMatch(/color +red[\s\S]*roles +\[Analyst\][\s\S]*token +\(secret from env TOKEN\)/)
  expect(world.service.requests()).toEqual(['GET /api/tags'])
  await world.reported(0, 'apply', '--yes')
  const [live] = world.service.tags.values()
  const roles = (live?.['role_ids'] ?? []) as string[]
  expect(roles).toHaveLength(1)
  expect(live).toMatchObject({
    name: 'Gold',
    purpose: 'customers',
    token: 'a-very-secret-token',
    seed: 's1'
  })
  expect(world.service.requests().filter((request) => !request.startsWith('GET'))).toEqual([
    'POST /api/tags'
  ])
  await world.reported(0, 'apply', '--yes')
  expect(world.service.requests().filter((request) => !request.startsWith('GET'))).toEqual([])
})

test('what a person changed is drift, and put right without losing what nobody stated', async () => {
  const { service, reported, live } = await applied()
  Object.assign(live, { color: 'blue', note: 'theirs', unknown: { a: 1 } })
  const drift = await reported(2, 'drift')
  expect(drift).toMatch(/tag "Gold"/)
  expect(drift).toMatch(/color[^\n]*blue/)
  expect(await reported(0, 'plan')).toContain('dashboards group by color')
  await reported(0, 'apply', '--yes')
  const [healed] = service.tags.values()
  expect(healed).toMatchObject({ note: 'theirs', unknown: { a: 1 }, token: 'a-very-secret-token' })
  expect(String(healed?.['color']).toLowerCase()).toBe('red')
  expect(healed).not.toHaveProperty('seed')
  await reported(0, 'drift')
})

test('`ignore_changes` leaves a field to the service', async () => {
  const world = await applied()
  world.live['color'] = 'blue'
  const lifecycle = 'lifecycle: { ignore_changes: [color] }'
  world.write({ 'configs/a.yaml': declared.replace('seed: s1', `note: ours\n    ${lifecycle}`) })
  expect(await world.reported(0, 'plan')).toMatch(/note[\s\S]*ours/)
  await world.reported(0, 'apply', '--yes')
  expect([...world.service.tags.values()]).toMatchObject([{ color: 'blue', note: 'ours' }])
  await world.reported(0, 'drift')
})

test('another name is a rename of the same resource', async () => {
  const world = await applied()
  const id = world.live['id']
  world.write({
    'configs/a.yaml': declared.replace('name: Gold', 'name: Silver\n    lifecycle: { renamed_from: Gold }')
  })
  expect(await world.reported(0, 'plan')).toMatch(/→ tag "Silver"|tag "Gold" → "Silver"/)
  await world.reported(0, 'apply', '--yes')
  expect([...world.service.tags.values()]).toMatchObject([{ id, name: 'Silver' }])
})

test('what cannot change in place is told before anything is sent', async () => {
  const world = await applied()
  world.write({ 'configs/a.yaml': declared.replace('purpose: customers', 'purpose: people') })
  const plan = await world.reported(7, 'plan')
  expect(plan).toContain('the purpose of tag "Gold" is `customers` in the service and cannot change')
  expect(world.service.requests()).toEqual(['GET /api/tags'])
})

test('it is deleted by `removed:`, by destroy, and pruned where its section is exclusive', async () => {
  const removed = await applied()
  removed.write({ 'configs/a.yaml': 'roles: [{ name: Analyst }]\nremoved: { tags: [Gold] }\n' })
  expect(await removed.reported(0, 'plan')).toContain('- tag "Gold"')
  await removed.reported(0, 'apply', '--yes')
  expect(removed.service.tags.size).toBe(0)

  const pruned = await applied()
  pruned.write({
    'configs/a.yaml': 'workspace: { exclusive: [tags] }\nroles: [{ name: Analyst }]\ntags: []\n'
  })
  await pruned.reported(0, 'apply', '--yes', '--prune')
  expect(pruned.service.tags.size).toBe(0)

  const destroyed = await applied()
  await destroyed.reported(0, 'destroy', '--yes')
  expect(destroyed.service.requests()).toContain(`DELETE /api/tags/${String(destroyed.live['id'])}`)
  expect(destroyed.service.tags.size).toBe(0)
})

test('what nobody declares of it is left alone, and counted', async () => {
  const { service, reported } = await applied()
  service.tags.set('x', {
    id: 'x',
    name: 'Other',
    purpose: 'p',
    color: 'grey',
    note: null,
    role_ids: [],
    uses: 0
  })
  expect(await reported(0, 'plan', '--verbose')).toMatch(/1 of 2 tags is declared[\s\S]*"Other"/)
})

test('an older version of the API is told what it does not have', async () => {
  const world = tagged(`workspace: { api_version: "2023-04-25" }${declared.replace('seed: s1', 'note: n')}`)
  expect(await world.reported(3, 'validate')).toMatch(/note[\s\S]*2024-02-08/)
})

test('it is chosen by its kind and its address, and a plan of it can be kept', async () => {
  const world = await applied()
  world.live['color'] = 'blue'
  expect(await world.reported(0, 'plan', '--kind', 'tags')).toMatch(/tag "Gold"/)
  expect(await world.reported(0, 'plan', '--only', 'tag/Gold', '--out', 'p.json')).toContain('tag "Gold"')
  await world.reported(0, 'apply', '--yes', 'p.json')
  await world.reported(0, 'drift')
})

test('editors know it, and files are written from what is live', async () => {
  const schema = JSON.stringify(await editorSchema({ managed: [tag] }))
  for (const text of ['Marks for what belongs together.', 'How it looks.', '"tags"', '#/definitions/tag'])
    expect(schema).toContain(text)
  const live = tag.fromWire(
    { id: 't', name: 'Gold', purpose: 'customers', color: 'red', note: 'n', role_ids: ['r1'], uses: 3 },
    {
      version: '2025-09-18',
      reference: (kind, id) => ({ $ref: kind, name: 'Analyst', id }),
      wire: () => []
    }
  )
  const item = tag.toYaml(tag.essential(live), { nameOf: ({ name }) => name ?? '' })
  expect(item).toEqual({ purpose: 'customers', color: 'red', note: 'n', roles: ['Analyst'] })
  expect(tag.fromYaml(item)).toEqual({ ...live, roles: [reference('role', 'Analyst')] })
})
