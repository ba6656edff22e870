import type { Inquiry, Mistake, Inspected, PlannedResource } from '../state/question.ts'
import { isEmpty, isObject, textOf, type Json, type JsonObject } from '../state/value.ts'
import type { TargetField, TargetFields } from '../wire/enumeration.ts'
import { adviceOn, affirms, denies, identityPath, isWord, items, quotedNames } from './checks.ts'
import { isOfTarget } from './sync-filters.ts'
import { allIdentities } from './sync-spellings.ts'

/** What a sync is checked against: an object, and what the service says of it. */
export interface TargetFacts {
  inspected: Inspected
  object: string
  facts: TargetFields
}

/** What a sync says of the fields of its target. Without any known field nothing is said. */
export function mappingChecks(sync: PlannedResource, target: TargetFacts, service: Inquiry): Mistake[] {
  const { wanted = {} } = sync
  const context = openContext(sync, target, service)
  return [
    ...(context.fields.size === 0 ? [] : namedProblems(wanted, context)),
    ...fieldModeProblems(wanted, context),
    ...comparedProblems(wanted, context)
  ]
}

interface Context {
  mode: string
  fields: ReadonlyMap<string, TargetField>
  facts: TargetFields
  object: string
  problem(path: (string | number)[], code: Mistake['code'], what: string, label: string): Mistake
  unknown(path: (string | number)[], name: string, what: string): Mistake[]
}

function openContext(
  sync: PlannedResource,
  { inspected, object, facts }: TargetFacts,
  service: Inquiry
): Context {
  const fields = new Map((facts.fields ?? []).map((field) => [field.id, field]))
  const canMake = affirms(facts.properties?.['supports_field_creation'])
  return {
    mode: textOf(sync.wanted?.mode),
    fields,
    facts,
    object,
    problem: (path, code, what, label) => ({ path, code, message: `${sync.address} ${what}`, label }),
    unknown(path, name, what) {
      if (fields.has(name)) return []
      const known = { scope: `fields\n${inspected.id}\n${object}`, all: [...fields.keys()] }
      const { notes = [], help = [] } = adviceOn(name, known, 'a field', service)
      return [
        {
          path,
          code: 'P423',
          message: `${sync.address} ${what} \`${name}\`, which \`${object}\` does not have`,
          label: 'no field of the target is called so',
          notes,
          help: [...help, ...(canMake && what === 'writes' ? ['`new: true` has it made'] : [])]
        }
      ]
    }
  }
}

/** Everything that names a field, and a required field that nothing names. */
function namedProblems(wanted: JsonObject, context: Context): Mistake[] {
  const written = ['fields', 'override_fields'].flatMap((key) =>
    items(wanted[key]).flatMap(({ item, index }) => writtenProblems([key, index], item, context))
  )
  const found = allIdentities(wanted.identity).flatMap((identity, index) =>
    identityProblems(identityPath(index), identity, context)
  )
  const filtered = items(wanted.filters).flatMap(({ item, index }) =>
    isOfTarget(item) ? filterProblems(['filters', index], item, context) : []
  )
  // A name that is misspelt may be that of a required field.
  const isWhole = written.length + found.length === 0
  return [...written, ...found, ...filtered, ...(isWhole ? requiredProblems(wanted, context) : [])]
}

/** A field that is written must be there, or be made; and it must take values. */
function writtenProblems(path: (string | number)[], item: JsonObject, context: Context): Mistake[] {
  const { facts, fields, object, problem, unknown } = context
  const name = textOf(item.target)
  if (item.new === true) {
    if (!denies(facts.properties?.['supports_field_creation']) || fields.has(name)) return []
    const what = `wants the new field \`${name}\`, and \`${object}\` gets none`
    return [problem([...path, 'new'], 'P423', what, 'the service cannot make fields there')]
  }
  const field = fields.get(name)
  if (!field) return unknown([...path, 'target'], name, 'writes')
  const readOnly = isReadOnly(field, context.mode)
    ? [
        problem(
          [...path, 'target'],
          'P423',
          `writes \`${name}\`, which cannot be written in \`${object}\``,
          'the target fills this field itself'
        )
      ]
    : []
  const encrypted =
    item.encryption_enabled === true && denies(field.encryptable)
      ? [
          problem(
            [...path, 'encryption_enabled'],
            'P423',
            `encrypts \`${name}\`, which \`${object}\` does not support`,
            'this field cannot be encrypted'
          )
        ]
      : []
  return [...readOnly, ...encrypted]
}

/** Where records may be made as well as updated, a field that takes part in one of the two is written. */
function isReadOnly({ createable, updateable }: TargetField, mode: string): boolean {
  if (mode === 'update') return denies(updateable)
  return denies(createable) && (mode !== 'updateOrCreate' || denies(updateable))
}

function identityProblems(path: (string | number)[], identity: JsonObject, context: Context): Mistake[] {
  const { fields, object, problem, unknown } = context
  const name = textOf(identity.target)
  if (name === '') return []
  const field = fields.get(name)
  if (identity.new_field === true) {
    if (field || !denies(context.facts.properties?.['supports_identity_field_creation'])) return []
    const what = `finds records by the new field \`${name}\`, and \`${object}\` gets none`
    return [problem([...path, 'new_field'], 'P423', what, 'the service cannot make such fields there')]
  }
  if (!field) return unknown([...path, 'target'], name, 'finds records by')
  if (denies(field.supports_identity))
    return [
      {
        ...problem(
          [...path, 'target'],
          'P423',
          `finds records by \`${name}\`, which does not identify them in \`${object}\``,
          'this field cannot tell which record is which'
        ),
        ...oneOf(
          [...fields.values()].filter((one) => affirms(one.supports_identity)).map(({ id }) => id),
          'these can'
        )
      }
    ]
  const functions = (field.identity_functions ?? []).map(({ id }) => id)
  const used = textOf(identity.function)
  if (functions.length === 0 || functions.some((one) => isWord(one, used))) return []
  return [notAllowed([...path, 'function'], used, name, functions, context)]
}

