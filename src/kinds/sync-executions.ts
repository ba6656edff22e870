import type { Executions, IdentityField } from '../state/execution.ts'
import { isObject, type JsonObject } from '../state/value.ts'
import { logTypes } from '../wire/execution.ts'
import { rehearsable } from './sync-rehearsal.ts'
import { commonOf, countsOf, runsAfter, textOf } from './executions.ts'

/** Of 2023-04-25 there are only `total`, `insert`, `update` and `error`. */
const counts = [
  ['total', 'total'],
  ['inserts', 'insert'],
  ['updates', 'update'],
  ['upserts', 'upserts'],
  ['deletes', 'delete'],
  ['errors', 'error'],
  ['warnings', 'warnings']
] as const

/** How syncs are executed. */
export const syncExecutions: Executions = {
  start(live, { resync, test, identities, records = [] }, version) {
    if (version === '2023-04-25' && (resync || test))
      return { ok: false, because: 'API 2023-04-25 starts a sync only as its schedule does' }
    if (identities.length > 0 && mappingsIn(live) > 1)
      return { ok: false, because: 'it finds records by several fields, and one value does not name any' }
    return {
      ok: true,
      body: {
        ...(resync && { resync }),
        ...(test && { test }),
        ...(identities.length > 0 && { identities: [...identities] }),
        ...(records.length > 0 && {
          source_identities: records.map((record) => record.map(({ source, value }) => ({ source, value })))
        })
      }
    }
  },
  idleReason: ({ active }) =>
    active === false ? 'it is not active, and the service runs active syncs only' : undefined,
  fromWire: (wire) => ({
    ...commonOf(wire),
    counts: countsOf(wire.counts, counts),
    errors: Array.isArray(wire.errors) ? wire.errors.flatMap((error) => textOf(error) ?? []) : [],
    parts: []
  }),
  removal: ({ mode }) => (mode === 'remove' ? 'some' : mode === 'replace' ? 'all' : undefined),
  previews: true,
  logTypes,
  identityFields: ({ identities, identity }) => {
    const several = isObject(identities) ? identities : {}
    const mappings = Array.isArray(several.mappings) ? several.mappings : [identity]
    return {
      fields: mappings.filter(isObject).map(identityField),
      isWhole: several.strategy === 'and'
    }
  },
  rehearsable,
  runsAfter: ({ schedule }) => runsAfter(schedule)
}

function mappingsIn({ identities }: JsonObject): number {
  const mappings = isObject(identities) ? identities.mappings : undefined
  return Array.isArray(mappings) ? mappings.length : 0
}

function identityField({ source, target }: JsonObject): IdentityField {
  const { model_id, field } = isObject(source) ? source : {}
  const [model, name] = [textOf(model_id), textOf(field)]
  return {
    ...(model === undefined || name === undefined ? {} : { source: { model_id: model, field: name } }),
    names: [name, textOf(target)].flatMap((one) => one ?? [])
  }
}
