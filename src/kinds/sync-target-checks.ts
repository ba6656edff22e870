import type { Finding, Inquiry, Mistake, Inspected, PlannedResource } from '../state/question.ts'
import { isEmpty, isObject, textOf, type Json, type JsonObject } from '../state/value.ts'
import type { TargetFields, TargetObjects } from '../wire/enumeration.ts'
import { adviceOn, affirms, denies, inspectable, isWord, quotedNames } from './checks.ts'
import { valueAt } from './fields.ts'
import { mappingChecks } from './sync-mapping-checks.ts'
import { isOfTarget } from './sync-filters.ts'
import { allIdentities } from './sync-spellings.ts'

/** Checks the target of a sync: its object, what that supports, and its fields. */
export function targetChecks(sync: PlannedResource, service: Inquiry): Finding[] {
  const { wanted = {}, live } = sync
  const target = isObject(wanted.target) ? wanted.target : {}
  const inspected = inspectable(service.find(target.connection, sync), service)
  if (!inspected) return []
  const object = objectOf(target, live?.fields.target)
  if (object === undefined)
    return isObject(target.create) ? creationChecks(sync, inspected, target.create, service) : []
  const answer = service.ask({ about: 'target', at: inspected, object })
  if (!answer) return []
  if (!answer.ok) return withoutFields(sync, { inspected, object, refusal: answer }, service)
  const facts = answer.value
  return [
    ...modeProblems(sync, facts),
    ...mappingChecks(sync, { inspected, object, facts }, service),
    ...(isUnknownYet(facts)
      ? [{ unasked: inspected, why: `the service knows no fields of \`${object}\` yet` }]
      : []),
    ...(isEmptyList(facts.modes)
      ? [{ unasked: inspected, why: `the service names no modes for \`${object}\`` }]
      : [])
  ]
}

/** Returns the object that is written to; undefined, if a new one is to be created. */
function objectOf(target: JsonObject, live: Json | undefined): string | undefined {
  if (!isEmpty(target.object)) return textOf(target.object)
  const there = valueAt(live, ['object'])
  // What was made once is there, whatever the files say of how it was made.
  const isSame = JSON.stringify(valueAt(live, ['connection', 'name'])) === nameIn(target.connection)
  return isSame && !isEmpty(there) ? textOf(there) : undefined
}

function nameIn(reference: Json | undefined): string | undefined {
  return JSON.stringify(valueAt(reference, ['name']))
}

/** Where columns are free there is nothing to know. */
function isUnknownYet({ fields, properties }: TargetFields): boolean {
  return isEmptyList(fields) && !affirms(properties?.['supports_field_creation'])
}

function isEmptyList(value: readonly unknown[] | null | undefined): boolean {
  return (value ?? []).length === 0
}

/** A refusal may be about the object: the list of all of them tells. */
function withoutFields(
  sync: PlannedResource,
  {
    inspected,
    object,
    refusal
  }: { inspected: Inspected; object: string; refusal: { refused: boolean; words: string } },
  service: Inquiry
): Finding[] {
  const unasked = [{ unasked: inspected, why: refusal.words }]
  if (!refusal.refused) return unasked
  const targets = service.ask({ about: 'targets', at: inspected })
  if (!targets) return []
  const all = (targets.ok ? (targets.value.data ?? []) : []).map(({ id }) => id)
  if (!targets.ok || all.length === 0 || all.includes(object)) return unasked
  const known = { scope: `targets\n${inspected.id}`, all }
  const { notes = [], help = [] } = adviceOn(object, known, 'an object', service)
  const creates = affirms(targets.value.target_creation?.supported)
  const sameLetters = all.find((one) => isWord(one, object))
  return [
    {
      path: ['target', 'object'],
      code: 'P422',
      message: `${sync.address} writes to \`${object}\`, which ${inspected.address} does not have`,
      label: sameLetters === undefined ? 'no object is called so' : 'case counts in the names of objects',
      notes: [...notes, `the service says: ${refusal.words}`],
      help: [
        ...help,
        ...(creates ? ['to have it made, write `create` in place of `object`'] : []),
        ...(help.length === 0 && !creates
          ? [`see them all: \`polyctl targets ${nameOfPlace(inspected)}\``]
          : [])
      ]
    }
  ]
}

/** Returns the name in an address, with its quotes. */
function nameOfPlace({ address }: Inspected): string {
  return address.slice(address.indexOf('"'))
}

/** An object that is to be made: whether the service makes any, and of which properties. */
function creationChecks(
  sync: PlannedResource,
  inspected: Inspected,
  create: JsonObject,
  service: Inquiry
): Finding[] {
  const targets = service.ask({ about: 'targets', at: inspected, withValues: true })
  if (!targets) return []
  if (!targets.ok) return [{ unasked: inspected, why: targets.words }]
  const { supported, properties } = targets.value.target_creation
  if (denies(supported))
    return [
      {
        path: ['target', 'create'],
        code: 'P422',
        message: `${sync.address} wants a new object, and ${inspected.address} makes none`,
        label: 'the service cannot make objects there',
        help: ['name one that is there with `object`']
      }
    ]
  return propertyProblems(sync, inspected, create, properties ?? [], service)
}

