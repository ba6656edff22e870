import type { Span } from '../../diagnostics/diagnostic.ts'
import type { Path } from '../../state/resource.ts'
import type { Json, JsonObject } from '../../state/value.ts'

/**
 * A YAML node with its offsets. It is much smaller than the nodes of the parser, so that all nodes can be
 * kept until the end of a run for spans of problems.
 */
export type YamlNode = ScalarNode | ListNode | MappingNode

/**
 * A scalar. A number is exactly that of the file, and a date is a string. `start` and `end` are offsets
 * into the file, in UTF-16 code units, in this and all other nodes.
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

/** A mapping with unique keys, in the order of the file; entries merged by `<<` come last. */
export interface MappingNode {
  is: 'mapping'
  entries: MappingEntry[]
  start: number
  end: number
}

/**
 * A key with its value. The offsets are those of the key where it is written: outside of the mapping, if an
 * alias or `<<` brings the entry.
 */
export interface MappingEntry {
  key: string
  keyStart: number
  keyEnd: number
  value: YamlNode
}

/**
 * A file that was read. Lines are counted when the first span is computed, and not by the parser, which
 * miscounts them after some mistakes.
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

/**
 * The node at a path, its key, and whether the file has the whole path (`complete`) or only its beginning.
 */
export interface Location {
  node: YamlNode
  key: { start: number; end: number } | undefined
  complete: boolean
}

/** Returns the entry of a key; undefined if the key is missing or the node is no mapping. */
export function entryOf(node: YamlNode, key: string): MappingEntry | undefined {
  if (node.is !== 'mapping') return undefined
  if (node.entries.length < fewEntries) return node.entries.find((entry) => entry.key === key)
  let index = entryIndexes.get(node)
  if (!index) entryIndexes.set(node, (index = new Map(node.entries.map((entry) => [entry.key, entry]))))
  return index.get(key)
}

/** Below this number of entries, a linear search is as fast as an index. */
export const fewEntries = 32
const entryIndexes = new WeakMap<MappingNode, ReadonlyMap<string, MappingEntry>>()

/**
 * Follows a path as far as the file has it: a value that is not written is located at its nearest parent.
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
 * Returns the smallest span that shows a value: the scalar or one-line collection itself, else its key,
 * else its first line.
 */
export function valueSpan(source: SourceText, { node, key }: Location): Span {
  const text = source.text.slice(node.start, node.end)
  const oneLine = node.is === 'scalar' ? node.end > node.start : /^[[{*].*$/.test(text)
  if (oneLine) return source.span(node.start, node.end)
  if (key) return source.span(key.start, key.end)
  return headSpan(source, node)
}

/**
 * Returns the text of a scalar as the file has it; undefined for a collection, a missing value, and an
 * alias, whose text is elsewhere.
 */
export function scalarText(source: SourceText, root: YamlNode, path: Path): string | undefined {
  const { node, complete } = locate(root, path)
  const text = source.text.slice(node.start, node.end)
  return complete && node.is === 'scalar' && !text.startsWith('*') ? text : undefined
}

/**
 * Returns the span of a value's key, if it has one: for problems of unknown, missing and duplicate keys.
 */
export function keySpan(source: SourceText, place: Location): Span {
  return place.key ? source.span(place.key.start, place.key.end) : headSpan(source, place.node)
}

/**
 * Returns the span of the beginning of a node without a key, as an item of a list: its first key or line.
 */
export function headSpan(source: SourceText, node: YamlNode): Span {
  const first = node.is === 'mapping' ? node.entries[0] : undefined
  if (first && first.keyStart >= node.start && first.keyEnd <= node.end)
    return source.span(first.keyStart, first.keyEnd)
  const line = source.text.slice(node.start, node.end).split(/\r?\n/, 1)[0] ?? ''
  return source.span(node.start, node.start + line.trimEnd().length)
}

/** Returns the type of a value in the terms of YAML, for messages. */
export function typeWord(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  return `a ${typeof value}`
}

/** Returns the value of a node. Placeholders in it are still text. */
export function valueOfNode(node: YamlNode): Json {
  if (node.is === 'scalar') return node.value
  return node.is === 'list' ? node.items.map(valueOfNode) : valueOfMapping(node)
}

/** Returns the value of a mapping. */
export function valueOfMapping(node: MappingNode): JsonObject {
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, valueOfNode(value)]))
}

/**
 * Returns true for an unknown key that a message may quote. A key without a value may be a secret itself:
 * `password S3cret` without its colon is one key in YAML.
 */
export function isKeyName(key: string, hasValue: boolean): boolean {
  return hasValue && /^[A-Za-z_][\w-]{0,59}$/.test(key)
}
