import type { Rule } from '../../src/state/rule.ts'
import { addressText } from '../../src/state/resource.ts'
import { isEmpty, isObject, textOf, type Json, type JsonObject } from '../../src/state/value.ts'
import type { EditedByOthers } from './case.ts'
import { addedFields } from './items.ts'
import { kindOf } from './planned-writes.ts'
import type { Scene } from './scene.ts'
import type { Look } from './service.ts'
import type { Declared } from './world.ts'

/** What of a declared resource is otherwise than in the ideal service. */
export function differences(
  scene: Scene,
  declared: Declared,
  there: Look,
  edited: EditedByOthers = { ids: new Set(), deleted: new Set() }
): string[] {
  const tolerant = edited.ids.size > 0
  const was = declared.was === undefined ? undefined : scene.ids[declared.was]
  // What is derived goes with what it is of.
  const isMadeAgain = was !== undefined && edited.deleted.has(was.split('/')[0]!)
  const expected = scene.expected.get(declared)
  const [a, b] = [expected, there.fields].map((fields) => (isObject(fields) ? fields : {}))
  const kind = kindOf(declared.kind)
  return [...new Set([...Object.keys(a!), ...Object.keys(b!)])].flatMap((field) => {
    const owner = kind.fields[field]?.class
    if (owner === 'carried' && (isMadeAgain || (tolerant && !(field in declared.item)))) return []
    const isBulk = declared.kind === 'bulk_sync'
    const there = isBulk ? withoutAdded(declared, field, a!, b!) : ofOneSource(declared, field, b![field])
    const listed = isBulk ? withoutUnlisted(declared, field, a!, b!) : a![field]
    // Where nothing is said, the service adds fields.
    const isAdding =
      isBulk && field === 'schemas' && textOf(b!['automatically_add_new_fields'] ?? 'all') !== 'none'
    const added = isAdding ? withoutAddedFields(declared, listed, there) : listed
    const ideal = isBulk && field === 'schemas' ? asChosenBefore(scene, declared, added, there) : added
    const compared = [ideal, there].map((value) =>
      asCompared(kind.fields[field]?.rule, isBulk ? withoutAddedByHand(value) : value)
    )
    const [wanted, found] = compared.map((value) => JSON.stringify(value))
    if (wanted === found || (tolerant && isIn(ideal, there))) return []
    if (field === 'fields' && hadOtherSources(scene, declared)) return []
    // What the deleted one had beside what the files say is gone with it.
    if (isMadeAgain && isIn(compared[1], compared[0])) return []
    // No limit is 0, and is nothing where nobody ever wrote one.
    if (owner === 'carried' && ideal === 0 && there === undefined) return []
    return [
      `${field} of ${addressText(declared)} is ${found ?? 'nothing'} where it must be ${wanted ?? 'nothing'}`
    ]
  })
}

/** Fields that the same world adds to a schema: a bulk sync has them from then on, which may be later here or there. */
function withoutAddedByHand(value: Json | undefined): Json | undefined {
  if (!Array.isArray(value)) return value
  return value.map((schema) => {
    if (!isObject(schema) || !Array.isArray(schema['fields'])) return schema
    const fields = schema['fields'].filter(
      (one) => !isObject(one) || !addedFields.has(textOf(one['id'] ?? ''))
    )
    const { fields: _all, ...rest } = schema
    return fields.length === 0 ? rest : { ...schema, fields }
  })
}

/**
 * A model that read several things at once, of which the files state some, and no fields: whether its fields
 * stay depends on whether anything else of it was to be written.
 */
function hadOtherSources({ world }: Scene, { kind, item, was }: Declared): boolean {
  const [before, stated] = [was === undefined ? undefined : world.live[was]?.item, item].map(
    (one) => one?.['configuration']
  )
  if (kind !== 'model' || 'fields' in item || !isObject(before) || !isObject(stated)) return false
  const sources = ['query', 'table', 'view'].filter((name) => !isEmpty(before[name]))
  return sources.some((name) => name in stated) && sources.some((name) => !(name in stated))
}

