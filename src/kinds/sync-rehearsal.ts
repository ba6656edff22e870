import type { Rehearsable } from '../state/execution.ts'
import { isReference, referencesIn, type JsonObject } from '../state/value.ts'
import { list, valueAt } from './fields.ts'

/** What of a sync says what it does with a record, without when it runs and who may see it. */
export function rehearsable(fields: JsonObject): Rehearsable {
  const { policies: _policies, encryption_passphrase: _secret, error_handling: _errors, ...rest } = fields
  const isEncrypted = list(fields.fields).some((one) => one.encryption_enabled === true)
  if (isEncrypted) return { ok: false, because: 'it encrypts fields' }
  const { target: _target, schedule: _schedule, ...own } = rest
  const models = [...new Map(referencesIn(own).map((one) => [one.name ?? one.id, one])).values()]
  const [model, another] = models
  const connection = valueAt(fields, ['target', 'connection'])
  if (model === undefined) return { ok: false, because: 'it reads from no model' }
  if (another !== undefined) return { ok: false, because: 'it joins several models' }
  if (!isReference(connection)) return { ok: false, because: 'it writes to no connection' }
  return { ok: true, fields: { ...rest, schedule: { frequency: 'manual' } }, from: model, to: connection }
}
