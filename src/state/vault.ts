/**
 * Where the values of secrets are kept, under the names of where they come from. It masks itself in
 * everything that prints or stores it.
 */
export class Vault {
  readonly #entries = new Map<string, () => Opened>()

  /** `open` is called only when the secret is about to be sent, so that planning works without it. */
  put(source: string, open: () => Opened): void {
    this.#entries.set(source, open)
  }

  /** The only way out. Called in one place: where a request body is written. */
  reveal(source: string): Opened {
    return this.#entries.get(source)?.() ?? { ok: false, reason: `${source} is not known here` }
  }

  /** Whether two sources hold the same value now; nobody learns which. False where one cannot be opened. */
  same(source: string, other: Vault, otherSource: string): boolean {
    const [here, there] = [this.#entries.get(source)?.(), other.#entries.get(otherSource)?.()]
    return here?.ok === true && there?.ok === true && here.value === there.value
  }

  /** All values that can be opened now: for taking them out of somebody else's words. */
  known(): string[] {
    return [...this.#entries.values()].flatMap((open) => {
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

/** A secret's value, or the sentence that says what is missing (`environment variable X is not set`). */
export type Opened = { ok: true; value: string } | { ok: false; reason: string }
