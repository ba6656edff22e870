import { subscribersAnswer } from './answers.ts'
import { carrying } from './carry.ts'
import { withoutAbsent, withoutHoles } from './fields.ts'
import type { Kind } from './kind.ts'

/** Who is told by mail when any sync fails: one list for the organization, always there, often empty. */
export const globalErrorSubscribers: Kind = {
  name: 'global_error_subscribers',
  section: 'global_error_subscribers',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['emails'],
    properties: {
      emails: {
        type: 'array',
        uniqueItems: true,
        items: { type: 'string', format: 'idn-email' },
        description: 'All of them: whoever is not listed is told no more.'
      }
    }
  },
  fields: { emails: { class: 'owned', rule: { is: 'set', key: String, item: { is: 'scalar' } } } },
  naming: { keys: [], only: 'organization' },
  api: {
    answer: subscribersAnswer,
    path: '/api/notifications',
    since: '2024-02-08',
    lightList: () => false,
    update: () => 'PUT',
    place: {
      id: () => 'global-error-subscribers',
      fieldsOf: () => [{}],
      reset: { method: 'PUT', body: { emails: [] } },
      isReset: (wire) => !Array.isArray(wire['emails']) || wire['emails'].length === 0,
      bare: true
    }
  },
  synonyms: { addresses: 'emails', users: 'emails' },
  isSecret: () => false,
  fromYaml: (item) => withoutAbsent({ emails: item['emails'] }),
  toYaml: (fields) => withoutAbsent({ emails: fields['emails'] }),
  toWire: (fields) => withoutAbsent({ emails: withoutHoles(fields['emails'] ?? []) }),
  fromWire: (wire) => ({ emails: wire['emails'] ?? [] }),
  replacement: carrying({ members: ['id', 'name', 'emails'] }, (_live, body) =>
    withoutAbsent({ emails: body['emails'] })
  ),
  uses: () => []
}
