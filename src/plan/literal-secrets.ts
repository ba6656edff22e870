import { isObject, isSecret, type Json } from '../state/value.ts'

/**
 * Secrets that are written literally in the files: a saved plan has to recognize them without revealing
 * them.
 */
export interface LiteralSecrets {
  /**
   * Hashes the literal parts of a secret with a key that the plan file does not hold. Undefined where no
   * part is literal.
   */
  hashOf(source: string): string | undefined
  /** Identifies the key: another hash means another key. */
  keyHash(): string
}

/**
 * Returns fields with a hash in place of each literal secret: the place that it comes from does not
 * identify it.
 */
export function withLiterals(value: Json, literals: LiteralSecrets): Json {
  if (isSecret(value)) return { ...value, spelt: literals.hashOf(value.$secret) ?? null }
  if (Array.isArray(value)) return value.map((item) => withLiterals(item, literals))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, withLiterals(part, literals)])
  )
}

/** Whether a value holds any literal secret. */
export function spellsOut(value: Json, literals: LiteralSecrets): boolean {
  if (isSecret(value)) return literals.hashOf(value.$secret) !== undefined
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).some((part) => spellsOut(part, literals))
  )
}
