import type { StoredModel, StoredSync } from '../stored.ts'
import { nullModelId, identityFunctions, type Filter, type Source as SourceField } from '../../wire/sync.ts'
import { joined, testOf } from './conditions.ts'
import { RunProblem, type Match, type TargetFacts } from './connector.ts'
import { isEmpty, scalarOf, type Cell, type Row, type Value } from './value.ts'

/** A sync as functions: which fields of the source it reads, and what it makes of each row. */
export interface Mapping {
  /** The fields to read, by their positions in rows. */
  reads: readonly string[]
  /** The columns to write: positions in a mapped row. */
  columns: readonly Column[]
  identity: IdentityPlan
  /** Whether the filters let a row pass. */
  passes: (row: Row) => boolean
  /** Returns the mapped row: values of columns, then of identities, then of filters on the target. */
  map: (row: Row) => Cell[]
  /** The positions in rows of other fields that are read. */
  others: readonly (readonly number[])[]
  /** The values by which a change is noticed; undefined: by the mapped row. */
  tracked: ((row: Row) => Row) | undefined
  /** Distinguishes the rows of a sync without identity: by the model's identifier, if it has one. */
  identifier: ((row: Row) => Cell) | undefined
  targetFilter: TargetFilter
  /** Differs where the sync was changed so that all records must be looked at again. */
  signature: string
}

/** A field of the target. */
export interface Column {
  name: string
  /** Written to new records alone, or where the record has nothing there yet. */
  createOnly: boolean
  /** Written to existing records alone. */
  updateOnly: boolean
  /** Comes from an identity: it is written to new records, and never changed. */
  isIdentity: boolean
}

/** By what records are found in the target. */
export interface IdentityPlan {
  strategy: 'and' | 'priority'
  matches: readonly Match[]
  sources: readonly SourceField[]
  /** The position of the first value in a mapped row. */
  at: number
}

/** Which records of the target may be written. */
export interface TargetFilter {
  /** Fields of the target that are needed. */
  select: readonly string[]
  /** Whether a record passes; `mapped` is the row that is to be written to it. */
  passes: (values: Row, mapped: Row) => boolean
}

/** Compiles a sync of one model. Throws `RunProblem` for what only the hosted service can do. */
export function mappingOf(
  sync: StoredSync,
  model: StoredModel,
  target: TargetFacts,
  otherFields: readonly (readonly string[])[] = []
): Mapping {
  const reads = new Reads(model)
  const overrides = overridesOf(sync, reads)
  const identity = identityOf(sync)
  const mapped = sync.fields.map((field) => mappedField(field, target, reads))
  const identityReads = identity.sources.map((source) => reads.position(source))
  const identityColumns = identity.matches.map(({ target: name }): Column => ({
    name,
    createOnly: true,
    updateOnly: false,
    isIdentity: true
  }))
  const own = new Set(mapped.map(({ column }) => column.name))
  const extra = identityColumns.flatMap((column, index) =>
    own.has(column.name) ? [] : [{ column, at: identityReads[index] ?? 0 }]
  )
  const columns = [...mapped.map(({ column }) => column), ...extra.map(({ column }) => column)]
  const filter = targetFilterOf(sync, reads, columns.length + identityReads.length)
  const passes = sourceFilterOf(sync, reads)
  const tracking = (model.tracking_columns ?? []).map((name) => reads.named(name))
  const identifier = isEmpty(model.identifier) ? undefined : reads.named(model.identifier ?? '')
  const value = (row: Row, at: number): Cell => overrides.reduce((cell, one) => one(cell, at, row), row[at])
  return {
    reads: reads.names,
    columns,
    identity: { ...identity, at: columns.length },
    passes,
    map: (row) => [
      ...mapped.map(({ at, constant }) => (constant === undefined ? value(row, at) : constant)),
      ...extra.map(({ at }) => value(row, at)),
      ...identityReads.map((at) => scalarOf(value(row, at))),
      ...filter.sources.map((at) => value(row, at))
    ],
    tracked: tracking.length === 0 ? undefined : (row) => tracking.map((at) => row[at]),
    identifier: identifier === undefined ? undefined : (row) => row[identifier],
    others: otherFields.map((names) => names.map((name) => reads.named(name))),
    targetFilter: filter,
    signature: signatureOf(sync, model)
  }
}

