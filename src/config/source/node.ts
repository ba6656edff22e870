import type { Span } from '../../diagnostics/diagnostic.ts'
import type { Path } from '../../state/resource.ts'
import type { Json, JsonObject } from '../../state/value.ts'

/**
 * A node of YAML: the shape of a file with offsets, and nothing else. Much smaller than
 * the parser's own nodes, so that it can be kept for as long as somebody may ask for a place.
 */
export type YamlNode = ScalarNode | ListNode | MappingNode

/**
 * A single value. Numbers are held exactly, and what looks like a date is a string. `start` and `end` are
 * offsets into the file, in UTF-16 units, the same in all that is written.
 */
export interface ScalarNode {
  is: 'scalar'
  value: string | number | boolean | null
  start: number
  end: number
}

interface ListNode {
  is: 'list'
  items: YamlNode[]
  start: number
  end: number
}

/** Each key is here once, in the order of the file; what `<<` takes over comes after the rest. */
export interface MappingNode {
  is: 'mapping'
  entries: MappingEntry[]
  start: number
  end: number
}

/**
 * A key with its value. Its places may lie outside of the mapping that has it: they are where it is
 * written, and an alias or `<<` takes it over from there.
 */
export interface MappingEntry {
  key: string
  keyStart: number
  keyEnd: number
  value: YamlNode
}

/**
 * A file that was read. Lines are counted here, when the first place is asked for: the parser miscounts
 * some of those it stumbles over.
 */
export class SourceText {
  readonly path: string
  readonly text: string
  #lineStarts: number[] | undefined

  constructor(path: string, text: string) {
    this.path = path
    this.text = text
  }

  span(start: number, end: number): Span {
    return { path: this.path, start: this.#position(start), end: this.#position(end) }
  }

  #position(offset: number): Span['start'] {
    this.#lineStarts ??= lineStarts(this.text)
    let low = 0
    let high = this.#lineStarts.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle
      else high = middle
    }
    return { line: low + 1, column: offset - (this.#lineStarts[low] ?? 0) + 1, offset }
  }
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** A node, the key it stands under, and whether the whole path is written or only a part of it. */
export interface Location {
  node: YamlNode
  key: { start: number; end: number } | undefined
  complete: boolean
}

/** Undefined for a missing key, and for what is no mapping at all. */
export function entryOf(node: YamlNode, key: string): MappingEntry | undefined {
  if (node.is !== 'mapping') return undefined
  if (node.entries.length < fewEntries) return node.entries.find((entry) => entry.key === key)
  let index = entryIndexes.get(node)
  if (!index) entryIndexes.set(node, (index = new Map(node.entries.map((entry) => [entry.key, entry]))))
  return index.get(key)
}

/** Up to here, looking one by one is as fast as an index. */
export const fewEntries = 32
const entryIndexes = new WeakMap<MappingNode, ReadonlyMap<string, MappingEntry>>()

/**
 * Follows a path as far as it is written: what is not written for itself is said by its nearest written
 * parent.
 */
export function locate(root: YamlNode, path: Path, key?: Location['key']): Location {
  const place: Location = { node: root, key, complete: true }
  for (const part of path) {
    const entry = typeof part === 'string' ? entryOf(place.node, part) : undefined
    const item = typeof part === 'number' && place.node.is === 'list' ? place.node.items[part] : undefined
    if (entry) {
      place.node = entry.value
      place.key = { start: entry.keyStart, end: entry.keyEnd }
    } else if (item) {
      place.node = item
      place.key = undefined
    } else {
      return { ...place, complete: false }
    }
  }
  return place
}

/**
 * The smallest span that shows a value: the scalar or one-line collection itself, else the key above
 * it, else its first line.
 */
export function valueSpan(source: SourceText, { node, key }: Location): Span {
  const text = source.text.slice(node.start, node.end)
  const oneLine = node.is === 'scalar' ? node.end > node.start : /^[[{*].*$/.test(text)
  if (oneLine) return source.span(node.start, node.end)
  if (key) return source.span(key.start, key.end)
  return headSpan(source, node)
}

/**
 * The text of a scalar as it is written; undefined for what is no scalar, is not there, or is written
 * elsewhere, behind an alias.
 */
export function scalarText(source: SourceText, root: YamlNode, path: Path): string | undefined {
  const { node, complete } = locate(root, path)
  const text = source.text.slice(node.start, node.end)
  return complete && node.is === 'scalar' && !text.startsWith('*') ? text : undefined
}

/** The key of a value, where it has one: for what is unknown, missing or written twice. */
export function keySpan(source: SourceText, place: Location): Span {
  return place.key ? source.span(place.key.start, place.key.end) : headSpan(source, place.node)
}

/** The beginning of something that has no key, as an item of a list: its first key, or its first line. */
export function headSpan(source: SourceText, node: YamlNode): Span {
  const first = node.is === 'mapping' ? node.entries[0] : undefined
  if (first && first.keyStart >= node.start && first.keyEnd <= node.end)
    return source.span(first.keyStart, first.keyEnd)
  const line = source.text.slice(node.start, node.end).split(/\r?\n/, 1)[0] ?? ''
  return source.span(node.start, node.start + line.trimEnd().length)
}

/** Returns the type of a value in the words of people who write YAML. */
export function typeWord(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  return `a ${typeof value}`
}

/** Returns the value of a node: placeholders are still text. */
export function valueOfNode(node: YamlNode): Json {
  if (node.is === 'scalar') return node.value
  return node.is === 'list' ? node.items.map(valueOfNode) : valueOfMapping(node)
}

/** Returns the value of a mapping. */
export function valueOfMapping(node: MappingNode): JsonObject {
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, valueOfNode(value)]))
}

/**
 * Returns true for an unknown key that may be repeated. One without a value may be a value itself:
 * `password S3cret` without its colon is a key in YAML.
 */
export function isKeyName(key: string, hasValue: boolean): boolean {
  return hasValue && /^[A-Za-z_][\w-]{0,59}$/.test(key)
}
