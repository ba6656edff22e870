import type { Json, JsonObject } from './value.ts'

/** From what cannot be told to what does nothing to data; `unknown` is never to be read as safe. */
export type Effect =
  | 'may duplicate'
  | 'writes everything again'
  | 'first run'
  | 'unknown'
  | 'reads something else'
  | 'other records'
  | 'other values'
  | 'no longer written'
  | 'stops'
  | 'runs more often'
  | 'runs less often'
  | 'none'

/** A difference, as far as its effect depends on it. */
export interface ChangedField {
  path: readonly string[]
  how: 'added' | 'removed' | 'changed'
  before?: Json
  after?: Json
}

/** The effect of a change, where the field alone does not say it. `wanted` is the whole resource. */
export type EffectOf = (field: ChangedField, wanted: JsonObject) => Effect

/** What a change of a field, or of a whole resource, does to data, and why. */
export interface DataImpact {
  effect: Effect | EffectOf
  because: string
  /** What uses the resource is reached as well. */
  reaches?: true
  /** Of parts of the field, by their dotted paths: they count before the field itself. */
  parts?: Readonly<Record<string, DataImpact>>
}

/** Of each thing that can happen to a resource of a kind. What is not in it is unknown, never safe. */
export interface DataImpacts {
  create: DataImpact
  delete: DataImpact
  rename: DataImpact
  fields: Readonly<Record<string, DataImpact>>
}
