import type { DataImpact } from '../state/impact.ts'
import type { Webhook } from '../wire/webhook.ts'
import { scalar, secret } from './codecs.ts'
import { withoutAbsent } from './fields.ts'
import { kindOf } from './kind-of.ts'

const noEffect: DataImpact = { effect: 'none', because: 'webhooks are told of events' }

/**
 * The webhook to which the service posts its events. An organization has one, so another endpoint in the
 * files changes it. The service answers its secret in clear; it is neither compared nor shown.
 */
export const webhook = kindOf<Webhook>()({
  name: 'webhook',
  section: 'webhooks',
  description: 'Where the service reports its events to: one in an organization.',
  nameKeys: {
    endpoint: { type: 'string', format: 'iri', description: 'The address that events are posted to.' }
  },
  fields: {
    secret: {
      codec: secret({
        type: 'string',
        minLength: 1,
        description: 'A secret: ${env:…}. Signs what is posted. It cannot be compared.'
      }),
      owner: 'unreadable',
      required: true
    },
    disabled: {
      codec: scalar(
        { type: 'boolean', description: 'Events are lost meanwhile. Absent: as it is in the service.' },
        { default: false }
      ),
      owner: 'carried',
      since: '2024-02-08',
      synonyms: ['paused'],
      opposites: ['enabled', 'active'],
      impact: noEffect
    }
  },
  observed: ['disabled_at', 'disabled_reason'],
  impacts: { create: noEffect, delete: noEffect, rename: noEffect },
  synonyms: { name: 'endpoint', url: 'endpoint' },
  naming: { keys: ['endpoint'], wire: 'endpoint' },
  singleton: true,
  secretsIn: () => [{ path: ['secret'], isNeeded: true }],
  api: {
    access: 'listed',
    path: '/api/webhooks',
    uniqueNames: true,
    update: (version) => (version === '2023-04-25' ? 'PATCH' : 'PUT'),
    // `disabled` is written at paths of its own.
    followUps: {
      keys: ['disabled'],
      exclusive: true,
      requests(body, wire) {
        const wanted = body.disabled === true
        if (wanted === (wire.disabled === true)) return []
        return [{ method: 'POST', path: wanted ? '/disable' : '/enable' }]
      }
    }
  },
  // Each write needs the secret; under `ignore_changes`, the live one is sent.
  replacement: ({ secret: there }, body) => withoutAbsent({ secret: there, ...body })
})
