import { isEmpty, isObject, isReference, type Json, type JsonObject } from '../state/value.ts'
import { list, toName, valueAt, withoutAbsent } from './fields.ts'
import type { ToYaml } from './kind.ts'

/**
 * Conversions of parts of a sync to YAML. A source is the name of its field, if all sources are of one
 * model.
 */

/**
 * Returns the model that YAML states once, for the whole sync: the only one of all sources, else that of the
 * item as it was written. Where that states none, none is stated.
 */
export function onlyModel(fields: JsonObject, context: ToYaml): string | undefined {
  const stated = context.like?.model
  if (context.like !== undefined && typeof stated !== 'string') return undefined
  const sources = [
    valueAt(fields, ['identity', 'source']),
    ...list(valueAt(fields, ['identity', 'others'])).map(({ source }) => source),
    ...list(fields.fields).map(({ source }) => source),
    ...['filters', 'overrides'].flatMap((name) =>
      list(fields[name]).flatMap(({ field, value_field: compared }) => [field, compared])
    )
  ]
  const models = sources.flatMap((source) => {
    const model = valueAt(source, ['model'])
    return isReference(model) ? [context.nameOf(model)] : []
  })
  const [only, another] = new Set(models)
  return another === undefined ? only : typeof stated === 'string' ? stated : undefined
}

/** Returns true for a fixed value with `encryption_enabled`, which YAML must have among the mappings. */
export function isEncrypted(item: JsonObject): boolean {
  return 'encryption_enabled' in item
}

/** Converts a mapping or a fixed value to YAML. */
export function mappingToYaml(item: JsonObject, model: string | undefined, context: ToYaml): JsonObject {
  const { source, target, override_value: fixed, sync_mode, new: isNew, encryption_enabled } = item
  const isStated = fixed !== null && !(isObject(source) && isEmpty(fixed))
  return withoutAbsent({
    source: sourceToYaml(source, model, context),
    target,
    override_value: isStated ? fixed : undefined,
    sync_mode: sync_mode ?? undefined,
    new: isNew ?? undefined,
    encryption_enabled: encryption_enabled ?? undefined
  })
}

/** Converts a filter or an override to YAML. */
export function conditionToYaml(item: JsonObject, model: string | undefined, context: ToYaml): JsonObject {
  const { field, value_field, ...same } = item
  return withoutAbsent({
    field: sourceToYaml(field, model, context),
    ...same,
    value_field: sourceToYaml(value_field, model, context)
  })
}

/** Converts a source to YAML: to the name of its field, if it is of the model that the sync states. */
export function sourceToYaml(
  source: Json | undefined,
  common: string | undefined,
  context: ToYaml
): Json | undefined {
  if (!isObject(source)) return undefined
  const { model, field } = source
  if (model === undefined) return common === undefined ? withoutAbsent({ field }) : field
  const name = toName(model, context)
  return name === common ? field : withoutAbsent({ model: name, field })
}

/** Returns undefined for an empty list, which YAML leaves out. */
export function stated(items: JsonObject[]): JsonObject[] | undefined {
  return items.length === 0 ? undefined : items
}
