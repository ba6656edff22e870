import { problem, type Checked } from '../diagnostics/diagnostic.ts'
import type { Workspace } from '../state/resource.ts'
import { isObject } from '../state/value.ts'
import { failureProblem } from './failure.ts'
import type { Reader } from './transport.ts'

/** Whose workspace the key opens. A key of another organization than the files name is a stop. */
export async function identify(
  reader: Reader,
  workspace: Workspace
): Promise<Checked<{ id: string; name: string }>> {
  const answer = await reader.get('/api/me')
  if (!answer.ok)
    return { ok: false, problems: [failureProblem(answer.failure, 'asking whose key this is')] }
  const data = isObject(answer.body) ? answer.body['data'] : undefined
  const id = isObject(data) ? data['organization_id'] : undefined
  if (!isObject(data) || typeof id !== 'string' || id === '') {
    const failure = {
      code: 'P612',
      request: 'GET /api/me',
      words: 'it names no organization',
      refused: true,
      usedBy: []
    } as const
    return { ok: false, problems: [failureProblem(failure, 'asking whose key this is')] }
  }
  const organization = {
    id,
    name: typeof data['organization_name'] === 'string' ? data['organization_name'] : id
  }
  const wanted = workspace.organization
  if (!wanted || wanted.value === id || wanted.value === organization.name)
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
