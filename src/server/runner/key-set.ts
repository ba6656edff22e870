/**
 * A set of digests that stays small with millions of them: it keeps 64 bits of each, in one table. That two
 * of four million have the same is as likely as one in two million.
 */
export class KeySet {
  #slots = new Uint32Array(2 * 1024)
  #size = 0

  get size(): number {
    return this.#size
  }

  has(key: Uint8Array): boolean {
    const [high, low] = bitsOf(key)
    return this.#slots[place(this.#slots, high, low)] !== 0
  }

  /** Adds a key. False where it was there. */
  add(key: Uint8Array): boolean {
    const [high, low] = bitsOf(key)
    const at = place(this.#slots, high, low)
    if (this.#slots[at] !== 0) return false
    this.#slots[at] = high
    this.#slots[at + 1] = low
    this.#size += 1
    if (this.#size * 3 > this.#slots.length) this.#grow()
    return true
  }

  #grow(): void {
    const before = this.#slots
    const after = new Uint32Array(before.length * 2)
    for (let at = 0; at < before.length; at += 2) {
      const [high = 0, low = 0] = [before[at], before[at + 1]]
      if (high === 0) continue
      const to = place(after, high, low)
      after[to] = high
      after[to + 1] = low
    }
    this.#slots = after
  }
}

/** The first is never 0, which marks a free slot. */
function bitsOf(key: Uint8Array): [high: number, low: number] {
  const word = (at: number): number =>
    (((key[at] ?? 0) << 24) |
      ((key[at + 1] ?? 0) << 16) |
      ((key[at + 2] ?? 0) << 8) |
      (key[at + 3] ?? 0)) >>>
    0
  return [word(0) || 1, word(4)]
}

/** The slot of a key: its own, or the free one where it belongs. There always is a free one. */
function place(slots: Uint32Array, high: number, low: number): number {
  const last = slots.length / 2 - 1
  for (let slot = (low ^ (high >>> 7)) & last; ; slot = (slot + 1) & last) {
    const at = slot * 2
    if (slots[at] === 0 || (slots[at] === high && slots[at + 1] === low)) return at
  }
}
