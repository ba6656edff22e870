import { isEmail } from '../../wire/formats.ts'
import type { ApiKey, User, UserRequest } from '../../wire/user.ts'
import { data, type RouteResult } from '../answer.ts'
import { actorOf, flag, isNewest, organizationOf, param, type Call, type Route } from '../call.ts'
import { createdBy } from '../records.ts'
import { forbidden, invalid, notFound } from '../refusal.ts'
import type { StoredRole, StoredUser } from '../stored.ts'
import { namedOrganization } from './organization.ts'
import { lazily, mustFit } from './request-shape.ts'

/** One of two families of paths: that of the caller's organization, and that of a named one. */
interface Family {
  path: string
  access: Route['access']
  /** The organization that the address means. */
  organization(call: Call): string
  /** An update must repeat the address of the person; it changes nothing. */
  repeatsEmail: boolean
}

const families: readonly Family[] = [
  {
    path: '/api/organization/users',
    access: 'organization',
    organization: organizationOf,
    repeatsEmail: false
  },
  {
    path: '/api/organizations/:organization/users',
    access: 'key',
    organization: (call) => namedOrganization(call, param(call, 'organization')),
    repeatsEmail: true
  }
]

/** The people of an organization, under both families of addresses; keys are made by partners alone. */
export const userRoutes: readonly Route[] = [
  ...families.flatMap(routesOf),
  {
    method: 'POST',
    path: '/api/organizations/:organization/users/:id/keys',
    access: 'partner',
    bodyless: true,
    answer: createKey
  }
]

function routesOf({ path, access, organization, repeatsEmail }: Family): Route[] {
  const one = `${path}/:id`
  const answerUpdate = (call: Call): RouteResult => update(call, organization(call), repeatsEmail)
  return [
    {
      method: 'GET',
      path,
      access,
      answer: (call) =>
        data(
          call.context.records
            .list('user', organization(call), call.stale)
            .map((user) => ({ ...shown(user), ...harborsOf(call) }))
        )
    },
    { method: 'POST', path, access, answer: (call) => create(call, organization(call)) },
    {
      method: 'GET',
      path: one,
      access,
      answer: (call) => data({ ...shown(member(call, organization(call))), ...harborsOf(call) })
    },
    { method: 'PUT', path: one, access, answer: answerUpdate },
    { method: 'PATCH', path: one, access, answer: answerUpdate },
    { method: 'DELETE', path: one, access, answer: (call) => remove(call, organization(call)) }
  ]
}

/** The harbor of a user: this server has none. */
function harborsOf(call: Call): Pick<User, 'harbor_ids' | 'harbor_only'> {
  return isNewest(call) ? { harbor_ids: [], harbor_only: false } : {}
}

const requestShape = lazily<UserRequest>(() => ({
  type: 'object',
  properties: {
    email: { type: ['string', 'null'] },
    role: { type: ['string', 'null'] },
    role_ids: { type: ['array', 'null'], minItems: 1, items: { type: 'string' } }
  },
  answered: ['id', 'organization_id']
}))

function shown({ id, name, organization_id, role, role_ids }: StoredUser): User {
  return { id, email: name, organization_id, role, role_ids }
}

function member(call: Call, organization: string): StoredUser {
  const id = param(call, 'id')
  const user = call.context.records.get('user', id)
  if (user === undefined || user.organization_id !== organization) throw notFound('user', id)
  return user
}

function readRequest(call: Call, needsEmail: boolean): UserRequest {
  const request = mustFit(requestShape(), call.body, 422)
  const email = request.email ?? ''
  if (needsEmail && email === '') throw invalid('email', 'is required')
  if (email !== '' && !isEmail(email)) throw invalid('email', 'must be an e-mail address')
  return request
}

type Roles = Pick<StoredUser, 'role' | 'role_ids'>

/** Returns the roles in a request, in both spellings of the service. Absent: it does not mention roles. */
function rolesOf(call: Call, organization: string, request: UserRequest): Roles | undefined {
  const roles = call.context.records.list('role', organization)
  const word = (request.role ?? '').toLowerCase()
  if (request.role_ids) {
    for (const [index, id] of request.role_ids.entries()) {
      if (!roles.some((role) => role.id === id)) {
        throw invalid(`role_ids[${index}]`, `is not a role: ${id}`)
      }
    }
    return { role: wordFor(roles, request.role_ids), role_ids: request.role_ids }
  }
  if (word === '') return undefined
  const role = roles.find(({ name }) => name.toLowerCase() === (word === 'user' ? 'member' : word))
  if (role === undefined) throw invalid('role', 'must be admin or user')
  return { role: word, role_ids: [role.id] }
}

/** Returns the older member `role`: a user with the admin role among others is an admin. */
function wordFor(roles: StoredRole[], ids: string[]): string {
  const isAdmin = roles.some(({ id, name, system }) => system && name === 'Admin' && ids.includes(id))
  return isAdmin ? 'admin' : 'user'
}

function create(call: Call, organization: string): RouteResult {
  const request = readRequest(call, true)
  const email = (request.email ?? '').toLowerCase()
  if (request.role && request.role_ids) throw invalid('role', 'and role_ids exclude each other')
  const { records } = call.context
  const [twin] = records.named('user', organization, email)
  if (twin !== undefined) throw invalid('email', `is that of the user ${twin.id}`)
  const roles = rolesOf(call, organization, request) ?? rolesOf(call, organization, { role: 'user' })
  const user: StoredUser = {
    id: call.context.randomUUID(),
    organization_id: organization,
    name: email,
    role: roles?.role ?? 'user',
    role_ids: roles?.role_ids ?? [],
    ...createdBy(call.context.now(), actorOf(call))
  }
  records.put('user', user)
  return data(shown(user))
}

/** Updates the roles of a user, and nothing else. */
function update(call: Call, organization: string, repeatsEmail: boolean): RouteResult {
  const stored = member(call, organization)
  const user: StoredUser = {
    ...stored,
    ...rolesOf(call, organization, readRequest(call, repeatsEmail)),
    updated_at: call.context.now().toISOString(),
    updated_by: actorOf(call)
  }
  call.context.records.put('user', user)
  return data(shown(user))
}

/** Deletes a user with all keys, and answers the deleted user. */
function remove(call: Call, organization: string): RouteResult {
  const user = member(call, organization)
  if (user.id === actorOf(call).id) throw forbidden('a key cannot delete the user that it belongs to')
  call.context.records.remove('user', user.id)
  call.context.directory.revoke(user.id, 'all')
  return data(shown(user))
}

/**
 * Creates the key of a user: the only answer that shows it. A user has one key; another takes `force`,
 * which revokes the first.
 */
function createKey(call: Call): RouteResult {
  const { directory, randomUUID } = call.context
  const organization = namedOrganization(call, param(call, 'organization'))
  const user = member(call, organization)
  if (directory.hasCredential(user.id)) {
    if (!flag(call, 'force')) {
      throw forbidden('the user has a key already; force=true ends it and makes another')
    }
    directory.revoke(user.id, 'kept')
  }
  const key: ApiKey = { value: randomUUID() }
  directory.addCredential(key.value, {
    class: 'user',
    organizationId: organization,
    actor: { id: user.id, name: user.name, type: 'user' }
  })
  return data(key)
}
