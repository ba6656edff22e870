import type { YamlNode } from '../source/index.ts'
import { blockScalarAt } from './block-scalar.ts'
import { columnOf, lineStart } from './style.ts'

/** Where parts of a text are: lines, and the extent of nodes with what belongs to them. */
export class TextPlaces {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  lineStart(offset: number): number {
    return lineStart(this.text, offset)
  }

  /** The offset of the end of a line, before its line break. */
  lineEnd(offset: number): number {
    const end = this.text.indexOf('\n', offset)
    if (end === -1) return this.text.length
    return end > offset && this.text[end - 1] === '\r' ? end - 1 : end
  }

  /** The start of the next line; the end of the text after the last one. */
  nextLine(offset: number): number {
    const end = this.text.indexOf('\n', offset)
    return end === -1 ? this.text.length : end + 1
  }

  line(offset: number): string {
    return this.text.slice(this.lineStart(offset), this.lineEnd(offset))
  }

  isFirstOnLine(offset: number): boolean {
    return this.text.slice(this.lineStart(offset), offset).trim() === ''
  }

  /** Whether a node is written in one piece, not as a block of lines with keys or dashes. */
  isFlow({ is, start }: YamlNode): boolean {
    return is === 'scalar' || '[{*'.includes(this.text.charAt(start))
  }

  /** Returns the offset behind the last letter of a node. `column` is that of the key or dash before it. */
  end(node: YamlNode, column: number): number {
    if (node.is === 'scalar') {
      const sign = this.text.charAt(node.start)
      const block =
        '|>'.includes(sign) && sign !== '' ? blockScalarAt(this.text, node.start, column) : undefined
      return block?.end ?? node.end
    }
    if (this.isFlow(node)) return node.end
    const floor = Math.max(node.start, ...this.#ownEnds(node))
    let end = Math.max(node.end, floor)
    for (;;) {
      while (end > floor && /\s/.test(this.text.charAt(end - 1))) end -= 1
      const start = this.lineStart(end)
      if (start <= floor || !/^\s*#/.test(this.text.slice(start, end))) break
      end = start
    }
    return end > this.lineEnd(floor) ? end : floor
  }

  #ownEnds(node: Exclude<YamlNode, { is: 'scalar' }>): number[] {
    if (node.is === 'list')
      return node.items.map((item) => this.end(item, columnOf(this.text, this.dash(item.start))))
    return node.entries
      .filter(({ keyStart }) => keyStart >= node.start && keyStart <= node.end)
      .map(({ keyStart, keyEnd, value }) => {
        const isOwn = value.start >= keyEnd
        const end = isOwn ? this.end(value, columnOf(this.text, keyStart)) : keyEnd
        return value.start === value.end ? this.colon(keyEnd) : end
      })
  }

  /**
   * Whether comments stand in a range of lines, or right below it, that are indented deeper than a column:
   * a block scalar that is written before them would take them for its text.
   */
  hasCommentsBelow(start: number, end: number, column: number): boolean {
    const isDeep = (line: string): boolean => line.trimStart().startsWith('#') && line.search(/\S/) > column
    let next = this.nextLine(end)
    while (next < this.text.length && this.line(next).trim() === '') next = this.nextLine(next)
    const below = next < this.text.length ? this.line(next) : ''
    return [...this.text.slice(this.nextLine(start), end).split('\n'), below].some(isDeep)
  }

  /** Returns the offset behind the colon of a key. */
  colon(keyEnd: number): number {
    const at = keyEnd + (/^\s*/.exec(this.text.slice(keyEnd, keyEnd + 80))?.[0].length ?? 0)
    return this.text.charAt(at) === ':' ? at + 1 : keyEnd
  }

  /** Returns the offset behind anchors that follow a colon or a dash on the same line. */
  behindAnchors(offset: number): number {
    const found = /^(?:[ \t]+[&!][^\s,[\]{}]*)*/.exec(this.text.slice(offset, this.lineEnd(offset)))
    return offset + (found?.[0].length ?? 0)
  }

  /** Returns the offset of the dash of an item. */
  dash(start: number): number {
    let end = start
    for (let isFirst = true; ; isFirst = false) {
      const line = this.lineStart(end)
      const whole = this.text.slice(line, end)
      const words = (isFirst ? whole : whole.trimEnd().replace(/(^|\s)#.*$/, ''))
        .replace(/(?:[&!]\S+\s+)+$/, '')
        .replace(/(?<=\s)[&!]\S+$/, '')
        .trimEnd()
      if (words.endsWith('-')) return line + words.length - 1
      if (words !== '' || line === 0) return start
      end = line - 1
    }
  }
}
