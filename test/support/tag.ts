import { Hono } from 'hono'
import { enumeration, references, scalar, secret } from '../../src/kinds/codecs.ts'
import { withoutAbsent } from '../../src/kinds/fields.ts'
import type { Kind } from '../../src/kinds/kind.ts'
import { kindOf } from '../../src/kinds/kind-of.ts'
import type { DataImpact } from '../../src/state/impact.ts'

/**
 * A kind that the service does not have, declared as any other: what it takes to add one. It has a field of
 * each owner, and names resources of a kind that there is.
 */

/** What the service answers. */
interface Tag {
  id: string
  name: string
  purpose: string
  color: string
  note: string | null
  role_ids: string[]
  token: string
  seed: string | null
  /** Of the service alone. */
  uses: number
  created_at: string
}

const marks: DataImpact = { effect: 'none', because: 'a tag marks, and moves nothing' }

export const tag: Kind = kindOf<Tag>()({
  name: 'tag',
  section: 'tags',
  description: 'Marks for what belongs together.',
  fields: {
    purpose: {
      codec: scalar({ type: 'string', minLength: 1, description: 'What it is for.' }),
      owner: 'fixed',
      required: true,
      synonyms: ['reason']
    },
    color: {
      codec: enumeration(
        { grey: 'Grey.', red: 'Red.', blue: 'Blue.' },
        { description: 'How it looks.' },
        { default: 'grey' }
      ),
      owner: 'owned',
      synonyms: ['colour'],
      impact: { effect: 'other values', because: 'dashboards group by color' }
    },
    note: {
      codec: scalar({ type: 'string', description: 'For people. Absent: as it is in the service.' }),
      owner: 'carried',
      since: '2024-02-08',
      impact: marks
    },
    roles: {
      codec: references(
        'role',
        { type: 'array', items: { type: 'string' }, description: 'Who may set it.' },
        { caseless: true }
      ),
      wire: 'role_ids',
      owner: 'owned',
      impact: marks
    },
    token: {
      codec: secret({ type: 'string', minLength: 1, description: 'A secret: ${env:…}.' }),
      owner: 'unreadable'
    },
    seed: {
      codec: scalar({ type: 'string', description: 'What its first number is made of.' }),
      owner: 'once'
    }
  },
  observed: ['uses'],
  impacts: { create: marks, delete: marks, rename: marks },
  api: { access: 'listed', path: '/api/tags', uniqueNames: true, update: () => 'PUT' },
  replacement: (_live, body) => withoutAbsent({ ...body })
})

/** The service's own code for tags: a list, one by one, and refusals. It keeps members that nobody knows. */
export interface TagService {
  /** Answers what is about tags; undefined for everything else. */
  answer(request: Request): Promise<Response> | undefined
  /** What is there: tests change it as a person would. */
  tags: Map<string, Record<string, unknown>>
  /** Requests since the last call, as `GET /api/tags`. */
  requests(): string[]
}

export function tagService(): TagService {
  const tags: TagService['tags'] = new Map()
  let seen: string[] = []
  let made = 0
  const shown = ({ token: _token, seed: _seed, ...tag }: Record<string, unknown>) => ({ data: tag })
  const app = new Hono()
  app.use(async ({ req }, next) => {
    seen.push(`${req.method} ${req.path}`)
    await next()
  })
  app.get('/api/tags', (c) => c.json({ data: [...tags.values()].map((tag) => shown(tag).data) }))
  app.post('/api/tags', async (c) => {
    const body: Record<string, unknown> = await c.req.json()
    if ([...tags.values()].some(({ name }) => name === body['name']))
      return c.json({ status: 409, message: 'there is a tag of this name' }, 409)
    made += 1
    const id = `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`
    const own = {
      id,
      uses: 0,
      created_at: new Date().toISOString(),
      note: null,
      role_ids: [],
      color: 'grey'
    }
    tags.set(id, { ...own, ...body, id })
    return c.json(shown(tags.get(id)!), 201)
  })
  app.use('/api/tags/:id', async (c, next) => {
    if (!tags.has(c.req.param('id'))) return c.json({ status: 404, message: 'no such tag' }, 404)
    await next()
  })
  app.get('/api/tags/:id', (c) => c.json(shown(tags.get(c.req.param('id'))!)))
  app.put('/api/tags/:id', async (c) => {
    const there = tags.get(c.req.param('id'))!
    const body: Record<string, unknown> = await c.req.json()
    // A replacement: what is left out is cleared.
    const { id, uses, created_at, purpose } = there
    tags.set(c.req.param('id'), {
      color: 'grey',
      note: null,
      role_ids: [],
      purpose,
      ...body,
      id,
      uses,
      created_at
    })
    return c.json(shown(tags.get(c.req.param('id'))!))
  })
  app.delete('/api/tags/:id', (c) => {
    tags.delete(c.req.param('id'))
    return c.body(null, 204)
  })
  return {
    tags,
    answer(request) {
      const isOurs = new URL(request.url).pathname.startsWith('/api/tags')
      return isOurs ? Promise.resolve(app.fetch(request)) : undefined
    },
    requests() {
      const all = seen
      seen = []
      return all
    }
  }
}
