import type { DataImpact } from '../state/impact.ts'
import type { GlobalErrorSubscribers } from '../wire/notification.ts'
import { texts } from './codecs.ts'
import { withoutAbsent, withoutHoles } from './fields.ts'
import { kindOf } from './kind-of.ts'

const noEffect: DataImpact = { effect: 'none', because: 'subscribers are told of failures' }

/** Who is notified by e-mail when any sync fails: one list for each organization, which always exists. */
export const globalErrorSubscribers = kindOf<GlobalErrorSubscribers>()({
  name: 'global_error_subscribers',
  section: 'global_error_subscribers',
  description: 'Who is told by mail when any sync fails.',
  fields: {
    emails: {
      codec: {
        ...texts({
          type: 'array',
          uniqueItems: true,
          items: { type: 'string', format: 'idn-email' },
          description: 'All of them: whoever is not listed is told no more.'
        }),
        fromWire: (value) => value ?? [],
        toWire: (value) => withoutHoles(value ?? [])
      },
      owner: 'owned',
      required: true,
      synonyms: ['addresses', 'users'],
      impact: noEffect
    }
  },
  observed: [],
  impacts: { create: noEffect, delete: noEffect, rename: noEffect },
  naming: { keys: [], only: 'organization' },
  api: {
    access: 'derived',
    path: '/api/notifications',
    since: '2024-02-08',
    id: () => 'global-error-subscribers',
    fieldsOf: () => [{}],
    updates: (body) => [{ method: 'PUT', path: '', body }],
    resets: () => [{ method: 'PUT', path: '', body: { emails: [] } }],
    isReset: ({ emails }) => !Array.isArray(emails) || emails.length === 0,
    bare: true
  },
  replacement: (_live, { emails }) => withoutAbsent({ emails })
})
