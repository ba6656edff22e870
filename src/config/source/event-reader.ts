import {
  boolCoreTag,
  CHOMPING_MODE,
  EVENT_ID,
  getScalarValue,
  intCoreTag,
  NOT_RESOLVED,
  nullCoreTag,
  parseEvents,
  SCALAR_STYLE,
  COLLECTION_STYLE,
  YAMLException
} from 'js-yaml'
import { isExactly } from '../../state/number.ts'
import { fewEntries, type MappingEntry, type MappingNode, type ScalarNode, type YamlNode } from './node.ts'

/**
 * The fast way to read a file: one pass over a flat list of events with their offsets. It reads what has
 * nothing wrong with it. Anything else it refuses without a word: telling what is wrong is for the slow
 * way, which knows more and reads the same file again.
 */
export function readEvents(text: string, limits: Limits): YamlNode[] | undefined {
  // The other parser does not take a lone CR for the end of a line; and it knows the directives.
  if (/\r(?!\n)|^%/m.test(text)) return undefined
  try {
    return new EventReader(text, limits).documents()
  } catch (error) {
    if (error instanceof YAMLException || error instanceof Refusal) return undefined
    throw error
  }
}

/** Levels, and values that aliases may add. */
export interface Limits {
  depth: number
  unfolded: number
}

/** Ends the reading of a file that is left to the other reader. */
class Refusal extends Error {}

type ParserEvent = ReturnType<typeof parseEvents>[number]
type ScalarEvent = Extract<ParserEvent, { type: typeof EVENT_ID.SCALAR }>
type CollectionEvent = Extract<ParserEvent, { type: typeof EVENT_ID.MAPPING | typeof EVENT_ID.SEQUENCE }>

interface Anchored {
  node: YamlNode | undefined
  size: number
}

const mergeKey = '<<'
/** A little less than YAML allows between the start of a key and its colon. */
const longestKey = 1_000

class EventReader {
  readonly #text: string
  readonly #limits: Limits
  /** Events that were taken are let go: all of them and all nodes together would double the memory. */
  readonly #events: (ParserEvent | undefined)[]
  #next = 0
  /** The end of what was read last. */
  #position = 0
  #anchors = new Map<string, Anchored>()
  #size = 0
  #unfolded = 0

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
      // A file that is one text is a mistake; and how far a block of text may stand out there is disputed.
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

  /** `before` is the sign in front of it, which says where nothing stands. */
  #node(depth: number, before: '' | '-' | ':'): YamlNode {
    if (depth > this.#limits.depth) throw new Refusal()
    const event = this.#take()
    if (event.type === EVENT_ID.ALIAS) return this.#alias(event.anchorStart, event.anchorEnd)
    if (event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP || event.tagStart !== -1)
      throw new Refusal()
    const anchor =
      event.anchorStart === -1 ? undefined : this.#text.slice(event.anchorStart, event.anchorEnd)
    const anchored: Anchored = { node: undefined, size: 0 }
    if (anchor?.endsWith(':') === true) throw new Refusal()
    if (anchor !== undefined) {
      this.#anchors.set(anchor, anchored)
      this.#position = event.anchorEnd
    }
    const size = this.#size++
    const node =
      event.type === EVENT_ID.SCALAR ? this.#scalar(event, before) : this.#collection(event, depth)
    anchored.node = node
    anchored.size = this.#size - size
    return node
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
      // With an anchor it is somewhere behind that.
      if (event.anchorStart !== -1) throw new Refusal()
      return this.#nothing(before)
    }
    const isQuoted = style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED
    const isBlock = style === SCALAR_STYLE.LITERAL_BLOCK || style === SCALAR_STYLE.FOLDED_BLOCK
    const start = isQuoted ? valueStart - 1 : isBlock ? this.#headOfBlock() : valueStart
    const end = isQuoted ? valueEnd + 1 : isBlock ? this.#endOfBlock(event) : valueEnd
    const text = getScalarValue(this.#text, event)
    if ((isBlock && text.trim() === '') || !text.isWellFormed()) throw new Refusal()
    this.#position = end
    return { is: 'scalar', value: style === SCALAR_STYLE.PLAIN ? plainScalar(text) : text, start, end }
  }

