import { isEmpty } from '../state/value.ts'
import { webhookAnswer } from './answers.ts'
import { carrying } from './carry.ts'
import { bookkeeping, withoutAbsent } from './fields.ts'
import type { Kind } from './kind.ts'
import { opposite } from './synonym.ts'

/**
 * Where the service reports its events to. An organization has one: another endpoint in the files is a
 * change of it, not a second one. Its secret comes back in clear, and is neither compared nor shown.
 */
export const webhook: Kind = {
  name: 'webhook',
  section: 'webhooks',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['secret'],
    properties: {
      endpoint: { type: 'string', format: 'iri', description: 'The address that events are posted to.' },
      secret: {
        type: 'string',
        minLength: 1,
        description: 'A secret: ${env:…}. Signs what is posted. It cannot be compared.'
      },
      disabled: {
        type: 'boolean',
        description: 'Events are lost meanwhile. Absent: as it is in the service.'
      }
    }
  },
  fields: {
    secret: { class: 'unreadable', rule: { is: 'unread' } },
    disabled: { class: 'carried', rule: { is: 'scalar', default: false } }
  },
  naming: { keys: ['endpoint'], wire: 'endpoint' },
  alone: true,
  since: { disabled: '2024-02-08' },
  api: {
    answer: webhookAnswer,
    path: '/api/webhooks',
    uniqueNames: true,
    lightList: () => false,
    update: (version) => (version === '2023-04-25' ? 'PATCH' : 'PUT'),
    // It is switched on and off at addresses of its own.
    further: {
      about: ['disabled'],
      apart: true,
      requests(body, wire) {
        const wanted = body['disabled'] === true
        if (wanted === (wire['disabled'] === true)) return []
        return [{ method: 'POST', path: wanted ? '/disable' : '/enable' }]
      }
    }
  },
  synonyms: {
    name: 'endpoint',
    url: 'endpoint',
    enabled: opposite('disabled'),
    active: opposite('disabled'),
    paused: 'disabled'
  },
  isSecret: (_item, path) => path.length === 1 && path[0] === 'secret',
  fromYaml: (item) => withoutAbsent({ secret: item['secret'], disabled: item['disabled'] }),
  toYaml: (fields) => withoutAbsent({ secret: fields['secret'], disabled: fields['disabled'] }),
  toWire: (fields) =>
    withoutAbsent({
      secret: isEmpty(fields['secret']) ? undefined : fields['secret'],
      disabled: fields['disabled']
    }),
  fromWire: (wire) => withoutAbsent({ disabled: wire['disabled'] }),
  // Each write needs the secret. Where the files leave it alone (`ignore_changes`), the live one stays.
  replacement: carrying(
    {
      members: [...bookkeeping, 'name', 'endpoint', 'secret', 'disabled', 'disabled_at', 'disabled_reason']
    },
    (live, body) => withoutAbsent({ secret: live['secret'], ...body })
  ),
  uses: () => []
}
