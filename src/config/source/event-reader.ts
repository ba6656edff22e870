import {
  CHOMPING_MODE,
  EVENT_ID,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
  COLLECTION_STYLE,
  YAMLException
} from 'js-yaml'
import { fewEntries, type MappingEntry, type MappingNode, type ScalarNode, type YamlNode } from './node.ts'
import { plainScalar } from './plain-scalar.ts'

/**
 * The fast reader: one pass over a flat list of parser events with offsets. It must return exactly what the
 * slow reader (`parseWithProblems`) would, or undefined. Any file with a mistake or an unusual construct
 * gives undefined, and is then read by the slow reader, which reports problems.
 */
export function readEvents(text: string, limits: Limits): YamlNode[] | undefined {
  // The slow reader does not end a line at a lone CR, and it understands directives.
  if (/\r(?!\n)|^%/m.test(text)) return undefined
  try {
    return new EventReader(text, limits).documents()
  } catch (error) {
    if (error instanceof YAMLException || error instanceof Refusal) return undefined
    throw error
  }
}

/** The greatest depth, and the greatest number of values that aliases may add. */
export interface Limits {
  depth: number
  unfolded: number
}

/** Thrown to leave a file to the slow reader. */
class Refusal extends Error {}

type ParserEvent = ReturnType<typeof parseEvents>[number]
type ScalarEvent = Extract<ParserEvent, { type: typeof EVENT_ID.SCALAR }>
type CollectionEvent = Extract<ParserEvent, { type: typeof EVENT_ID.MAPPING | typeof EVENT_ID.SEQUENCE }>

interface Anchored {
  node: YamlNode | undefined
  size: number
}

const mergeKey = '<<'
/** YAML allows 1,024 characters between the start of a key and its colon. */
const maxKeyLength = 1_000
/** Bounds of the cache of scalars: longer texts rarely repeat, and a file with more has mostly names. */
const maxCachedLength = 32
const maxCached = 4_000

class EventReader {
  readonly #text: string
  readonly #limits: Limits
  /** A taken event is released at once: all events beside all nodes would double the memory. */
  readonly #events: (ParserEvent | undefined)[]
  #next = 0
  /** The offset behind the last node that was read. */
  #position = 0
  #anchors = new Map<string, Anchored>()
  #size = 0
  #unfolded = 0
  readonly #words = new Map<string, string | number | boolean>()
  readonly #keys = new Map<string, string>()

  constructor(text: string, limits: Limits) {
    this.#text = text
    this.#limits = limits
    this.#events = parseEvents(text, { maxDepth: limits.depth })
  }

  documents(): YamlNode[] {
    const roots: YamlNode[] = []
    while (this.#next < this.#events.length) {
      const event = this.#take()
      if (event.type !== EVENT_ID.DOCUMENT || event.directives.length > 0) throw new Refusal()
      this.#anchors = new Map()
      this.#size = 0
      this.#unfolded = 0
      if (this.#peek().type === EVENT_ID.POP) {
        this.#take()
        continue
      }
      // A document of one scalar is a mistake, and parsers disagree on the indentation of a block there.
      if (this.#peek().type === EVENT_ID.SCALAR) throw new Refusal()
      const root = this.#node(0, '')
      if (this.#take().type !== EVENT_ID.POP) throw new Refusal()
      roots.push(root)
    }
    return roots
  }

  #take(): ParserEvent {
    const event = this.#events[this.#next]
    if (!event) throw new Refusal()
    this.#events[this.#next] = undefined
    this.#next += 1
    return event
  }

  #peek(): ParserEvent {
    const event = this.#events[this.#next]
    if (!event) throw new Refusal()
    return event
  }

  /** `before` is the indicator in front of the node: an absent value gets its position from it. */
  #node(depth: number, before: '' | '-' | ':'): YamlNode {
    if (depth > this.#limits.depth) throw new Refusal()
    const event = this.#take()
    if (event.type === EVENT_ID.ALIAS) return this.#alias(event.anchorStart, event.anchorEnd)
    if (event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP || event.tagStart !== -1)
      throw new Refusal()
    const anchored = event.anchorStart === -1 ? undefined : this.#anchor(event)
    const size = this.#size++
    const node =
      event.type === EVENT_ID.SCALAR ? this.#scalar(event, before) : this.#collection(event, depth)
    if (anchored) {
      anchored.node = node
      anchored.size = this.#size - size
    }
    return node
  }

