import type { Json } from '../../state/value.ts'
import type { Placeholder } from './template.ts'

/** The variables that hold the keys with which polyctl itself speaks to the service. */
const ownKeys = ['POLYTOMIC_API_KEY', 'POLYTOMIC_PARTNER_KEY', 'POLYTOMIC_DEPLOYMENT_KEY'] as const

type Env = Readonly<Record<string, string | undefined>>

/** Shorter values stand in ordinary words by chance. */
const tellingLength = 8

/** The key that a placeholder names, set or not. Windows tells the names of variables in any case. */
export function ownKeyNamed({ from, name }: Placeholder): string | undefined {
  return from === 'env' ? ownKeys.find((key) => key === name.toUpperCase()) : undefined
}

/**
 * The key that a value holds: another variable may hold the same, and a file all variables of a process.
 */
export function ownKeyWithin(value: Json, env: Env): string | undefined {
  return ownKeys.find((key) => {
    const secret = env[key]?.trim() ?? ''
    return secret.length >= tellingLength && holds(value, secret)
  })
}

function holds(value: Json, secret: string): boolean {
  if (typeof value === 'string') return value.includes(secret)
  if (value === null || typeof value !== 'object') return false
  return Object.entries(value).some(([key, part]) => key.includes(secret) || holds(part, secret))
}
