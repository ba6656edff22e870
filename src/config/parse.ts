import { isAlias, isMap, isScalar, isSeq, parseAllDocuments, type Node, type Pair } from 'yaml'
import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { similarNames } from '../diagnostics/similar.ts'
import { syntaxProblem } from './syntax.ts'
import { SourceText, wordFor, type Entry, type Written, type WrittenMapping } from './written.ts'

/** A file has one, or several with `---` between them. Offsets count from the start of the file. */
export interface YamlDocument {
  source: SourceText
  root: Written
}

/** Documents or problems, never both. A file that is empty, or holds comments only, has neither. */
export interface Parsed {
  documents: YamlDocument[]
  problems: Diagnostic[]
}

const options = {
  prettyErrors: false,
  logLevel: 'silent',
  merge: true,
  uniqueKeys: false,
  intAsBigInt: true,
  resolveKnownTags: false
} as const

/**
 * Text to what it says. A file with any problem gives no documents: what comes after a mistake in YAML
 * is guesswork.
 */
export function parse(path: string, text: string): Parsed {
  const source = new SourceText(path, text)
  const documents: YamlDocument[] = []
  const problems: Diagnostic[] = []
  for (const document of parseAllDocuments(text, options)) {
    const first = document.errors.toSorted((a, b) => a.pos[0] - b.pos[0])[0] ?? document.warnings[0]
    if (first) {
      problems.push(syntaxProblem(first, source))
      continue
    }
    const reader = new Reader(source)
    if (document.contents) documents.push({ source, root: reader.read(document.contents, 0) })
    problems.push(...reader.problems)
  }
  return { documents: problems.length > 0 ? [] : documents, problems }
}

/** Levels; nothing that polyctl knows has more than ten. */
const depthLimit = 100

/**
 * Values that aliases may add to a document: enough for a default block of 100 fields in each of 10,000
 * resources.
 */
const unfoldLimit = 1_000_000

interface Anchored {
  node: Written | undefined
  size: number
}

/**
 * Copies the parser's nodes into written ones. Aliases share what they name; `<<` is merged; keys are
 * made text and kept unique.
 */
class Reader {
  readonly problems: Diagnostic[] = []
  readonly #source: SourceText
  readonly #anchors = new Map<string, Anchored>()
  #size = 0
  #unfolded = 0

  constructor(source: SourceText) {
    this.#source = source
  }

  read(node: Node | null, depth: number): Written {
    const [start, end] = node?.range ?? [0, 0, 0]
    if (depth > depthLimit) return this.#tooDeep(start, end)
    if (isAlias(node)) return this.#alias(node.source, start, end)
    const anchor = node && 'anchor' in node ? node.anchor : undefined
    const anchored: Anchored = { node: undefined, size: 0 }
    if (anchor !== undefined) this.#anchors.set(anchor, anchored)
    const before = this.#size++
    const written = this.#content(node, start, end, depth)
    anchored.node = written
    anchored.size = this.#size - before
    return written
  }

  #content(node: Node | null, start: number, end: number, depth: number): Written {
    if (isSeq<Node | null>(node)) {
      return { is: 'list', items: node.items.map((item) => this.read(item, depth + 1)), start, end }
    }
    if (isMap<Node | null, Node | null>(node)) return this.#mapping(node.items, start, end, depth)
    const value = isScalar(node) ? node.value : null
    return { is: 'scalar', value: this.#scalar(value, start, end), start, end }
  }

