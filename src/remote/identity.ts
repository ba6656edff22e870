import { problem, type Checked } from '../diagnostics/diagnostic.ts'
import type { KeyClass } from '../wire/common.ts'
import type { Workspace } from '../state/resource.ts'
import { misfit, type Shape } from '../state/shape.ts'
import { isObject, type JsonObject } from '../state/value.ts'
import { failureProblem, type Failure } from './failure.ts'
import type { Reader } from './transport.ts'

/** The organization of the key, and its owner. */
export interface KeyIdentity {
  id: string
  name: string
  key?: KeyClass
  /** The id of the user, where the key belongs to a user. */
  self?: string
}

const meAnswer: Shape = {
  members: {
    id: 'text',
    organization_id: 'text',
    organization_name: 'text',
    is_user: 'scalar',
    is_organization: 'scalar',
    is_partner: 'scalar',
    is_system: 'scalar'
  }
}

/** Returns the organization of the key, as the service says. */
export async function organizationOf(
  reader: Reader
): Promise<({ ok: true } & KeyIdentity) | { ok: false; failure: Failure }> {
  const answer = await reader.me()
  if (!answer.ok) return answer
  const data = isObject(answer.body) ? answer.body['data'] : undefined
  const id = isObject(data) ? data['organization_id'] : undefined
  const wrong = misfit(meAnswer, data, 'data')
  if (!isObject(data) || typeof id !== 'string' || id === '' || wrong !== undefined) {
    const words = wrong ?? 'it names no organization'
    return {
      ok: false,
      failure: { code: 'P612', request: 'GET /api/me', words, refused: true, usedBy: [] }
    }
  }
  const name = typeof data['organization_name'] === 'string' ? data['organization_name'] : id
  const self = typeof data['id'] === 'string' ? { self: data['id'] } : {}
  return { ok: true, id, name, ...classOf(data), ...self }
}

/**
 * Returns the class of the key. The service marks exactly one; where it marks none, the class is unknown.
 */
function classOf(data: JsonObject): { key?: KeyClass } {
  const classes = ['user', 'organization', 'partner', 'system'] as const
  const key = classes.find((one) => data[`is_${one}`] === true)
  return key === undefined ? {} : { key }
}

/** R4: Identifies the key. A key of an organization other than the one that the files name is an error. */
export async function identify(reader: Reader, workspace: Workspace): Promise<Checked<KeyIdentity>> {
  const answer = await organizationOf(reader)
  if (!answer.ok)
    return { ok: false, problems: [failureProblem(answer.failure, 'asking whose key this is')] }
  const { ok: _ok, ...organization } = answer
  const { id } = organization
  const wanted = workspace.organization
  if (!wanted || wanted.value.toLowerCase() === id.toLowerCase() || wanted.value === organization.name)
    return { ok: true, value: organization, problems: [] }
  return {
    ok: false,
    problems: [
      problem(
        'P403',
        `the key belongs to organization \`${organization.name}\`, the files are for \`${wanted.value}\``,
        {
          labels: [{ span: wanted.span, text: 'the files are for this organization' }],
          notes: [`the key's organization has the id ${id}`],
          help: ['use a key of the organization that the files name, or correct `workspace.organization`']
        }
      )
    ]
  }
}
