import { isLongNumber, isObject, isSecret, type Json, type JsonObject } from '../state/value.ts'
import type { Vault } from '../state/vault.ts'

declare global {
  interface JSON {
    /** A number in just these digits, wherever the value that it stands in becomes text. */
    rawJSON(digits: string): Json
  }
}

/**
 * A body in the form in which it is sent, with the values of the secrets in it, which must not be shown.
 * Or sentences that say which secrets are missing.
 */
export type Revealed = { ok: true; body: JsonObject; secrets: string[] } | { ok: false; missing: string[] }

/**
 * Puts the values of secrets into a body: the one place where values leave the vault. Secrets of other
 * bodies are not opened.
 */
export function revealed(body: JsonObject, vault: Vault): Revealed {
  const missing = new Set<string>()
  const secrets = new Set<string>()
  const openAll = (members: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(members).map(([name, inner]) => [name, open(inner)]))
  const open = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(open)
    if (isLongNumber(value)) return JSON.rawJSON(value.$number)
    if (!isSecret(value)) return isObject(value) ? openAll(value) : value
    const opened = vault.reveal(value.$secret)
    if (!opened.ok) {
      missing.add(opened.reason)
      return null
    }
    secrets.add(opened.value)
    return value.as === 'integer' ? Number(opened.value) : opened.value
  }
  const written = openAll(body)
  return missing.size > 0
    ? { ok: false, missing: [...missing].toSorted() }
    : { ok: true, body: written, secrets: [...secrets] }
}
