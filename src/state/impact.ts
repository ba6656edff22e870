import type { Json, JsonObject } from './value.ts'

/** The effect of a change on data, the gravest first. `unknown` must never be treated as safe. */
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

/** The part of a difference on which its effect depends. */
export interface ChangedField {
  path: readonly string[]
  how: 'added' | 'removed' | 'changed'
  before?: Json
  after?: Json
}

/**
 * Computes the effect of a change that the field alone does not determine. `wanted` is the whole
 * resource.
 */
export type EffectOf = (field: ChangedField, wanted: JsonObject) => Effect

/** The effect on data of changing a field, or a whole resource, and why. */
export interface DataImpact {
  effect: Effect | EffectOf
  because: string
  /** True where it also affects what uses the resource. */
  reaches?: true
  /** Impacts of parts of the field, by their dotted paths: they count before that of the field. */
  parts?: Readonly<Record<string, DataImpact>>
}

/**
 * The impacts of everything that can happen to a resource of a kind. What is missing is unknown, never
 * safe.
 */
export interface DataImpacts {
  create: DataImpact
  delete: DataImpact
  rename: DataImpact
  fields: Readonly<Record<string, DataImpact>>
}
