import { createHmac } from 'node:crypto'

/**
 * Where the values of secrets are kept, under the names of where they come from. It masks itself in
 * everything that prints or stores it.
 */
export class Vault {
  readonly #entries = new Map<string, Entry>()

  /** `open` is called only when the secret is about to be sent, so that planning works without it. */
  put(source: string, parts: readonly SecretPart[], open: () => Opened): void {
    this.#entries.set(source, { parts: joined(parts), open })
  }

  /** The only way out. Called in one place: where a request body is written. */
  reveal(source: string): Opened {
    return this.#entries.get(source)?.open() ?? { ok: false, reason: `${source} is not known here` }
  }

  /**
   * Whether a secret is another one than it was: nobody learns which it is. It moved where any literal part
   * or any source differs, or a file that both can be read of. What is made of the same, and can be opened
   * neither here nor there, is unknown.
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
   * A hash of the text that the files spell out of a secret, which nobody can check guesses against without
   * the key. Nothing where they spell out none.
   */
  literalHash(source: string, key: () => Uint8Array): string | undefined {
    const parts = this.#entries.get(source)?.parts ?? []
    if (!parts.some((part) => isLiteral(part) || part.fallback !== undefined)) return undefined
    return createHmac('sha256', key()).update(JSON.stringify(parts)).digest('base64url')
  }

  /** All values that can be opened now: for taking them out of somebody else's words. */
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
 * What a secret is made of, in its order: text that stands in a file, and sources elsewhere with the text
 * that they fall back on. By this two secrets are told apart, never by the name under which they are shown.
 */
export type SecretPart = { literal: string } | { from: 'env' | 'file'; name: string; fallback?: string }

function isLiteral(part: SecretPart): part is { literal: string } {
  return 'literal' in part
}

/** Text beside text is one text, however it was come by. */
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

/** A secret's value, or the sentence that says what is missing (`environment variable X is not set`). */
export type Opened = { ok: true; value: string } | { ok: false; reason: string }
