import { isObject, isSecret, type Json } from '../state/value.ts'

/** Secrets that the files spell out, which the saved plan must know again and may not give away. */
export interface LiteralSecrets {
  /** By a key that the plan file does not have; nothing for what the files do not spell out. */
  hashOf(source: string): string | undefined
  /** Tells whether another key would be used now. */
  keyHash(): string
}

/** Fields with a hash at each secret that the files spell out: its place alone does not tell it. */
export function withLiterals(value: Json, literals: LiteralSecrets): Json {
  if (isSecret(value)) return { ...value, spelt: literals.hashOf(value.$secret) ?? null }
  if (Array.isArray(value)) return value.map((item) => withLiterals(item, literals))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, withLiterals(part, literals)])
  )
}

/** Whether any secret is spelt out. */
export function spellsOut(value: Json, literals: LiteralSecrets): boolean {
  if (isSecret(value)) return literals.hashOf(value.$secret) !== undefined
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).some((part) => spellsOut(part, literals))
  )
}