function filterProblems(path: (string | number)[], filter: JsonObject, context: Context): Mistake[] {
  const { fields, object, problem, unknown } = context
  const name = textOf(filter.field_id)
  const field = fields.get(name)
  if (!field) return unknown([...path, 'field_id'], name, 'filters by')
  if (denies(field.filterable))
    return [
      problem(
        [...path, 'field_id'],
        'P423',
        `filters by \`${name}\`, which \`${object}\` does not support`,
        'this field cannot be filtered by'
      )
    ]
  const functions = field.filter_functions ?? []
  const used = textOf(filter.function)
  const known = functions.find(({ id }) => isWord(id, used))
  if (functions.length === 0) return []
  if (!known)
    return [
      notAllowed(
        [...path, 'function'],
        used,
        name,
        functions.map(({ id }) => id),
        context
      )
    ]
  const values = (known.values ?? []).map(({ value }) => value)
  const stated = isEmpty(filter.value) ? [] : [filter.value].flat()
  if (values.length === 0 || stated.every((value) => values.includes(textOf(value)))) return []
  const what = `compares \`${name}\` with a value that \`${used}\` does not take there`
  return [
    {
      ...problem([...path, 'value'], 'P426', what, 'the service refuses this value'),
      ...oneOf(values, 'it takes')
    }
  ]
}

/** A function that the field does not take, with those that it does. */
function notAllowed(
  path: (string | number)[],
  used: string,
  name: string,
  functions: readonly string[],
  { problem, object }: Context
): Mistake {
  const what = `uses \`${used}\` on \`${name}\`, which \`${object}\` does not support`
  return {
    ...problem(path, 'P426', what, 'this field does not take the function'),
    ...oneOf(functions, 'it takes')
  }
}

function oneOf(names: readonly string[], lead: string): Pick<Mistake, 'help'> {
  const more = names.length - mostNames
  if (names.length === 0) return {}
  return {
    help: [`${lead}: ${quotedNames(names.slice(0, mostNames))}${more > 0 ? ` and ${more} more` : ''}`]
  }
}

const mostNames = 12

/** A mode that makes records needs what every record must have. Whether the service insists, nobody says. */
function requiredProblems(
  wanted: JsonObject,
  { mode, facts, fields, object, problem }: Context
): Mistake[] {
  const isFree = ['mappings_not_required', 'optional_target_mappings'].some((name) =>
    affirms(facts.properties?.[name])
  )
  const isSupported = (facts.modes ?? []).some((one) => isWord(one.mode, mode))
  if (isFree || !isSupported || !makingModes.has(mode)) return []
  const mapped = new Set([
    ...['fields', 'override_fields'].flatMap((key) => items(wanted[key]).map(({ item }) => item.target)),
    ...allIdentities(wanted.identity).map(({ target }) => target)
  ])
  const missing = [...fields.values()].filter(
    ({ id, required, createable }) => affirms(required) && !denies(createable) && !mapped.has(id)
  )
  if (missing.length === 0) return []
  const names = missing.map(({ id }) => id)
  const what = `maps nothing to ${quotedNames(names)}, which every new record of \`${object}\` needs`
  return [
    {
      ...problem(['fields'], 'P424', what, 'records that are new cannot be made'),
      severity: 'warning',
      help: [
        `map ${names.length === 1 ? 'it' : 'them'}, or write \`mode: update\` where none is to be made`
      ]
    }
  ]
}

const makingModes: ReadonlySet<string> = new Set([
  'create',
  'updateOrCreate',
  'replace',
  'append',
  'snapshot'
])

/** A single field may have another mode only where the target supports that. */
function fieldModeProblems(wanted: JsonObject, { mode, facts, object, problem }: Context): Mistake[] {
  const known = (facts.modes ?? []).find((one) => isWord(one.mode, mode))
  if (!denies(known?.supports_field_sync_mode)) return []
  return ['fields', 'override_fields'].flatMap((key) =>
    items(wanted[key]).flatMap(({ item, index }) => {
      const { sync_mode: own } = item
      if (isEmpty(own) || isWord(own, mode)) return []
      const what = `gives \`${textOf(item.target)}\` a mode of its own, beside \`${mode}\` of \`${object}\``
      return [
        problem([key, index, 'sync_mode'], 'P425', what, 'the target supports no modes of single fields')
      ]
    })
  )
}

/** Filters of the target that compare with a field of a model. */
function comparedProblems(wanted: JsonObject, { facts, object, problem }: Context): Mistake[] {
  if (!denies(facts.properties?.['supports_filter_value_fields'])) return []
  const compares = (filter: Json): boolean =>
    isOfTarget(filter) && isObject(filter) && isObject(filter.value_field)
  return items(wanted.filters).flatMap(({ item, index }) => {
    if (!compares(item)) return []
    const what = `compares with a field of a model, which \`${object}\` does not support`
    return [
      problem(['filters', index, 'value_field'], 'P425', what, 'the target compares with fixed values')
    ]
  })
}
