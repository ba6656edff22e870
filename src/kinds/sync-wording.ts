import { dictionary, isObject, textOf, type Json, type JsonObject } from '../state/value.ts'
import { list, withoutAbsent } from './fields.ts'
import { conditionKey, isOfTarget } from './sync-filters.ts'
import { allIdentities, areSeparate } from './sync-spellings.ts'
import { ignoredPaths } from './sync-ignored.ts'
import { isEncrypted } from './sync-yaml.ts'
import type { NamedPart, Wording } from './wording.ts'

/**
 * How the parts of a sync are named: as its file spells them, and where the file says nothing, as `toYaml`
 * would write them. What one spelling cannot say has the name that it has in the other.
 */
export const syncWording: Wording = {
  ignorable: ['identities', 'model_filters', 'target_filters'],
  ignored: ignoredPaths,
  spelling: ({ identity, identities, filters, filter_logic, model_filters, target_filters, fields }) =>
    withoutAbsent({
      identity: isObject(identities) ? 'several' : identity === undefined ? undefined : 'one',
      filters:
        model_filters !== undefined || target_filters !== undefined
          ? 'separate'
          : filters !== undefined || filter_logic !== undefined
            ? 'mixed'
            : undefined,
      fixed: list(fields)
        .filter(({ source }) => source === undefined)
        .map(({ target }) => `[${textOf(target)}]`)
    }),
  named(part, spelling, sides) {
    const [top, ...rest] = part.path
    if (top === 'identity') return namedIdentity(part, rest, spelling, sides)
    if (top === 'override_fields') return namedFixed(part, rest, spelling)
    const isLogic = top === 'filter_logic' || (top === 'target' && rest[0] === 'filter_logic')
    if ((top !== 'filters' && !isLogic) || !saysSeparately(spelling, sides)) return part
    if (isLogic) return { ...part, path: [top === 'target' ? 'target_filters' : 'model_filters', 'logic'] }
    return namedFilter(part, rest, sides)
  }
}

function namedIdentity(
  part: NamedPart,
  rest: readonly string[],
  spelling: JsonObject,
  sides: readonly JsonObject[]
): NamedPart {
  const [head, ...inner] = rest
  const isOfSeveral = head === 'others' || head === 'strategy'
  const areSeveral = (value: Json | undefined): boolean => allIdentities(value).length > 1
  const isWhole = head === undefined && valuesOf(part).some(areSeveral)
  const isUnstated = spelling.identity === undefined && sides.some(({ identity }) => areSeveral(identity))
  if (spelling.identity !== 'several' && !isOfSeveral && !isWhole && !isUnstated) return part
  if (head === undefined) return withValues(part, ['identities'], identitiesOf)
  if (head === 'strategy') return { ...part, path: ['identities', 'strategy'] }
  if (head !== 'others') return { ...part, path: ['identities', 'mappings', '[0]', ...rest] }
  return withValues(
    part,
    ['identities', 'mappings', ...inner],
    inner.length === 1 ? withoutRank : undefined
  )
}

function identitiesOf(value: Json): Json {
  if (!isObject(value)) return value
  const { others, strategy, ...first } = value
  return withoutAbsent({ mappings: [first, ...list(others).map(withoutRank)], strategy })
}

function withoutRank(value: Json): Json {
  if (!isObject(value)) return value
  const { rank: _place, ...rest } = value
  return rest
}

/** Only mappings can say that a fixed value is encrypted. */
function namedFixed(part: NamedPart, rest: readonly string[], { fixed }: JsonObject): NamedPart {
  const isAmongMappings = Array.isArray(fixed) && fixed.includes(rest[0] ?? '')
  const isOfMappings = rest[1] === 'encryption_enabled'
  const areEncrypted = valuesOf(part).some((value) => isObject(value) && isEncrypted(value))
  return isAmongMappings || isOfMappings || areEncrypted ? { ...part, path: ['fields', ...rest] } : part
}

function saysSeparately({ filters }: JsonObject, sides: readonly JsonObject[]): boolean {
  return filters === undefined ? sides.every(areSeparate) : filters === 'separate'
}

function namedFilter(
  part: NamedPart,
  [label = '', head, ...inner]: readonly string[],
  sides: readonly JsonObject[]
): NamedPart {
  const all = sides.flatMap(({ filters }) => list(filters))
  if (label === '') {
    const [one, other] = new Set(all.map((filter) => (isOfTarget(filter) ? 'target' : 'model')))
    return { ...part, path: one === undefined || other !== undefined ? ['filters'] : [`${one}_filters`] }
  }
  const own = all.find(
    (one) => label === `[${conditionKey(one)}]` || label.startsWith(`[${conditionKey(one)} (`)
  )
  const whole = valuesOf(part).find(isObject)
  const isTarget = isOfTarget((head === undefined ? whole : undefined) ?? own ?? null)
  const names = isTarget ? targetWords : modelWords
  const path = [isTarget ? 'target_filters' : 'model_filters', 'conditions', label]
  if (head === undefined) return withValues(part, path, (value) => renamed(value, names))
  // Only one list of both has to say of which side a filter is.
  if (head === 'field_type') return part
  return { ...part, path: [...path, names[head] ?? head, ...inner] }
}

const modelWords = dictionary({ field: 'source' })
const targetWords = dictionary({ field_id: 'field', value_field: 'value_source' })

function renamed(value: Json, names: Readonly<Record<string, string>>): Json {
  if (!isObject(value)) return value
  const { field_type: _side, ...rest } = value
  return Object.fromEntries(Object.entries(rest).map(([key, inner]) => [names[key] ?? key, inner]))
}

function valuesOf({ before, after, base }: NamedPart): Json[] {
  return [before, after, base].filter((value) => value !== undefined)
}

function withValues(
  { before, after, base }: NamedPart,
  path: string[],
  convert: (value: Json) => Json = (value) => value
): NamedPart {
  return {
    path,
    ...(before === undefined ? {} : { before: convert(before) }),
    ...(after === undefined ? {} : { after: convert(after) }),
    ...(base === undefined ? {} : { base: convert(base) })
  }
}
