import { isAlias, isCollection, isPair, isScalar, parseAllDocuments, visit } from 'yaml'
import type { Document, DocumentOptions, YAMLMap, YAMLSeq, ParseOptions, SchemaOptions } from 'yaml'
import { pieces, type WrittenPiece } from './written.ts'

/**
 * Signs behind the `#` of comments while a text is laid out, which say where each stood: no text of YAML may
 * hold them. The library knows of comments above and beside, but not whether one has its line for itself.
 */
const marks = {
  above: '\u0001',
  beside: '\u0002',
  dash: '\u0003',
  properties: '\u0004',
  inside: '\u0006'
} as const

/** What stands for an empty value meanwhile, so that a comment on the line below does not come beside it. */
const nothing = '\u0005'

const anySign = new RegExp(`[${nothing}${Object.values(marks).join('')}]`)
const anyMark = new RegExp(`#[${Object.values(marks).join('')}]`, 'g')

type Collection = YAMLMap | YAMLSeq
type Options = DocumentOptions & SchemaOptions & ParseOptions

/** Returns a text in which each comment says where it stands; undefined where it has such signs itself. */
export function marked(text: string, options: Options): string | undefined {
  if (anySign.test(text)) return undefined
  if (!text.includes('#')) return text
  const filled = withValues(text, options)
  const comments = pieces(filled).filter(({ beside }) => beside !== undefined)
  let at = 0
  let result = ''
  for (const piece of comments) {
    result += `${filled.slice(at, piece.at + 1)}${markOf(piece)}`
    at = piece.at + 1
  }
  return result + filled.slice(at)
}

function markOf({ isOwnLine, beside }: WrittenPiece): string {
  if (isOwnLine) return marks.above
  return beside === 'dash' ? marks.dash : beside === 'properties' ? marks.properties : marks.beside
}

/** Writes something for each value that is empty, outside of braces and brackets. */
function withValues(text: string, options: Options): string {
  const places: number[] = []
  const documents = parseAllDocuments(text, options)
  if (!Array.isArray(documents)) return text
  for (const document of documents)
    visit(document, {
      Collection: (_, { flow }) => (flow === true ? visit.SKIP : undefined),
      Scalar(key, { source, type, range }) {
        if (key !== 'key' && source === '' && type === 'PLAIN' && range) places.push(range[0])
      }
    })
  let result = text
  for (const place of places.toSorted((a, b) => b - a)) {
    const gap = /[ \n]$/.test(result.slice(0, place)) ? '' : ' '
    result = `${result.slice(0, place)}${gap}${nothing} ${result.slice(place)}`
  }
  return result
}

/** A comment below or behind the last item of a flow collection stays inside of it. */
export function stayInside(document: Document): void {
  const flows: Collection[] = []
  visit(document, { Collection: (_, node) => void (node.flow === true && flows.push(node)) })
  // From the inside out: what an outer one hands to its last item is not handed on.
  for (const node of flows.toReversed()) {
    const token = node.srcToken
    if (token?.type !== 'flow-collection' || typeof node.comment !== 'string') continue
    const lines = node.comment.split('\n')
    const behind = token.end.filter(({ type }) => type === 'comment').length
    const inner = lines.filter((line) => line !== '').length - behind
    const last: unknown = node.items.at(-1)
    const holder = isPair(last) ? (last.value ?? last.key) : last
    if (last === undefined)
      node.comment = lines
        .map((line, index) =>
          index < inner && line.startsWith(marks.above) ? `${marks.inside}${line.slice(1)}` : line
        )
        .join('\n')
    if (inner <= 0 || !(isScalar(holder) || isCollection(holder) || isAlias(holder))) continue
    holder.comment = [...(holder.comment?.split('\n') ?? []), ...lines.slice(0, inner)].join('\n')
    node.comment = lines.slice(inner).join('\n') || null
  }
}

/** Returns what was laid out, with each comment where its mark says, as far as there is a place for it. */
export function unmarked(text: string): string {
  if (!anySign.test(text)) return text
  return new Unmarking(text.split('\n'))
    .lines()
    .join('\n')
    .replaceAll(new RegExp(` ?${nothing}`, 'g'), '')
    .replaceAll(anyMark, '#')
}

/** Moves comments of lines, from the first line to the last. */
class Unmarking {
  readonly #below: string[]
  readonly #done: string[] = []

  constructor(lines: readonly string[]) {
    this.#below = lines.toReversed()
  }

