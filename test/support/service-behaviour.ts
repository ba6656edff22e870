import type { Json, JsonObject } from '../../src/state/value.ts'
import { isObject, textOf } from '../../src/state/value.ts'
import type { ApiVersion } from '../../src/wire/common.ts'

/**
 * What the real service does to a body, as small as it can be said and apart from both our kinds and our server: it fills ids, gives
 * labels, merges, drops, derives, and answers nothing, null, empty or default for whatever was not sent.
 */
export interface ServiceBehaviour {
  version: ApiVersion
  /** How it answers what was not sent: not at all, as null, or as its default. */
  unset: 'absent' | 'null' | 'filled'
  /** Sets come back in another order. */
  reversed: boolean
  /** Nested secrets are flagged nowhere: some answers mask them, some do not. */
  masksNested: boolean
  /** Whether syncs are answered in the newer shape beside the older. */
  shape?: 'older' | 'newest'
}

export type Echo = (body: JsonObject, behaviour: ServiceBehaviour, before?: JsonObject) => JsonObject

export const nobody = '00000000-0000-0000-0000-000000000000'
export const actor = { id: nobody, name: 'Ada', type: 'user' }

/** Every name has an id, made of the kind and the name. */
export function idFor(kind: string, name: string): string {
  const digits = Array.from(`${kind}/${name}`)
    .map((letter) => letter.codePointAt(0)!.toString(16).padStart(2, '0'))
    .join('')
  const [a, b] = [digits.slice(-12).padStart(12, '0'), digits.slice(-20, -12).padStart(8, '0')]
  return `${b}-0000-4000-8000-${a}`
}

export const bookkeeping = (kind: string, body: JsonObject): JsonObject => ({
  id: idFor(kind, textOf(body['name'])),
  organization_id: nobody,
  name: body['name']!,
  created_at: '2024-01-15T09:30:00Z',
  created_by: actor,
  updated_at: '2024-01-15T09:30:00Z',
  updated_by: actor
})

export function unset(behaviour: ServiceBehaviour, filled: Json): JsonObject[string] | undefined {
  return behaviour.unset === 'absent' ? undefined : behaviour.unset === 'null' ? null : filled
}

export function present(fields: Record<string, Json | undefined>): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as JsonObject
}

export const listOf = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : [])
export const objects = (value: Json | undefined): JsonObject[] => listOf(value).filter(isObject)
export const isNothing = (value: Json | undefined) => value === undefined || value === null || value === ''

export function inOrder<T>(items: T[], behaviour: ServiceBehaviour): T[] {
  return behaviour.reversed ? items.toReversed() : items
}
