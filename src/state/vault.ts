import { createHmac } from 'node:crypto'

/**
 * Keeps the values of secrets under the names of their sources. It masks itself wherever it is printed or
 * serialized.
 */
export class Vault {
  readonly #entries = new Map<string, Entry>()

  /** Adds a secret. Its parts are opened when it is sent, so that planning works without its value. */
  put(source: string, parts: readonly SecretPart[], open: () => Opened): void {
    this.#entries.set(source, { parts: joined(parts), open })
  }

  /**
   * Returns the value of a secret: the only way out. Called in one place, where a request body is
   * written.
   */
  reveal(source: string): Opened {
    return this.#entries.get(source)?.open() ?? { ok: false, reason: `${source} is not known here` }
  }

  /**
   * Compares a secret with the one of another vault without showing either. It moved where any literal
   * part or any source differs, or the content of a file that both can read. Where parts are equal and
   * cannot be opened on either side, the result is unknown.
   */
  compared(source: string, other: Vault, otherSource: string): 'same' | 'moved' | 'unknown' {
    const [here, there] = [this.#entries.get(source), other.#entries.get(otherSource)]
    if (!here || !there || JSON.stringify(here.parts) !== JSON.stringify(there.parts)) return 'moved'
    if (here.parts.every(isLiteral)) return 'same'
    const [value, otherValue] = [here.open(), there.open()]
    if (value.ok && otherValue.ok) return value.value === otherValue.value ? 'same' : 'moved'
    return value.ok || otherValue.ok ? 'same' : 'unknown'
  }

  /**
   * Returns a hash of the literal parts of a secret, by a key without which guesses cannot be checked.
   * Undefined where no part is literal.
   */
  literalHash(source: string, key: () => Uint8Array): string | undefined {
    const parts = this.#entries.get(source)?.parts ?? []
    if (!parts.some((part) => isLiteral(part) || part.fallback !== undefined)) return undefined
    return createHmac('sha256', key()).update(JSON.stringify(parts)).digest('base64url')
  }

  /** Returns all values that can be opened now, for redaction. */
  known(): string[] {
    return [...this.#entries.values()].flatMap(({ open }) => {
      const opened = open()
      return opened.ok ? [opened.value] : []
    })
  }

  get sources(): string[] {
    return [...this.#entries.keys()].toSorted()
  }

  toString(): string {
    return '(vault)'
  }

  toJSON(): string {
    return '(vault)'
  }
}

interface Entry {
  parts: readonly SecretPart[]
  open: () => Opened
}

/**
 * The parts of a secret in order: literal text of a file, and sources elsewhere with their fallback.
 * Secrets are compared by these, not by the names under which they are shown.
 */
export type SecretPart = { literal: string } | { from: 'env' | 'file'; name: string; fallback?: string }

function isLiteral(part: SecretPart): part is { literal: string } {
  return 'literal' in part
}

/** Joins adjacent literal parts. */
function joined(parts: readonly SecretPart[]): SecretPart[] {
  const all: SecretPart[] = []
  for (const part of parts) {
    const last = all.at(-1)
    if (last && isLiteral(last) && isLiteral(part))
      all[all.length - 1] = { literal: last.literal + part.literal }
    else all.push(part)
  }
  return all
}

/**
 * The value of a secret, or the sentence that says what is missing (`environment variable X is not set`).
 */
export type Opened = { ok: true; value: string } | { ok: false; reason: string }