/** Of what a model reads the files state one: what else stands there goes with the next update, and is no reason for one. */
function ofOneSource({ kind, item }: Declared, field: string, found: Json | undefined): Json | undefined {
  const stated = item['configuration']
  const sources = ['query', 'table', 'view']
  const isOne = kind === 'model' && field === 'configuration' && isObject(stated) && isObject(found)
  if (!isOne || !sources.some((name) => !isEmpty(stated[name]))) return found
  return Object.fromEntries(
    Object.entries(found).filter(([name]) => !sources.includes(name) || name in stated)
  )
}

const adds = (item: JsonObject, what: string): boolean =>
  !['', 'none'].includes(textOf(item[what] ?? '').toLowerCase())
const addsObjects = (item: JsonObject): boolean => adds(item, 'automatically_add_new_objects')

/** Objects that syncs of a world create in their target. */
const madeBySyncs: ReadonlySet<string> = new Set(['public.new', 'new'])

/**
 * What is to be compared of a live bulk sync. Where the files say that the service adds objects or fields by
 * itself, nobody can tell what it added from what a person chose: it stays, listed or not.
 */
function withoutAdded(
  { item }: Declared,
  field: string,
  ideal: JsonObject,
  found: JsonObject
): Json | undefined {
  const addsFields = adds(item, 'automatically_add_new_fields')
  // What is off is the rest of what is on, and managed only where all is to be on.
  if (field === 'schemas_off') return item['schemas'] === 'all' ? found[field] : ideal[field]
  if (field !== 'schemas' || !Array.isArray(found[field])) return found[field]
  const known = (all: Json | undefined, id: Json | undefined): Json | undefined =>
    Array.isArray(all) ? all.find((one) => isObject(one) && one['id'] === id) : undefined
  return found[field].filter(isObject).flatMap((schema): Json[] => {
    const same = known(ideal[field], schema['id'])
    // What a sync of the same world made may be there by the time all objects are copied, or not yet.
    const isNew = !Array.isArray(item['schemas']) && madeBySyncs.has(textOf(schema['id'] ?? ''))
    if (!same) return isNew || (addsObjects(item) && schema['enabled'] === true) ? [] : [schema]
    const fields = schema['fields']
    if (!addsFields || !isObject(same) || !Array.isArray(fields)) return [schema]
    return [
      { ...schema, fields: fields.filter((one) => isObject(one) && known(same['fields'], one['id'])) }
    ]
  })
}

/** What the ideal service added by itself, and the other one did not: a sync of the same world may make it later. */
function withoutUnlisted(
  { item }: Declared,
  field: string,
  ideal: JsonObject,
  found: JsonObject
): Json | undefined {
  const schemas = ideal[field]
  const listed = item['schemas']
  // Where all are copied, what such a sync made is turned on as soon as somebody applies after it.
  if (field === 'schemas_off' && listed === 'all' && Array.isArray(schemas) && found[field] === undefined) {
    const off = schemas.filter((one) => !madeBySyncs.has(textOf(one)))
    return off.length === 0 ? undefined : off
  }
  if (field !== 'schemas' || !Array.isArray(schemas)) return schemas
  if (!Array.isArray(listed)) {
    // Made by a sync of the same world, and later here than in the ideal service.
    const there = JSON.stringify(found[field] ?? [])
    const isLater = (id: string): boolean => madeBySyncs.has(id) && !there.includes(JSON.stringify(id))
    return schemas.filter((one) => !isObject(one) || !isLater(textOf(one['id'] ?? '')))
  }
  if (!addsObjects(item)) return schemas
  const idOf = (one: Json): Json | undefined => (isObject(one) ? one['id'] : one)
  const kept = new Set([listed, found[field]].flatMap((all) => (Array.isArray(all) ? all.map(idOf) : [])))
  return schemas.filter((one) => kept.has(idOf(one)))
}

