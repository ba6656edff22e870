import { isLongNumber, isReference, isSecret, type Json } from '../state/value.ts'

/** Readers need not know our tags: a reference says what it names, a secret where it comes from. */
export function valueJson(value: Json | undefined): Json {
  if (value === undefined || value === null || typeof value !== 'object') return value ?? null
  if (Array.isArray(value)) return value.map(valueJson)
  if (isLongNumber(value)) return { number: value.$number }
  if (isSecret(value)) return { secret: value.$secret }
  if (isReference(value)) {
    return { reference: { kind: value.$ref, name: value.name ?? null, id: value.id ?? null } }
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, valueJson(part)]))
}