/** Collects the fields that are read, each once. */
class Reads {
  readonly names: string[] = []
  readonly #model: StoredModel
  constructor(model: StoredModel) {
    this.#model = model
  }
  named(name: string): number {
    const at = this.names.indexOf(name)
    return at < 0 ? this.names.push(name) - 1 : at
  }
  position({ model_id, field }: SourceField): number {
    if (model_id !== this.#model.id)
      throw new RunProblem('several_models', 'it joins several models, which this server does not do')
    return this.named(field)
  }
}

interface MappedField {
  column: Column
  at: number
  /** A fixed value in place of a field of the source. */
  constant?: Value
}

function mappedField(field: StoredSync['fields'][number], target: TargetFacts, reads: Reads): MappedField {
  if (field.encryption_enabled === true)
    throw new RunProblem('encryption', 'it encrypts fields, which this server does not do')
  const { source, override_value: constant } = field
  const isRead = source !== undefined && source !== null && !['', nullModelId].includes(source.model_id)
  const name = field.target === target.container && isRead ? source.field : field.target
  const mode = field.sync_mode ?? ''
  const column: Column = {
    name,
    createOnly: mode === 'create',
    updateOnly: mode === 'update',
    isIdentity: false
  }
  if (constant !== undefined && constant !== null && constant !== '') return { column, at: -1, constant }
  if (!isRead) throw new RunProblem('mapping', `its field ${field.target} has neither a source nor a value`)
  return { column, at: reads.position(source) }
}

/** Replacements of values of the source: of several for a field the first that applies. */
function overridesOf(sync: StoredSync, reads: Reads): ((cell: Cell, at: number, row: Row) => Cell)[] {
  const byField = new Map<number, ((cell: Cell) => { replaced: Cell } | undefined)[]>()
  for (const { field, function: name, value, override } of sync.overrides ?? []) {
    if (field === undefined || field === null) continue
    const at = reads.position(field)
    const test =
      name === undefined || name === ''
        ? undefined
        : testOf({ function: name, ...(value === undefined ? {} : { value }) })
    const list = byField.get(at) ?? []
    list.push((cell) => (test?.(cell) === false ? undefined : { replaced: override ?? null }))
    byField.set(at, list)
  }
  return byField.size === 0
    ? []
    : [
        (cell, at) => {
          for (const one of byField.get(at) ?? []) {
            const result = one(cell)
            if (result !== undefined) return result.replaced
          }
          return cell
        }
      ]
}

function identityOf(sync: StoredSync): IdentityPlan {
  const several = sync.identities ?? undefined
  const only = sync.identity ?? undefined
  const mappings = several?.mappings ?? (only === undefined ? [] : [only])
  return {
    strategy: several?.strategy === 'and' ? 'and' : 'priority',
    matches: mappings.map(({ target, function: name }) => ({
      target,
      function: identityFunctions.find((known) => known === name) ?? 'Equality'
    })),
    sources: mappings.map(({ source }) => source),
    at: 0
  }
}

function isOfTarget({ field_type }: Filter): boolean {
  return field_type === 'Target'
}

function sourceFilterOf(sync: StoredSync, reads: Reads): (row: Row) => boolean {
  const filters = (sync.filters ?? []).filter((filter) => !isOfTarget(filter))
  if (filters.length === 0) return () => true
  const tests = filters.map((filter) => {
    const at = reads.position(filter.field ?? { model_id: '', field: '' })
    const test = testOf(filter)
    return (row: Row): boolean => test(row[at])
  })
  const all = joined(
    filters.map(({ label }) => label ?? ''),
    sync.filter_logic
  )
  return (row) => all(tests.map((test) => test(row)))
}

function targetFilterOf(
  sync: StoredSync,
  reads: Reads,
  from: number
): TargetFilter & { sources: number[] } {
  const filters = (sync.filters ?? []).filter(isOfTarget)
  const sources: number[] = []
  const tests = filters.map((filter, position) => {
    const test = testOf(filter)
    const compared = filter.value_field ?? undefined
    if (compared === undefined) return (values: Row): boolean => test(values[position])
    const at = from + sources.push(reads.position(compared)) - 1
    return (values: Row, mapped: Row): boolean => test(values[position], mapped[at])
  })
  const all = joined(
    filters.map(({ label }) => label ?? ''),
    sync.target.filter_logic
  )
  return {
    sources,
    select: filters.map(({ field_id }) => field_id ?? ''),
    passes: (values, mapped) => filters.length === 0 || all(tests.map((test) => test(values, mapped)))
  }
}

/** Filters are left out: what they let pass anew is new to the run by itself. */
function signatureOf(sync: StoredSync, model: StoredModel): string {
  const { mode, fields, overrides, identity, identities, target } = sync
  const { connection_id, object } = target
  return JSON.stringify([
    mode,
    fields,
    overrides,
    identity,
    identities,
    connection_id,
    object,
    model.tracking_columns,
    model.identifier
  ])
}

/** The values of a mapped row by which its record is found; undefined where they do not suffice. */
export function identityValues(mapped: Row, { matches, strategy, at }: IdentityPlan): Row | undefined {
  const values = mapped.slice(at, at + matches.length)
  const there = values.filter((value) => !isEmpty(value)).length
  return there === 0 || (strategy === 'and' && there < values.length) ? undefined : values
}
