import type { DataImpact } from '../state/impact.ts'
import type { RecordLogging } from '../wire/organization.ts'
import { reference, scalar } from './codecs.ts'
import { withoutAbsent } from './fields.ts'
import { kindOf } from './kind-of.ts'

const noEffect: DataImpact = { effect: 'none', because: 'it says where logs of records are kept' }

/**
 * Where logs of records are written after each run of a sync: one setting of the organization, which always
 * exists.
 */
export const recordLogging = kindOf<RecordLogging>()({
  name: 'record_logging',
  section: 'record_logging',
  description: 'Where the logs of records go after each run of a sync.',
  fields: {
    enabled: {
      codec: scalar({ type: 'boolean', description: 'Whether such logs are kept.' }, { default: false }),
      owner: 'owned',
      required: true,
      impact: noEffect
    },
    connection: {
      codec: reference('connection', {
        description: 'The connection to deliver them to, by name: one that keeps files. Absent: none.'
      }),
      wire: 'deliveryConnectionId',
      owner: 'owned',
      synonyms: ['delivery_connection'],
      impact: noEffect
    },
    prefix: {
      codec: scalar({ type: 'string', description: 'What the names of the files begin with.' }),
      wire: 'deliveryPrefix',
      owner: 'owned',
      synonyms: ['delivery_prefix'],
      impact: noEffect
    }
  },
  observed: ['deliveryConnectionName'],
  impacts: { create: noEffect, delete: noEffect, rename: noEffect },
  naming: { keys: [], only: 'organization' },
  api: {
    access: 'derived',
    path: '/api/organization',
    since: '2025-09-18',
    id: () => 'record-logging',
    fieldsOf: () => [{}],
    updates: (body) => [{ method: 'PUT', path: '', body }],
    resets: () => [{ method: 'PUT', path: '', body: { enabled: false } }],
    isReset: ({ enabled, deliveryConnectionId: to, deliveryPrefix: prefix }) =>
      enabled !== true && (to ?? '') === '' && (prefix ?? '') === ''
  },
  replacement: (_live, { enabled, deliveryConnectionId, deliveryPrefix }) =>
    withoutAbsent({ enabled: enabled ?? false, deliveryConnectionId, deliveryPrefix })
})
