import type { SourceText, YamlNode } from '../source/index.ts'
import { quotingOf, type Quoting } from './scalar-text.ts'

/** How a file is written: what is new in it is written likewise. */
export interface Style {
  lineEnd: '\n' | '\r\n'
  /** Columns from a key to the keys below it. */
  step: number
  /** Columns from a key to the dashes below it. */
  dash: number
  /** `{ a: 1 }` rather than `{a: 1}`. */
  isPadded: boolean
  /** How texts are quoted that need it. */
  quotes: Exclude<Quoting, 'plain'>
  /** Short mappings, and short lists, stand in one line. */
  flowMappings: boolean
  flowLists: boolean
}

/** Reads how a document is written. What it does not show is as most files have it. */
export function styleOf({ text }: SourceText, root: YamlNode | undefined): Style {
  const firstEnd = text.indexOf('\n')
  const seen = new Sample(text)
  if (root) seen.walk(root)
  return {
    lineEnd: firstEnd > 0 && text[firstEnd - 1] === '\r' ? '\r\n' : '\n',
    step: seen.step ?? 2,
    dash: seen.dash ?? 2,
    isPadded: seen.isPadded ?? true,
    quotes: seen.single > seen.double ? 'single' : 'double',
    flowMappings: seen.flowMappings > seen.blockMappings / 4,
    flowLists: seen.flowLists > 0
  }
}

/** The start of the line of an offset. Before the first letter there is none, whatever that letter is. */
export function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1
}

/** The column of an offset. */
export function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset)
}

class Sample {
  step: number | undefined
  dash: number | undefined
  isPadded: boolean | undefined
  single = 0
  double = 0
  flowMappings = 0
  blockMappings = 0
  flowLists = 0
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  walk(node: YamlNode): void {
    const sign = this.#text.charAt(node.start)
    if (sign === '*') return
    if (node.is === 'scalar') this.#scalar(sign)
    else if (node.is === 'list') {
      if (sign === '[') this.flowLists += 1
      for (const item of node.items) this.walk(item)
    } else this.#mapping(node)
  }

  #scalar(sign: string): void {
    const quoting = quotingOf(sign)
    if (quoting === 'single') this.single += 1
    if (quoting === 'double') this.double += 1
  }

  #mapping(node: Extract<YamlNode, { is: 'mapping' }>): void {
    const isFlow = this.#text.charAt(node.start) === '{'
    if (isFlow) {
      this.flowMappings += 1
      if (node.entries.length > 0) this.isPadded ??= /[ \n\r]/.test(this.#text.charAt(node.start + 1))
    } else this.blockMappings += 1
    for (const { keyStart, value } of node.entries) {
      // What `<<` brings is read where it is written.
      if (keyStart < node.start || keyStart > node.end) continue
      if (!isFlow) this.#distance(keyStart, value)
      this.walk(value)
    }
  }

  #distance(keyStart: number, value: YamlNode): void {
    const sign = this.#text.charAt(value.start)
    const columns = columnOf(this.#text, value.start) - columnOf(this.#text, keyStart)
    if (value.is === 'list' && sign === '-') this.dash ??= columns
    if (value.is === 'mapping' && !'{*'.includes(sign) && columns > 0) this.step ??= columns
  }
}
