import { nullModelId } from '../../wire/sync.ts'
import type { Records } from '../records.ts'
import type { StoredModel, StoredSync } from '../stored.ts'
import { testOf } from './conditions.ts'
import { RunProblem } from './connector.ts'
import type { Connectors } from './connectors.ts'
import type { SyncFacts } from './open-job.ts'

/** Where a sync runs that does not run here. */
const elsewhere = 'a Polytomic service runs it: point POLYTOMIC_URL to one'

/**
 * Returns a sync with what it names, if this server can run it. Throws `RunProblem` with the one reason why
 * it cannot, before any other system is contacted.
 */
export function possible(sync: StoredSync, records: Records, connectors: Connectors): SyncFacts {
  const refuse = (code: string, why: string): RunProblem =>
    new RunProblem(code, `the sync "${sync.name}" does not run on this server, as ${why}; ${elsewhere}`)
  const missing = (what: string): RunProblem =>
    new RunProblem('not_found', `the sync "${sync.name}" cannot run: ${what} does not exist any more`)

  const [modelId, another] = modelsOf(sync)
  if (another !== undefined) throw refuse('several_models', 'it joins several models')
  const model = records.get('model', modelId ?? '')
  if (model === undefined) throw missing('its model')
  const from = records.get('connection', model.connection_id)
  if (from === undefined) throw missing(`the connection of the model "${model.name}"`)
  const to = records.get('connection', sync.target.connection_id)
  if (to === undefined) throw missing('the connection that it writes to')
  if (connectors.get(from.type)?.source !== true)
    throw refuse('connector', `nothing here reads connections of type ${from.type}`)
  if (connectors.get(to.type)?.target !== true)
    throw refuse('connector', `nothing here writes to connections of type ${to.type}`)
  const why = unsupported(sync, model)
  if (why !== undefined) throw refuse('unsupported', why)
  for (const { name, status } of [from, to])
    if (status === 'new')
      throw new RunProblem('not_authorized', `the connection "${name}" waits for a person to authorize it`)
  return { sync, model, from, to }
}

function modelsOf({ fields, identity, identities, filters, overrides }: StoredSync): string[] {
  const ids = [
    ...fields.map(({ source }) => source?.model_id),
    ...[identity, ...(identities?.mappings ?? [])].map((one) => one?.source.model_id),
    ...(filters ?? []).flatMap(({ field, value_field }) => [field?.model_id, value_field?.model_id]),
    ...(overrides ?? []).map(({ field }) => field?.model_id)
  ]
  return [...new Set(ids.filter((id): id is string => id !== undefined && id !== '' && id !== nullModelId))]
}

/** What only the hosted service does, whatever the systems are. */
export function unsupported(sync: StoredSync, model: StoredModel): string | undefined {
  const { mode, fields, filters, overrides, target } = sync
  if (mode === 'snapshot') return 'nothing is documented of mode snapshot'
  if (model.enricher !== undefined) return `the model "${model.name}" is enriched`
  if (fields.some((field) => field.encryption_enabled === true)) return 'it encrypts fields'
  if ((target.object ?? '') === '') return 'it names no object of its target'
  try {
    for (const condition of [...(filters ?? []), ...(overrides ?? [])])
      if (condition.function !== undefined && condition.function !== '')
        testOf({ ...condition, function: condition.function })
    return undefined
  } catch (error) {
    if (error instanceof RunProblem) return error.message
    throw error
  }
}
