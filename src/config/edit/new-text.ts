import { textOf } from '../../state/value.ts'
import type { YamlNode } from '../source/index.ts'
import { valueOfDraft, type Draft } from './draft.ts'
import { blockScalarLines } from './block-scalar.ts'
import { keyText, quotingOf, scalarText, type Quoting } from './scalar-text.ts'
import type { Style } from './style.ts'

/** Writes values that a file does not have yet. */
export class NewText {
  readonly #text: string
  readonly #style: Style
  readonly #mayBlock: boolean

  /** Without `mayBlock`, texts of several lines are quoted. */
  constructor(text: string, style: Style, mayBlock = true) {
    this.#text = text
    this.#style = style
    this.#mayBlock = mayBlock
  }

  /** Whether a value is to stand in one line: as its neighbour does, or as the file has short ones. */
  isFlow(draft: Draft): boolean {
    if (draft.is === 'scalar') return false
    const own = draft.is === 'list' ? draft.items : draft.entries
    if (own.length === 0) return true
    const like = styledAfter(draft)
    if (like) return '[{'.includes(this.#text.charAt(like.start))
    const isUsual = draft.is === 'list' ? this.#style.flowLists : this.#style.flowMappings
    return isUsual && isShallow(draft) && this.flow(draft).length <= 72
  }

  /** Writes a value for the inside of a flow collection, or for one line. */
  flow(draft: Draft, isInside = true): string {
    if (draft.is === 'scalar') return this.#scalar(draft, isInside)
    if (draft.is === 'list') return `[${draft.items.map((item) => this.flow(item)).join(', ')}]`
    if (draft.entries.length === 0) return '{}'
    const inner = draft.entries.map(({ key, draft: value }) => this.flowEntry(key, value))
    return this.#style.isPadded ? `{ ${inner.join(', ')} }` : `{${inner.join(', ')}}`
  }

  /** Writes an entry of a flow mapping. */
  flowEntry(key: string, draft: Draft): string {
    return `${keyText(key, true)}: ${this.flow(draft)}`
  }

  /**
   * Writes a value below or behind a key, or behind a dash. The first line goes on behind that; an empty one
   * says that all of the value is below. `column` is that of the key or dash.
   */
  block(draft: Draft, column: number, isItem: boolean): string[] {
    if (draft.is === 'scalar') return this.#blockScalar(draft, column) ?? [this.#scalar(draft, false)]
    if (this.isFlow(draft)) return [this.flow(draft)]
    const inner =
      column + (draft.is === 'list' && !isItem ? this.#style.dash : isItem ? 2 : this.#style.step)
    const lines = this.children(draft, inner)
    if (!isItem) return ['', ...lines]
    return [(lines[0] ?? '').slice(inner), ...lines.slice(1)]
  }

  /** Writes the items or entries of a block collection, each from the given column on. */
  children(draft: Exclude<Draft, { is: 'scalar' }>, column: number): string[] {
    return draft.is === 'list'
      ? draft.items.flatMap((item) => this.item(item, column))
      : draft.entries.flatMap(({ key, draft: value }) => this.entry(key, value, column))
  }

  /** Writes an item of a block list. */
  item(draft: Draft, column: number): string[] {
    return headed(`${' '.repeat(column)}-`, this.block(draft, column, true))
  }

  /** Writes an entry of a block mapping. */
  entry(key: string, draft: Draft, column: number): string[] {
    return headed(`${' '.repeat(column)}${keyText(key, false)}:`, this.block(draft, column, false))
  }

  #scalar(draft: Draft, isInside: boolean): string {
    const wanted = this.#quotingLike(draft)
    return scalarText(valueOfDraft(draft), wanted, isInside, this.#style.quotes)
  }

  /** Quotes of a neighbour are taken over for texts only. */
  #quotingLike(draft: Draft): Quoting {
    const like = styledAfter(draft)
    if (like?.is !== 'scalar' || typeof like.value !== 'string') return 'plain'
    return quotingOf(this.#text.slice(like.start, like.end))
  }

  #blockScalar(draft: Draft, column: number): string[] | undefined {
    const value = valueOfDraft(draft)
    if (!this.#mayBlock || typeof value !== 'string' || !/.\n./s.test(value)) return undefined
    return blockScalarLines(value, {
      sign: '|',
      keeps: false,
      rest: '',
      indent: column + this.#style.step,
      width: 0
    })
  }
}

/**
 * The node of the file that a value is to look like: what stood in its place, of which nothing may be
 * left, or its neighbour, which may be new itself.
 */
function styledAfter(draft: Draft): YamlNode | undefined {
  if (draft.was?.is === draft.is && hasParts(draft.was)) return draft.was
  for (let like = draft.like; like?.is === draft.is; like = like.like) if (like.was) return like.was
  return undefined
}

function hasParts(node: YamlNode): boolean {
  if (node.is === 'list') return node.items.length > 0
  return node.is === 'mapping' && node.entries.length > 0
}

function headed(head: string, [first = '', ...others]: readonly string[]): string[] {
  return [first === '' ? head : `${head} ${first}`, ...others]
}

function isShallow(draft: Exclude<Draft, { is: 'scalar' }>): boolean {
  const parts = draft.is === 'list' ? draft.items : draft.entries.map((entry) => entry.draft)
  return (
    parts.length <= 8 &&
    parts.every((part) => part.is === 'scalar' && !textOf(valueOfDraft(part)).includes('\n'))
  )
}
