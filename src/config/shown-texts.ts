/**
 * Texts of files as frames may show them, by path. Each is made when it is first asked for: a run without
 * problems shows none.
 */
export class ShownTexts extends Map<string, string> {
  readonly #pending = new Map<string, () => string>()

  later(path: string, make: () => string): void {
    super.set(path, '')
    this.#pending.set(path, make)
  }

  /** Takes over what another one has, still unmade, under other names. */
  adopt(other: ShownTexts, nameOf = (path: string): string => path): void {
    for (const path of other.keys()) this.later(nameOf(path), () => other.get(path) ?? '')
  }

  override get(path: string): string | undefined {
    const make = this.#pending.get(path)
    if (make) {
      this.#pending.delete(path)
      super.set(path, make())
    }
    return super.get(path)
  }

  override *entries(): MapIterator<[string, string]> {
    for (const path of this.keys()) yield [path, this.get(path) ?? '']
  }

  override [Symbol.iterator](): MapIterator<[string, string]> {
    return this.entries()
  }

  override *values(): MapIterator<string> {
    for (const [, text] of this.entries()) yield text
  }
}
