import { isEmpty, isObject, isReference, type Json, type JsonObject } from '../state/value.ts'
import { list, toName, valueAt, withoutAbsent } from './fields.ts'
import type { ToYaml } from './kind.ts'

/**
 * The parts of a sync as files say them: sources by the name of their field, where one model has them
 * all.
 */

/** The model of all sources, where they have one: it is said once, for the whole sync. */
export function onlyModel(fields: JsonObject, context: ToYaml): string | undefined {
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
  return another === undefined ? only : undefined
}

/** Only among the mappings can a fixed value be encrypted. */
export function isEncrypted(item: JsonObject): boolean {
  return 'encryption_enabled' in item
}

/** A mapping, or a fixed value. */
export function mappingToYaml(item: JsonObject, model: string | undefined, context: ToYaml): JsonObject {
  const { source, target, override_value: fixed, sync_mode, new: isNew, encryption_enabled } = item
  const isSaid = fixed !== null && !(isObject(source) && isEmpty(fixed))
  return withoutAbsent({
    source: sourceToYaml(source, model, context),
    target,
    override_value: isSaid ? fixed : undefined,
    sync_mode: sync_mode ?? undefined,
    new: isNew ?? undefined,
    encryption_enabled: encryption_enabled ?? undefined
  })
}

/** A filter, or an override. */
export function conditionToYaml(item: JsonObject, model: string | undefined, context: ToYaml): JsonObject {
  const { field, value_field, ...same } = item
  return withoutAbsent({
    field: sourceToYaml(field, model, context),
    ...same,
    value_field: sourceToYaml(value_field, model, context)
  })
}

/** A field of a model: by its name alone, where the sync says which model. */
export function sourceToYaml(
  source: Json | undefined,
  common: string | undefined,
  context: ToYaml
): Json | undefined {
  if (!isObject(source)) return undefined
  const { model, field } = source
  return common === undefined || model === undefined
    ? withoutAbsent({ model: toName(model, context), field })
    : field
}

/** An empty list says nothing. */
export function stated(items: JsonObject[]): JsonObject[] | undefined {
  return items.length === 0 ? undefined : items
}