  lines(): readonly string[] {
    for (let line = this.#below.pop(); line !== undefined; line = this.#below.pop()) this.#take(line)
    return this.#done
  }

  #take(line: string): void {
    const at = line.search(anyMark)
    const mark = at < 0 ? undefined : line[at + 1]
    const [before, comment] = [line.slice(0, at), line.slice(at)]
    const isOwn = before.trim() === ''
    if (mark === undefined) this.#plain(line)
    else if (mark === marks.inside) this.#inBrackets(line, before, comment)
    else if (mark === marks.above) this.#onOwnLine(before, comment)
    else if (!isOwn) this.#done.push(line)
    else if (mark === marks.dash || (mark === marks.properties && this.#isOfItem()))
      this.#besideDash(line, comment)
    else this.#besidePrevious(line, comment, mark === marks.properties)
  }

  /** Behind a comment two empty lines are one: each run would add another. */
  #plain(line: string): void {
    const [over, last] = [this.#done.at(-2) ?? '', this.#done.at(-1)]
    if (line !== '' || last !== '' || !over.trimStart().startsWith('#')) this.#done.push(line)
    else if (over.search(anyMark) < 0) this.#done.push(line)
  }

  /** A comment that came beside a value, in lines above what follows; or in front of a bracket. */
  #onOwnLine(before: string, comment: string): void {
    const next = this.#below.findLast((one) => one.trim() !== '') ?? ''
    const depth = /^ */.exec(next)?.[0] ?? ''
    const isLast = /^ *[\]}]/.test(next)
    const isBeside = before.trim() !== ''
    if (isBeside) this.#done.push(before.trimEnd())
    this.#done.push(`${isLast ? `${depth}  ` : isBeside ? depth : before}${comment}`)
  }

  /** Comments that are all that a flow collection holds. */
  #inBrackets(line: string, before: string, comment: string): void {
    const done = this.#done
    if (before.trim() !== '') done.push(before.trimEnd())
    const isOpen = done.at(-2)?.includes(`#${marks.inside}`) === true
    const [, start, close = '', beside = ''] =
      /^(.*[[{])([\]}])( #.*)?$/.exec(isOpen ? '' : (done.at(-1) ?? '')) ?? []
    const depth = /^ */.exec(done.at(-1) ?? '')?.[0] ?? ''
    if (isOpen) done.splice(-1, 0, `${depth}  ${comment}`)
    else if (start === undefined) done.push(line)
    else done.splice(-1, 1, `${start}${beside}`, `${depth}    ${comment}`, `${depth}  ${close}`)
  }

  /** Whether the anchor before a comment is that of the item below. */
  #isOfItem(): boolean {
    const item = this.#below.findLast((one) => !one.trimStart().startsWith('#')) ?? ''
    return /^ *- +[&!]/.test(item) && !/[&!]\S*$/.test(this.#done.at(-1) ?? '')
  }

  /** A comment that came above an item, behind its dash again, or behind the anchor of the item. */
  #besideDash(line: string, comment: string): void {
    const inner: string[] = []
    const lines = this.#below
    while (lines.at(-1)?.trimStart().startsWith('#') === true) inner.push(lines.pop()?.trimStart() ?? '')
    const item = lines.pop()
    const [, pad, properties = '', rest] = /^( *)- +((?:[&!]\S+(?: |$))*)(.*)$/.exec(item ?? '') ?? []
    if (pad === undefined || rest === undefined) {
      this.#done.push(line, ...inner)
      if (item !== undefined) lines.push(item)
      return
    }
    this.#done.push(`${pad}- ${properties === '' ? '' : `${properties.trimEnd()} `}${comment}`)
    if (rest !== nothing && rest !== '') lines.push(`${pad}  ${rest}`)
    lines.push(...inner.toReversed().map((one) => `${pad}  ${one}`))
  }

  /** A comment that came below what it was beside; with the anchor that stood before it. */
  #besidePrevious(line: string, comment: string, isBehindProperties: boolean): void {
    const previous = this.#done.at(-1) ?? ''
    if (previous.trim() === '' || previous.search(anyMark) >= 0) return void this.#done.push(line)
    const next = isBehindProperties ? (this.#below.at(-1) ?? '') : ''
    const [, pad = '', properties, rest = ''] = /^( *)((?:[&!]\S+(?: |$))+)(.*)$/.exec(next) ?? []
    if (properties !== undefined) this.#below.splice(-1, 1, ...(rest === '' ? [] : [`${pad}${rest}`]))
    const anchor = properties === undefined ? '' : ` ${properties.trimEnd()}`
    this.#done.splice(-1, 1, `${previous}${anchor} ${comment}`)
  }
}