  #anchor({ anchorStart, anchorEnd }: ScalarEvent | CollectionEvent): Anchored {
    const anchor = this.#text.slice(anchorStart, anchorEnd)
    if (anchor.endsWith(':')) throw new Refusal()
    const anchored: Anchored = { node: undefined, size: 0 }
    this.#anchors.set(anchor, anchored)
    this.#position = anchorEnd
    return anchored
  }

  #alias(anchorStart: number, anchorEnd: number): YamlNode {
    const anchored = this.#anchors.get(this.#text.slice(anchorStart, anchorEnd))
    if (!anchored?.node) throw new Refusal()
    this.#size += anchored.size
    this.#unfolded += anchored.size
    if (this.#unfolded > this.#limits.unfolded) throw new Refusal()
    this.#position = anchorEnd
    return { ...anchored.node, start: anchorStart - 1, end: anchorEnd }
  }

  #scalar(event: ScalarEvent, before: '' | '-' | ':'): ScalarNode {
    const { style, valueStart, valueEnd } = event
    if (valueStart === -1) {
      // The position of an absent value behind an anchor is not known here.
      if (event.anchorStart !== -1) throw new Refusal()
      return this.#absent(before)
    }
    const isQuoted = style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED
    const isBlock = style === SCALAR_STYLE.LITERAL_BLOCK || style === SCALAR_STYLE.FOLDED_BLOCK
    const start = isQuoted ? valueStart - 1 : isBlock ? this.#headOfBlock() : valueStart
    const end = isQuoted ? valueEnd + 1 : isBlock ? this.#endOfBlock(event) : valueEnd
    const text = getScalarValue(this.#text, event)
    if ((isBlock && text.trim() === '') || !text.isWellFormed()) throw new Refusal()
    this.#position = end
    return { is: 'scalar', value: style === SCALAR_STYLE.PLAIN ? this.#plain(text) : text, start, end }
  }

  /** Caches plain scalars: a word such as the name of a mode may stand in a file thousands of times. */
  #plain(text: string): ScalarNode['value'] {
    const known = text.length > maxCachedLength ? undefined : this.#words.get(text)
    if (known !== undefined) return known
    const value = plainScalar(text)
    if (value === undefined) throw new Refusal()
    if (value !== null && text.length <= maxCachedLength && this.#words.size < maxCached)
      this.#words.set(text, value)
    return value
  }

  /** Reads an absent value: its position is behind the indicator and the blanks after that. */
  #absent(before: '' | '-' | ':'): ScalarNode {
    const sign = before === '' ? this.#position : this.#skip(this.#position)
    let start = before !== '' && this.#text[sign] === before ? sign + 1 : this.#position
    while (this.#text[start] === ' ' || this.#text[start] === '\t') start += 1
    this.#position = start
    return { is: 'scalar', value: null, start, end: start }
  }

  /** Returns the offset of the `|` or `>` of a block scalar, behind indicators and blanks. */
  #headOfBlock(): number {
    let at = this.#skip(this.#position)
    while (this.#text[at] === ':' || this.#text[at] === '-' || this.#text[at] === '?')
      at = this.#skip(at + 1)
    if (this.#text[at] !== '|' && this.#text[at] !== '>') throw new Refusal()
    return at
  }

  /** Blank lines after a block scalar do not belong to it, unless its header keeps them (`|+`). */
  #endOfBlock({ valueStart, valueEnd, chomping }: ScalarEvent): number {
    let end = valueEnd
    while (chomping !== CHOMPING_MODE.KEEP) {
      const line = this.#text.lastIndexOf('\n', end - 2) + 1
      if (line <= valueStart || this.#text.slice(line, end).trim() !== '') return end
      end = line
    }
    return end
  }

  /** Returns the offset behind blanks, line ends and comments. */
  #skip(from: number): number {
    const text = this.#text
    let at = from
    for (;;) {
      const sign = text[at]
      if (sign === ' ' || sign === '\t' || sign === '\n' || sign === '\r') at += 1
      else if (sign === '#') {
        const end = text.indexOf('\n', at)
        at = end === -1 ? text.length : end
      } else return at
    }
  }

  #collection(event: CollectionEvent, depth: number): YamlNode {
    const isFlow = event.style === COLLECTION_STYLE.FLOW
    this.#position = isFlow ? event.start + 1 : event.start
    const close = event.type === EVENT_ID.SEQUENCE ? ']' : '}'
    const items = event.type === EVENT_ID.SEQUENCE ? this.#items(depth) : undefined
    const entries = items ? [] : this.#entries(depth)
    if (isFlow) this.#position = this.#behind(close)
    const { start } = event
    const end = this.#position
    return items ? { is: 'list', items, start, end } : { is: 'mapping', entries, start, end }
  }

  #behind(close: string): number {
    let at = this.#skip(this.#position)
    while (this.#text[at] === ',' || this.#text[at] === ':' || this.#text[at] === '?')
      at = this.#skip(at + 1)
    // `[a: b]` is a mapping without braces.
    if (this.#text[at] !== close) throw new Refusal()
    return at + 1
  }

  #items(depth: number): YamlNode[] {
    const items: YamlNode[] = []
    while (this.#peek().type !== EVENT_ID.POP) items.push(this.#node(depth + 1, '-'))
    this.#take()
    return items
  }

  #entries(depth: number): MappingNode['entries'] {
    const entries = new Entries()
    let merged: MappingNode[] | undefined
    while (this.#peek().type !== EVENT_ID.POP) {
      const event = this.#take()
      if (event.type !== EVENT_ID.SCALAR || event.anchorStart !== -1 || event.tagStart !== -1)
        throw new Refusal()
      if (event.valueStart === -1 || event.valueEnd - event.valueStart > maxKeyLength) throw new Refusal()
      const isPlain = event.style === SCALAR_STYLE.PLAIN
      // A key is text, whatever it looks like.
      const { start: keyStart, end: keyEnd } = isPlain ? this.#word(event) : this.#scalar(event, '')
      const key = this.#key(
        isPlain ? this.#text.slice(keyStart, keyEnd) : getScalarValue(this.#text, event)
      )
      const value = this.#node(depth + 1, ':')
      if (isPlain && key === mergeKey) (merged ??= []).push(...mappingsIn(value))
      else if (isReserved(key, isPlain) || !entries.add({ key, keyStart, keyEnd, value }))
        throw new Refusal()
    }
    this.#take()
    for (const from of merged ?? []) for (const entry of from.entries) entries.add(entry)
    return entries.all
  }

  #word({ valueStart: start, valueEnd: end }: ScalarEvent): { start: number; end: number } {
    this.#position = end
    return { start, end }
  }

  /** Interns a key: thousands of mappings have the same keys. */
  #key(text: string): string {
    const known = this.#keys.get(text)
    if (known !== undefined) return known
    if (!text.isWellFormed()) throw new Refusal()
    this.#keys.set(text, text)
    return text
  }
}

/** The entries of one mapping, with unique keys. Only large mappings get an index: it has a cost. */
class Entries {
  readonly all: MappingEntry[] = []
  #keys: Set<string> | undefined

  /** Adds an entry; returns false, and adds nothing, for a key that is there. */
  add(entry: MappingEntry): boolean {
    if (this.#has(entry.key)) return false
    this.all.push(entry)
    this.#keys?.add(entry.key)
    return true
  }

  #has(key: string): boolean {
    if (this.all.length < fewEntries) {
      for (const entry of this.all) if (entry.key === key) return true
      return false
    }
    this.#keys ??= new Set(this.all.map((entry) => entry.key))
    return this.#keys.has(key)
  }
}

/**
 * Returns true for keys that need a report: null, several lines, and the marks of references and secrets.
 */
function isReserved(key: string, isPlain: boolean): boolean {
  return /^\$(?:ref|secret|number)$/.test(key) || (isPlain && /^(?:~|null|Null|NULL)$|\n/.test(key))
}

function mappingsIn(value: YamlNode): MappingNode[] {
  const sources = value.is === 'list' ? value.items : [value]
  return sources.map((source) => {
    if (source.is !== 'mapping') throw new Refusal()
    return source
  })
}
