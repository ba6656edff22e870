import {
  nullModelId,
  type Identity,
  type Source,
  type SyncField,
  type SyncRequest
} from '../../wire/sync.ts'
import type { TargetMode, TargetObjectFacts } from '../enumeration/target-object.ts'
import { isNewest, referred, type Call } from '../call.ts'
import { mustBeUsable } from '../enumeration/authorized.ts'
import { invalid } from '../refusal.ts'
import type { StoredModel } from '../stored.ts'
import { canRead } from './model-fields.ts'

/**
 * What the entries of a mapping are checked against. Where the facts leave something open, nothing is
 * refused.
 */
export interface MappingContext {
  call: Call
  /** Undefined: the target does not say which modes it has. */
  mode: TargetMode | undefined
  modeName: string
  facts: TargetObjectFacts
  /** The model by id, checked to exist and to be readable. */
  model(id: string, where: string): StoredModel
}

/** Finds models for a sync; each must exist, and its connection must be usable. */
export function modelFinder(call: Call): MappingContext['model'] {
  return (id, where) => {
    const model = referred(call, 'model', id)
    if (model === undefined) throw invalid(where, `names no model: ${id}`)
    const connection = referred(call, 'connection', model.connection_id)
    if (connection === undefined)
      throw invalid(where, `names the model "${model.name}", whose connection is gone`)
    mustBeUsable(connection, where)
    return model
  }
}

/** The source of a mapping, which must be a field of a model that can be read. */
export function checkSource(context: MappingContext, source: Source, where: string): Source {
  const model = context.model(source.model_id, `${where}.model_id`)
  if (!canRead(model, source.field)) {
    throw invalid(`${where}.field`, `is not a field of the model "${model.name}": ${source.field}`)
  }
  return { model_id: source.model_id, field: source.field }
}

/**
 * Whether an entry only sets a value: what the service merges into `fields`, and clients split off again.
 */
export function isOverride(field: SyncField): boolean {
  const value = field.override_value ?? ''
  const model = field.source?.model_id ?? ''
  return value !== '' && (model === '' || model === nullModelId)
}

/**
 * The fields to store: the mapped ones, then those of `override_fields`, merged as the service did. Since
 * 2025-09-18, an entry of `override_fields` that reads from a model is a mapped one.
 */
export function readFields(
  request: SyncRequest,
  identities: readonly Identity[],
  context: MappingContext
): SyncField[] {
  const { version } = context.call
  const reads = (field: SyncField): boolean => {
    const model = field.source?.model_id ?? ''
    return version === '2025-09-18' && model !== '' && model !== nullModelId
  }
  const entries = [...(request.override_fields ?? []).entries()]
  const read = ([index, field]: [number, SyncField], override: boolean): SyncField =>
    readField(field, `override_fields[${index}]`, context, override)
  const targetsOfIdentity = new Set(identities.map(({ target }) => target))
  const mapped = [
    ...(request.fields ?? []).map((field, index) =>
      readField(field, `fields[${index}]`, context, isOverride(field))
    ),
    ...entries.filter(([, field]) => reads(field)).map((entry) => read(entry, false))
  ]
    // The field of an identity is written with it: the service drops it where it is mapped again.
    .filter((field) => !targetsOfIdentity.has(field.target) || isOverride(field))
  const overrides = entries.filter(([, field]) => !reads(field)).map((entry) => read(entry, true))
  const targets = new Set(overrides.map((field) => field.target))
  return [...mapped.filter((field) => !isOverride(field) || !targets.has(field.target)), ...overrides]
}

function readField(field: SyncField, where: string, context: MappingContext, override: boolean): SyncField {
  const value = field.override_value ?? ''
  if (override && value === '') throw invalid(`${where}.override_value`, 'is required')
  const read: SyncField = {
    source: override ? { model_id: nullModelId, field: '' } : readFieldSource(field, value, where, context),
    target: field.target
  }
  checkTarget(field, where, context)
  // What was not sent is not answered: clients take a default that they did not write for somebody's
  // change.
  if (value !== '') read.override_value = value
  if (field.new !== undefined && field.new !== null) read.new = field.new
  // What only sets a value is not encrypted any more.
  const ignored = override && isNewest(context.call)
  if (!ignored && field.encryption_enabled !== undefined && field.encryption_enabled !== null) {
    read.encryption_enabled = field.encryption_enabled
  }
  if (field.sync_mode) read.sync_mode = readFieldMode(field.sync_mode, where, context)
  return read
}

function readFieldSource(field: SyncField, value: string, where: string, context: MappingContext): Source {
  const { source } = field
  if (source === undefined || source === null || (source.model_id ?? '') === '') {
    throw invalid(`${where}.source`, value === '' ? 'is required, or override_value' : 'is not complete')
  }
  return checkSource(context, source, `${where}.source`)
}

function checkTarget(field: SyncField, where: string, { facts, modeName }: MappingContext): void {
  if (facts.fields === undefined) return
  const known = facts.fields.find(({ id }) => id === field.target)
  if (field.new === true) {
    if (known !== undefined || facts.fieldCreation) return
    throw invalid(`${where}.new`, `is not possible: this target gets no new fields`)
  }
  if (known === undefined) throw invalid(`${where}.target`, `is not a field of the target: ${field.target}`)
  const writable = modeName === 'update' ? known.updateable : known.createable
  if (!writable) throw invalid(`${where}.target`, `cannot be written: ${field.target}`)
  if (field.encryption_enabled === true && known.encryptable === false) {
    throw invalid(`${where}.encryption_enabled`, `is not possible for ${field.target}`)
  }
}

function readFieldMode(mode: string, where: string, context: MappingContext): string {
  if (!['create', 'update', 'updateOrCreate'].includes(mode)) {
    throw invalid(`${where}.sync_mode`, 'must be one of create, update, updateOrCreate')
  }
  if (context.mode?.supports_per_field_mode === false && mode !== context.modeName) {
    throw invalid(`${where}.sync_mode`, `is not possible in mode ${context.modeName} of this target`)
  }
  return mode
}

/** The models that the sync reads, in order of first use. */
export function modelIdsOf(fields: SyncField[], identities: readonly Identity[]): string[] {
  const ids = [
    ...identities.map(({ source }) => source.model_id),
    ...fields.map((field) => field.source?.model_id)
  ]
  return [...new Set(ids.filter((id): id is string => id !== undefined && id !== nullModelId))]
}

/** Throws 422 when a model is not joined, through relations in either direction, to the first one. */
export function mustBeRelated(models: StoredModel[]): void {
  const [base, ...others] = models
  if (base === undefined) return
  const joined = new Set([base.id])
  for (let grown = true; grown;) {
    const before = joined.size
    for (const model of models) {
      const ends = (model.relations ?? []).map(({ to }) => to.model_id)
      if (joined.has(model.id)) for (const end of ends) joined.add(end)
      else if (ends.some((end) => joined.has(end))) joined.add(model.id)
    }
    grown = joined.size > before
  }
  const alone = others.find((model) => !joined.has(model.id))
  if (alone !== undefined) {
    throw invalid('fields', `read the models "${base.name}" and "${alone.name}", which no relation joins`)
  }
}
