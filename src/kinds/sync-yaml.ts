import { isEmpty, isObject, isReference, type Json, type JsonObject } from '../state/value.ts'
import { toName, toNames, valueAt, withoutAbsent } from './fields.ts'
import type { ToYaml } from './kind.ts'
import { logicToLetters } from './sync-logic.ts'
import { list, newTarget } from './sync-parts.ts'
import { scheduleToYaml } from './sync-schedule.ts'

/** A sync as files say it: the inverse of reading it from there. */
export function syncToYaml(fields: JsonObject, context: ToYaml): JsonObject {
  const { mode, active, identity, target, schedule, policies } = fields
  const model = onlyModel(fields, context)
  const filters = list(fields['filters'])
  const [fixed, encrypted] = byPlace(list(fields['override_fields']))
  const logic = (value: Json | undefined, of: 'model' | 'target') =>
    logicToLetters(value, filters, of, (reference) => context.nameOf(reference))
  return withoutAbsent({
    mode,
    active,
    model,
    identity: isObject(identity) ? identityToYaml(identity, model, context) : undefined,
    fields: stated(
      [...list(fields['fields']), ...encrypted].map((item) => mappingToYaml(item, model, context))
    ),
    override_fields: stated(
      fixed.map((item) => ({ override_value: '', ...mappingToYaml(item, model, context) }))
    ),
    filters: stated(filters.map((item) => conditionToYaml(item, model, context))),
    filter_logic: logic(fields['filter_logic'], 'model'),
    overrides: stated(list(fields['overrides']).map((item) => conditionToYaml(item, model, context))),
    target: isObject(target)
      ? targetToYaml(target, logic(target['filter_logic'], 'target'), context)
      : undefined,
    schedule: scheduleToYaml(schedule, context),
    sync_all_records: fields['sync_all_records'],
    only_enrich_updates: fields['only_enrich_updates'],
    skip_initial_backfill: fields['skip_initial_backfill'],
    encryption_passphrase: fields['encryption_passphrase'],
    policies: toNames(policies, context)
  })
}

/** The model of all sources, where they have one: it is said once, for the whole sync. */
function onlyModel(fields: JsonObject, context: ToYaml): string | undefined {
  const sources = [
    valueAt(fields, ['identity', 'source']),
    ...list(fields['fields']).map(({ source }) => source),
    ...['filters', 'overrides'].flatMap((name) => list(fields[name]).map(({ field }) => field))
  ]
  const models = sources.flatMap((source) => {
    const model = valueAt(source, ['model'])
    return isReference(model) ? [context.nameOf(model)] : []
  })
  const [only, another] = new Set(models)
  return another === undefined ? only : undefined
}

/** Only among the mappings can a fixed value be encrypted. */
function byPlace(fixed: readonly JsonObject[]): [JsonObject[], JsonObject[]] {
  const isEncrypted = (item: JsonObject): boolean => 'encryption_enabled' in item
  return [fixed.filter((item) => !isEncrypted(item)), fixed.filter(isEncrypted)]
}

function identityToYaml(identity: JsonObject, model: string | undefined, context: ToYaml): JsonObject {
  const { source, target, function: name, new_field } = identity
  return withoutAbsent({ source: sourceToYaml(source, model, context), target, function: name, new_field })
}

function mappingToYaml(item: JsonObject, model: string | undefined, context: ToYaml): JsonObject {
  const { source, target, override_value: fixed, sync_mode, new: made, encryption_enabled } = item
  const isSaid = fixed !== null && !(isObject(source) && isEmpty(fixed))
  return withoutAbsent({
    source: sourceToYaml(source, model, context),
    target,
    override_value: isSaid ? fixed : undefined,
    sync_mode: sync_mode ?? undefined,
    new: made ?? undefined,
    encryption_enabled: encryption_enabled ?? undefined
  })
}

function conditionToYaml(item: JsonObject, model: string | undefined, context: ToYaml): JsonObject {
  const { field, value_field: _compared, ...same } = item
  return withoutAbsent({ field: sourceToYaml(field, model, context), ...same })
}

function targetToYaml(target: JsonObject, logic: string | undefined, context: ToYaml): JsonObject {
  const { connection, object, create, new_name, configuration } = target
  return withoutAbsent({
    connection: toName(connection, context),
    object: new_name === undefined ? object : newTarget,
    create,
    new_name,
    configuration,
    filter_logic: logic
  })
}

function sourceToYaml(
  source: Json | undefined,
  said: string | undefined,
  context: ToYaml
): Json | undefined {
  if (!isObject(source)) return undefined
  const { model, field } = source
  return said === undefined || model === undefined
    ? withoutAbsent({ model: toName(model, context), field })
    : field
}

function stated(items: JsonObject[]): JsonObject[] | undefined {
  return items.length === 0 ? undefined : items
}
