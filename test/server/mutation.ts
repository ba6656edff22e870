import * as fc from 'fast-check'

/** Replaces one part of a request, however deep, with something else. */
export function mutated(value: unknown, path: number[], by: unknown): unknown {
  if (typeof value !== 'object' || value === null || path.length === 0) return by
  const entries = Object.entries(value)
  const [step = 0, ...rest] = path
  const chosen = entries[step % Math.max(entries.length, 1)]
  if (chosen === undefined) return by
  const [key, old] = chosen
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value)
    ? [...(value as unknown[])]
    : { ...value }
  ;(copy as Record<string, unknown>)[key] = mutated(old, rest, by)
  return copy
}

/** The way to a part of a request. */
export const steps = fc.array(fc.nat(20), { minLength: 1, maxLength: 5 })

/** What may be put there: anything, and what trips servers up. */
export const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom('', null, '********', 'constructor', '__proto__', 'toString', [], {})
)
