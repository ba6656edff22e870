import type { Json } from '../../state/value.ts'
import type { Placeholder } from './template.ts'

/**
 * The environment variables with polyctl's own API keys (R35): no placeholder may send one to the service.
 */
const ownKeys = ['POLYTOMIC_API_KEY', 'POLYTOMIC_PARTNER_KEY', 'POLYTOMIC_DEPLOYMENT_KEY'] as const

type Env = Readonly<Record<string, string | undefined>>

/** The least length of a key: a shorter one could be a part of ordinary words by chance. */
const minKeyLength = 8

/**
 * Returns the key that a placeholder names, set or not. Names of variables match in any case on Windows.
 */
export function ownKeyNamed({ from, name }: Placeholder): string | undefined {
  return from === 'env' ? ownKeys.find((key) => key === name.toUpperCase()) : undefined
}

/**
 * Returns the key that a value contains: another variable may have the same value, and a file may contain
 * the environment.
 */
export function ownKeyWithin(value: Json, env: Env): string | undefined {
  return ownKeys.find((key) => {
    const secret = env[key]?.trim() ?? ''
    return secret.length >= minKeyLength && holds(value, secret)
  })
}

function holds(value: Json, secret: string): boolean {
  if (typeof value === 'string') return value.includes(secret)
  if (value === null || typeof value !== 'object') return false
  return Object.entries(value).some(([key, part]) => key.includes(secret) || holds(part, secret))
}