  /** Reads an absent value: its place is behind the sign, and behind the blanks that follow it. */
  #nothing(before: '' | '-' | ':'): ScalarNode {
    const sign = before === '' ? this.#position : this.#skip(this.#position)
    let start = before !== '' && this.#text[sign] === before ? sign + 1 : this.#position
    while (this.#text[start] === ' ' || this.#text[start] === '\t') start += 1
    this.#position = start
    return { is: 'scalar', value: null, start, end: start }
  }

  /** The `|` or `>` of a text in a block: nothing but signs and blanks is between it and what is above. */
  #headOfBlock(): number {
    let at = this.#skip(this.#position)
    while (this.#text[at] === ':' || this.#text[at] === '-' || this.#text[at] === '?')
      at = this.#skip(at + 1)
    if (this.#text[at] !== '|' && this.#text[at] !== '>') throw new Refusal()
    return at
  }

  /** Blank lines behind a block are none of it, unless its head says to keep them. */
  #endOfBlock({ valueStart, valueEnd, chomping }: ScalarEvent): number {
    let end = valueEnd
    while (chomping !== CHOMPING_MODE.KEEP) {
      const line = this.#text.lastIndexOf('\n', end - 2) + 1
      if (line <= valueStart || this.#text.slice(line, end).trim() !== '') return end
      end = line
    }
    return end
  }

  /** Behind blanks, line ends and comments. */
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
    const content =
      event.type === EVENT_ID.SEQUENCE
        ? { is: 'list' as const, items: this.#items(depth) }
        : { is: 'mapping' as const, entries: this.#entries(depth) }
    if (isFlow) this.#position = this.#behind(close)
    return { ...content, start: event.start, end: this.#position }
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
    const merged: MappingNode[] = []
    while (this.#peek().type !== EVENT_ID.POP) {
      const event = this.#take()
      if (event.type !== EVENT_ID.SCALAR || event.anchorStart !== -1 || event.tagStart !== -1)
        throw new Refusal()
      if (event.valueStart === -1 || event.valueEnd - event.valueStart > longestKey) throw new Refusal()
      const isPlain = event.style === SCALAR_STYLE.PLAIN
      const { start: keyStart, end: keyEnd } = this.#scalar(event, '')
      const key = isPlain
        ? this.#text.slice(event.valueStart, event.valueEnd)
        : getScalarValue(this.#text, event)
      const value = this.#node(depth + 1, ':')
      if (isPlain && key === mergeKey) merged.push(...mappingsIn(value))
      else if (isReserved(key, isPlain) || !entries.add({ key, keyStart, keyEnd, value }))
        throw new Refusal()
    }
    this.#take()
    for (const from of merged) for (const entry of from.entries) entries.add(entry)
    return entries.all
  }
}

/** The entries of one mapping, each key once. For most of them an index would cost more than it saves. */
class Entries {
  readonly all: MappingEntry[] = []
  #keys: Set<string> | undefined

  /** False for a key that is there. */
  add(entry: MappingEntry): boolean {
    if (this.#has(entry.key)) return false
    this.all.push(entry)
    this.#keys?.add(entry.key)
    return true
  }

  #has(key: string): boolean {
    if (this.all.length < fewEntries) return this.all.some((entry) => entry.key === key)
    this.#keys ??= new Set(this.all.map((entry) => entry.key))
    return this.#keys.has(key)
  }
}

/** Returns true for keys that no file may have: null, and those that mark a reference or a secret. */
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

/** The first letters of what is not text: null, booleans and numbers. */
const notText = /^(?:[-+.\d~nNtTfF]|$)/

const infinite = /^[-+]?\.(?:inf|Inf|INF|nan|NaN|NAN)$/
const fraction = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/

/** Returns the value of a word without quotes in the core schema of YAML 1.2. */
function plainScalar(text: string): ScalarNode['value'] {
  if (!notText.test(text)) return text
  for (const tag of [nullCoreTag, boolCoreTag]) {
    const value = tag.resolve(text, false, tag.tagName)
    if (value !== NOT_RESOLVED) return value
  }
  const whole = intCoreTag.resolve(text, false, intCoreTag.tagName)
  if (whole !== NOT_RESOLVED) {
    if (!Number.isSafeInteger(whole)) throw new Refusal()
    // A whole number has no zero with a sign.
    return whole === 0 ? 0 : whole
  }
  if (infinite.test(text)) throw new Refusal()
  if (!fraction.test(text)) return text
  const number = Number(text)
  if (!isExactly(number, text)) throw new Refusal()
  return number
}
