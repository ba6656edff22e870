import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { BulkDestination, BulkSource } from '../wire/bulk-sync.ts'
import type { TypeCapabilities } from '../wire/connection.ts'
import type { PickValue, SourceMeta, TargetFields, TargetObjects } from '../wire/enumeration.ts'
import type { ModelField } from '../wire/model.ts'
import type { Live, Path } from './resource.ts'
import type { Json, JsonObject } from './value.ts'

/**
 * What a plan asks the service before it is shown: whether that exists which the files name in connected
 * systems. Questions are plain data, and equal ones are asked once.
 */

/** The live resource that is looked into. */
export interface Inspected {
  kind: string
  id: string
  /** As people know it: `connection "Salesforce"`. */
  address: string
}

/** What each question is answered with. */
export interface Answers {
  /** What may be chosen for what is read, given what is chosen already. */
  source: SourceMeta
  /** The fields of what is read. */
  'source fields': ModelField[]
  /** The objects that can be written to, and whether new ones can be made. */
  targets: TargetObjects
  /** What a property of new objects may be. */
  'creation values': PickValue[]
  /** The fields of one object that is written to, and what it supports. */
  target: TargetFields
  /** The schemas that can be copied. */
  schemas: BulkSource
  /** How schemas can be written. */
  destination: BulkDestination
  /** What each type of connections can be used for. */
  types: TypeCapabilities[]
}

/** What each question needs to be asked, beside the resource that is looked into. */
interface Details {
  source: { chosen: Record<string, string> }
  'source fields': { chosen: Record<string, string> }
  targets: { withValues?: true }
  'creation values': { property: string }
  target: { object: string }
  schemas: { withFields: boolean }
  destination: object
  types: object
}

/** A question; of one sort, or of any. */
export type Question<A extends keyof Answers = keyof Answers> = {
  [K in A]: { about: K; at: Inspected } & Details[K]
}[A]

/** An answer, or why there is none. Whoever is refused has been understood: it may be about the question. */
export type ServiceAnswer<T> = { ok: true; value: T } | { ok: false; refused: boolean; words: string }

/** A resource as it will be: what is wanted, where a plan makes or keeps it so, and what is live. */
export interface PlannedResource {
  kind: string
  /** `sync "Users"` */
  address: string
  wanted?: JsonObject
  live?: Live
  /** The fields that the plan changes; of a new resource all that are stated. */
  differs: ReadonlySet<string>
}

/** What a check has at hand. */
export interface Inquiry {
  /** Undefined as long as there is no answer: the check is run again when there is one. */
  ask<A extends keyof Answers>(question: Question<A>): ServiceAnswer<Answers[A]> | undefined
  /** What a reference of a resource stands for. Undefined where nothing tells. */
  find(reference: Json | undefined, from: PlannedResource): PlannedResource | undefined
  /** Told of what cannot be looked into before the plan is carried out, for the plan makes or changes it. */
  postpone(looked: PlannedResource): void
  /** Names of fields that the same plan adds to schemas of what is looked into: no answer has them yet. */
  addedTo(inspected: Inspected): readonly string[]
  /** Names like this one among those of a scope; the candidates of a scope are always the same. */
  similar(name: string, scope: string, candidates: () => readonly string[]): readonly string[]
}

/** What a check found: a mistake at a path of the fields, or that something could not be known. */
export type Finding = Mistake | Unasked

/** A mistake, or what may be one. */
export interface Mistake {
  path: Path
  code: Diagnostic['code']
  severity?: Diagnostic['severity']
  message: string
  label: string
  notes?: string[]
  help?: string[]
}

/** The service could not tell what was to be known of this place. */
export interface Unasked {
  unasked: Inspected
  why: string
}
