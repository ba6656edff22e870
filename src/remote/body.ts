import { isLongNumber, isObject, isSecret, type Json, type JsonObject } from '../state/value.ts'
import type { Vault } from '../state/vault.ts'

/**
 * A body as it goes over the wire, and the values that nobody may be told, in this body or another. Or the
 * sentences that say which secrets are missing.
 */
export type Revealed = { ok: true; body: JsonObject; secrets: string[] } | { ok: false; missing: string[] }

/** Puts the values of secrets into a body: the one place where they leave the vault. */
export function revealed(body: JsonObject, vault: Vault): Revealed {
  const missing: string[] = []
  const open = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(open)
    if (isLongNumber(value)) return asWritten(value.$number)
    if (!isSecret(value))
      return isObject(value)
        ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, open(inner)]))
        : value
    const opened = vault.reveal(value.$secret)
    if (!opened.ok) {
      missing.push(opened.reason)
      return null
    }
    return value.as === 'integer' ? Number(opened.value) : opened.value
  }
  const written = open(body) as JsonObject
  return missing.length > 0
    ? { ok: false, missing: [...new Set(missing)].toSorted() }
    : { ok: true, body: written, secrets: vault.known() }
}

/** A number in just these digits, wherever the body becomes text. */
function asWritten(digits: string): Json {
  return (JSON as unknown as { rawJSON: (text: string) => Json }).rawJSON(digits)
}