function propertyProblems(
  sync: PlannedResource,
  inspected: Inspected,
  create: JsonObject,
  properties: readonly Property[],
  service: Inquiry
): Finding[] {
  const all = properties.map(({ id }) => id)
  if (all.length === 0)
    return Object.keys(create).length === 0
      ? []
      : [{ unasked: inspected, why: 'the service names no properties of new objects' }]
  const stated = Object.entries(create).flatMap(([name, value]): Finding[] => {
    const path = ['target', 'create', name]
    const property = properties.find(({ id }) => id === name)
    if (!property) {
      const known = { scope: `creation\n${inspected.id}`, all }
      const message = `${sync.address} says \`${name}\` of its new object, which is no property there`
      const label = 'no property of new objects is called so'
      return [{ path, code: 'P422', message, label, ...adviceOn(name, known, 'a property', service) }]
    }
    const values = valuesOf(inspected, property, service)
    if (values === undefined) return []
    if (values.length === 0)
      return affirms(property.enum)
        ? [{ unasked: inspected, why: `the service names no values for \`${name}\` of new objects` }]
        : []
    if (values.includes(textOf(value))) return []
    const known = { scope: `creation\n${inspected.id}\n${name}`, all: values }
    const message = `${sync.address} wants a new object whose \`${name}\` is \`${textOf(value)}\``
    const label = 'the service does not take this'
    return [{ path, code: 'P422', message, label, ...adviceOn(textOf(value), known, 'a value', service) }]
  })
  const missing = all.filter((name) => !(name in create))
  if (missing.length === 0 || stated.length > 0) return stated
  return [
    {
      path: ['target', 'create'],
      code: 'P422',
      severity: 'warning',
      message: `${sync.address} wants a new object and does not say its ${quotedNames(missing)}`,
      label: 'the service may want to know this'
    }
  ]
}

type Property = TargetObjects['target_creation']['properties'][number]

/**
 * What a property may be; undefined as long as there is no answer. An older service has to be asked for each
 * by itself.
 */
function valuesOf(
  at: Inspected,
  { id, enum: isOneOf, values }: Property,
  service: Inquiry
): string[] | undefined {
  const asks = affirms(isOneOf) && isEmptyList(values)
  const answer = asks ? service.ask({ about: 'creation values', at, property: id }) : undefined
  if (asks && !answer) return undefined
  return (answer?.ok === true ? answer.value : (values ?? [])).map(({ value }) => value)
}

/** What the object supports of what the sync wants as a whole. */
function modeProblems(sync: PlannedResource, { id: object, modes, properties }: TargetFields): Mistake[] {
  const { wanted = {} } = sync
  const name = textOf(wanted.mode)
  if (isEmptyList(modes)) return []
  const mode = modes.find((one) => isWord(one.mode, name))
  if (!mode)
    return [
      {
        path: ['mode'],
        code: 'P425',
        message: `${sync.address} has the mode \`${name}\`, which \`${object}\` does not support`,
        label: 'the target cannot be written like this',
        help: [`it supports ${quotedNames(modes.map((one) => one.mode))}`]
      }
    ]
  const identities = allIdentities(wanted.identity)
  const problem = (path: (string | number)[], what: string, label: string, help?: string): Mistake => ({
    path,
    code: 'P425',
    message: `${sync.address} ${what}`,
    label,
    ...(help !== undefined && { help: [help] })
  })
  return [
    ...(affirms(mode.requires_identity) && identities.length === 0
      ? [
          problem(
            ['mode'],
            `has no identity, which \`${object}\` needs in mode \`${name}\``,
            'this must know which record is which',
            'say it: `identity: { source: …, target: …, function: Equality }`'
          )
        ]
      : []),
    ...(identities.length > 1 && denies(properties?.['supports_multiple_identities'])
      ? [
          problem(
            ['identity', 'others', 0],
            `has ${identities.length} identities, and \`${object}\` supports one`,
            'the target finds records in one way only'
          )
        ]
      : []),
    ...filterProblems(sync, mode, { object, modes, properties })
  ]
}

/**
 * Filters on the target are for the modes that it names. Where an older service does not say which, only
 * `update` is documented.
 */
function filterProblems(
  { address, wanted = {} }: PlannedResource,
  mode: TargetModeFacts,
  { object, modes, properties }: Pick<TargetFields, 'modes' | 'properties'> & { object: string }
): Mistake[] {
  const index = (Array.isArray(wanted.filters) ? wanted.filters : []).findIndex(isOfTarget)
  if (index === -1) return []
  const supports: boolean | undefined = mode.supports_target_filters
  const isDenied = denies(supports) || denies(properties?.['supports_target_filters'])
  if (!isDenied && (supports !== undefined || isWord(mode.mode, 'update'))) return []
  const others = denies(properties?.['supports_target_filters'])
    ? []
    : (modes ?? []).filter((one) => affirms(one.supports_target_filters)).map((one) => one.mode)
  const where = `a filter on \`${object}\` in mode \`${mode.mode}\``
  const finding: Mistake = {
    path: ['filters', index],
    code: 'P425',
    message: `${address} has ${where}, which that does not support`,
    label: 'the target cannot be filtered',
    ...(others.length > 0 && { help: [`it takes filters in mode ${quotedNames(others)}`] })
  }
  if (isDenied) return [finding]
  return [
    {
      ...finding,
      severity: 'warning',
      message: `${address} has ${where}, and the service does not say whether that supports it`,
      label: 'such filters are documented for mode `update`'
    }
  ]
}

type TargetModeFacts = NonNullable<TargetFields['modes']>[number]