  #scalar(value: unknown, start: number, end: number): string | number | boolean | null {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
    const number = typeof value === 'bigint' ? Number(value) : value
    const held = typeof value === 'bigint' ? Number.isSafeInteger(number) : Number.isFinite(number)
    if (typeof number === 'number' && held) return number
    if (typeof value === 'symbol') return value.description ?? ''
    this.#tell('P005', 'a number is too large to be held exactly', start, end, {
      text: 'as a number, this would silently become another one',
      help: ['if it is an id, put it in quotes: then it is text, and stays as it is']
    })
    return 0
  }

  #mapping(
    pairs: Pair<Node | null, Node | null>[],
    start: number,
    end: number,
    depth: number
  ): WrittenMapping {
    const entries = new Map<string, Entry>()
    const merged: Written[] = []
    for (const { key, value } of pairs) {
      if (isScalar(key) && typeof key.value === 'symbol') {
        merged.push(...this.#mergeSources(this.read(value, depth + 1)))
        continue
      }
      const [keyStart, keyEnd] = key?.range ?? [start, start, start]
      const name = this.#key(key, keyStart, keyEnd)
      if (name === undefined) continue
      const first = entries.get(name)
      if (first) this.#twice(name, first, keyStart, keyEnd)
      else entries.set(name, { key: name, keyStart, keyEnd, value: this.read(value, depth + 1) })
    }
    for (const from of merged) {
      for (const entry of from.is === 'mapping' ? from.entries : []) {
        if (!entries.has(entry.key)) entries.set(entry.key, entry)
      }
    }
    return { is: 'mapping', entries: [...entries.values()], start, end }
  }

  #key(key: Node | null, start: number, end: number): string | undefined {
    if (isScalar(key) && key.value !== null) {
      return typeof key.value === 'string' ? key.value : (key.source ?? this.#source.text.slice(start, end))
    }
    const found = isAlias(key) ? 'an alias' : isMap(key) ? 'a mapping' : isSeq(key) ? 'a list' : 'nothing'
    this.#tell('P006', `a key is ${found}`, start, Math.max(end, start + 1), {
      text: 'a key is one word or text here',
      notes: ['text with braces or brackets, such as {name}, is YAML for a mapping or a list'],
      help: ['put the key in quotes']
    })
    return undefined
  }

  #mergeSources(value: Written): Written[] {
    const sources = value.is === 'list' ? value.items : [value]
    const wrong = sources.find((source) => source.is !== 'mapping')
    if (!wrong) return sources
    const found = wrong.is === 'list' ? 'a list' : wordFor(wrong.value)
    this.#tell(
      'P102',
      `\`<<\` expects a mapping, found ${found}`,
      wrong.start,
      Math.max(wrong.end, wrong.start + 1),
      {
        text: 'this cannot be merged',
        notes: ['`<<` takes over the fields of another mapping, mostly of an alias: `<<: *defaults`']
      }
    )
    return []
  }

  #alias(name: string, start: number, end: number): Written {
    const anchored = this.#anchors.get(name)
    if (!anchored) {
      const near = similarNames(name, this.#anchors.keys())
      this.#tell('P004', 'an alias names no anchor above it', start, end, {
        text: 'no anchor above has this name',
        notes: ['text that starts with `*` needs quotes, else it is an alias'],
        help: near.map((other) => `an anchor with a similar name exists: \`*${other}\``)
      })
    } else if (!anchored.node) {
      this.#tell('P004', 'an alias is inside of what it names', start, end, {
        text: 'this would never end'
      })
    }
    if (!anchored?.node) return { is: 'scalar', value: null, start, end }
    this.#size += anchored.size
    this.#unfolded += anchored.size
    if (this.#unfolded > unfoldLimit) {
      const tooMany = this.#unfolded - anchored.size <= unfoldLimit
      if (tooMany) {
        this.#tell('P007', 'the aliases of this file unfold to more than a million values', start, end, {
          text: 'with this one it is too much',
          notes: ['aliases of aliases multiply']
        })
      }
      return { is: 'scalar', value: null, start, end }
    }
    return { ...anchored.node, start, end }
  }

  #tooDeep(start: number, end: number): Written {
    if (this.problems.length === 0) {
      this.#tell(
        'P001',
        `this is nested more than ${depthLimit} levels deep`,
        start,
        Math.min(end, start + 1),
        { text: 'here' }
      )
    }
    return { is: 'scalar', value: null, start, end }
  }

  #twice(name: string, first: Entry, start: number, end: number): void {
    this.problems.push(
      problem('P003', `\`${name}\` is written twice in one mapping`, {
        labels: [
          { span: this.#source.span(start, end), text: 'written again here' },
          { span: this.#source.span(first.keyStart, first.keyEnd), text: 'first written here' }
        ],
        help: ['keep one of the two']
      })
    )
  }

  #tell(
    code: Diagnostic['code'],
    message: string,
    start: number,
    end: number,
    { text, notes = [], help = [] }: { text: string; notes?: string[]; help?: string[] }
  ): void {
    this.problems.push(
      problem(code, message, { labels: [{ span: this.#source.span(start, end), text }], notes, help })
    )
  }
}
