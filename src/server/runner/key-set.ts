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

  has(key: string): boolean {
    const [high, low] = bitsOf(key)
    return this.#slots[place(this.#slots, high, low)] !== 0
  }

  /** Adds a key. False where it was there. */
  add(key: string): boolean {
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

/** 64 bits of a digest in base64url. The first 32 are never 0, which marks a free slot. */
function bitsOf(key: string): [high: number, low: number] {
  const [shared, last] = [bits(key, 5), bits(key, 10)]
  const high = ((four(key, 0) << 8) | (bits(key, 4) << 2) | (shared >>> 4)) >>> 0
  const low = ((shared << 28) | (four(key, 6) << 4) | (last >>> 2)) >>> 0
  return [high || 1, low]
}

/** The bits of four characters. */
function four(key: string, at: number): number {
  return (bits(key, at) << 18) | (bits(key, at + 1) << 12) | (bits(key, at + 2) << 6) | bits(key, at + 3)
}

/** The six bits of a character. */
function bits(key: string, at: number): number {
  return sixBits[key.charCodeAt(at)] ?? 0
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const sixBits = new Uint8Array(128)
for (let value = 0; value < alphabet.length; value += 1) sixBits[alphabet.charCodeAt(value)] = value

/** The slot of a key: its own, or the free one where it belongs. There always is a free one. */
function place(slots: Uint32Array, high: number, low: number): number {
  const last = slots.length / 2 - 1
  for (let slot = (low ^ (high >>> 7)) & last; ; slot = (slot + 1) & last) {
    const at = slot * 2
    if (slots[at] === 0 || (slots[at] === high && slots[at + 1] === low)) return at
  }
}
