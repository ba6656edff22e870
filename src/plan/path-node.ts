import type { Keyed } from './keyed.ts'

/**
 * A place of a walk inside of a resource. Nodes share their parents, and are spelled out when somebody
 * asks for the path.
 */
export class PathNode {
  readonly above: PathNode | undefined
  readonly depth: number
  readonly #part: string | Keyed
  readonly #at: string | number

  constructor(above: PathNode | undefined, part: string | Keyed, at: string | number) {
    this.above = above
    this.depth = (above?.depth ?? 0) + 1
    this.#part = part
    this.#at = at
  }

  /** The path as people read it: items of sets by key. */
  get path(): string[] {
    return [...(this.above?.path ?? []), this.#label]
  }

  /** The path as the files have it: items by position. */
  get at(): (string | number)[] {
    return [...(this.above?.at ?? []), this.#at]
  }

  /**
   * The path by which two readings are compared: items by ids in place of names, for what they refer to
   * may be renamed meanwhile.
   */
  get key(): string {
    const own =
      typeof this.#part === 'string' ? this.#part : `[${escaped(this.#part.pairing.replace(/\n1$/, ''))}]`
    return this.above === undefined ? own : `${this.above.key}.${own}`
  }

  get isItem(): boolean {
    return typeof this.#part !== 'string'
  }

  get #label(): string {
    return typeof this.#part === 'string' ? this.#part : `[${this.#part.label}]`
  }
}

/** What stands in brackets has none of its own: each ends where it ends. */
function escaped(text: string): string {
  return text.replaceAll(/[%[\]]/g, encodeURIComponent)
}

/** A path in one text: `fields[Email].source`. */
export function pathText(path: readonly string[]): string {
  return path.reduce(
    (text, part) => (text === '' || part.startsWith('[') ? `${text}${part}` : `${text}.${part}`),
    ''
  )
}