/** Where all objects are copied, what somebody chose of one before stays: its fields, and its settings. */
function asChosenBefore(
  { world }: Scene,
  { item, was }: Declared,
  ideal: Json | undefined,
  found: Json | undefined
): Json | undefined {
  const before = was === undefined ? undefined : world.live[was]?.item['schemas']
  if (item['schemas'] !== 'all' || !Array.isArray(before) || !Array.isArray(ideal)) return ideal
  const idOf = (one: Json | undefined): Json | undefined => (isObject(one) ? one['id'] : one)
  const fieldsOf = (schema: Json | undefined): Json[] =>
    isObject(schema) && Array.isArray(schema['fields']) ? schema['fields'] : []
  return ideal.map((schema) => {
    const [chosen, there] = [before, found].map((all) =>
      Array.isArray(all) ? all.find((one) => idOf(one) === idOf(schema)) : undefined
    )
    if (!isObject(schema) || !isObject(chosen)) return schema
    const kept = new Set(Object.keys(chosen).filter((key) => !['id', 'enabled', 'fields'].includes(key)))
    const others = isObject(there) ? Object.entries(there).filter(([key]) => kept.has(key)) : []
    const on = fieldsOf(chosen).filter((one) => !isObject(one) || one['enabled'] !== false)
    const settings = new Map(on.map((one) => [idOf(one), isObject(one) ? one : {}]))
    const fields = fieldsOf(schema).flatMap((field) => {
      const { enabled: _on, id: _id, ...more } = settings.get(idOf(field)) ?? {}
      return settings.has(idOf(field)) && isObject(field) ? [{ ...field, ...more }] : []
    })
    const all = { ...schema, ...(on.length === 0 ? {} : { fields }), ...Object.fromEntries(others) }
    return Object.fromEntries(Object.entries(all).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  })
}

/** The fields of a listed object that the ideal service added by itself, and that the other one has not. */
function withoutAddedFields(
  { item }: Declared,
  ideal: Json | undefined,
  found: Json | undefined
): Json | undefined {
  const listed = item['schemas']
  if (!Array.isArray(ideal) || !Array.isArray(found) || !Array.isArray(listed)) return ideal
  const idOf = (one: Json | undefined): Json | undefined => (isObject(one) ? one['id'] : one)
  const fieldsOf = (schema: Json | undefined): Json[] =>
    isObject(schema) && Array.isArray(schema['fields']) ? schema['fields'] : []
  return ideal.map((schema) => {
    const [stated, there] = [listed, found].map((all) =>
      fieldsOf(all.find((one) => idOf(one) === idOf(schema)))
    )
    if (!isObject(schema) || stated!.length === 0) return schema
    const known = new Set([...stated!, ...there!].map(idOf))
    return { ...schema, fields: fieldsOf(schema).filter((field) => known.has(idOf(field))) }
  })
}

/**
 * A value as the rule of its field compares it: what stands twice in a set counts as once, its items have no
 * order (R5), and what a service assumes when nothing is sent is the same as nothing (R6).
 */
function asCompared(rule: Rule | undefined, value: Json | undefined): Json | undefined {
  if (rule?.is === 'scalar') return value === rule.default ? undefined : value
  if (rule?.is === 'object' && isObject(value)) {
    const parts = Object.entries(value).map(([key, part]) => [key, asCompared(rule.fields[key], part)])
    return Object.fromEntries(parts.filter(([, part]) => part !== undefined)) as JsonObject
  }
  if (rule?.is !== 'set' || !Array.isArray(value)) return value
  const items = value.map((one) => asCompared(rule.item, one) ?? one)
  if (items.every((one) => !isObject(one))) return [...new Set(items)]
  return items.toSorted((a, b) => (rule.key(a) < rule.key(b) ? -1 : 1))
}

/** Whether everything of the one is in the other: what somebody adds to free keys stays. */
function isIn(part: Json | undefined, whole: Json | undefined): boolean {
  if (part === undefined && isObject(whole)) return true
  if (Array.isArray(part) && Array.isArray(whole))
    return part.length === whole.length && part.every((item, place) => isIn(item, whole[place]))
  if (!isObject(part) || !isObject(whole)) return JSON.stringify(part) === JSON.stringify(whole)
  return Object.entries(part).every(([key, value]) => isIn(value, whole[key]))
}
