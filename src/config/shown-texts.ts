/**
 * Redacted texts of files for code frames, by path. Each is computed at its first use: a run without
 * problems needs none.
 */
export class ShownTexts extends Map<string, string> {
  readonly #pending = new Map<string, () => string>()

  defer(path: string, make: () => string): void {
    super.set(path, '')
    this.#pending.set(path, make)
  }

  /** Adds the texts of another map under other paths, without computing them. */
  adopt(other: ShownTexts, nameOf = (path: string): string => path): void {
    for (const path of other.keys()) this.defer(nameOf(path), () => other.get(path) ?? '')
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
