import { Composer, isAlias, isMap, isScalar, isSeq, type Document, type Node, type Pair } from 'yaml'
import { problem, type Diagnostic } from '../../diagnostics/diagnostic.ts'
import { SimilarNames } from '../../diagnostics/similar.ts'
import { isExactly } from '../../state/number.ts'
import { readEvents } from './event-reader.ts'
import { olderYaml, syntaxProblem, wholeFileProblem } from './syntax-problems.ts'
import { depthLimit, Tokens } from './tokens.ts'
import {
  isKeyName,
  SourceText,
  typeWord,
  type MappingEntry,
  type YamlNode,
  type MappingNode,
  type ScalarNode
} from './node.ts'

/**
 * One document of a file, which may have several with `---` between them. Offsets are those of the file.
 */
export interface YamlDocument {
  source: SourceText
  root: YamlNode
}

/** Documents or problems, never both. A file that is empty or has only comments gives neither. */
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
 * Parses a file. A file with any problem gives no documents: the meaning of what follows a mistake in YAML
 * could only be guessed.
 */
export function parseYaml(path: string, text: string): Parsed {
  const source = new SourceText(path, text)
  const roots = readEvents(text, { depth: depthLimit, unfolded: unfoldLimit })
  return roots
    ? { documents: roots.map((root) => ({ source, root })), problems: [] }
    : parseWithProblems(source)
}

/** The slow reader: reads everything that is YAML, and reports what is wrong. */
export function parseWithProblems(source: SourceText): Parsed {
  const { text } = source
  const documents: YamlDocument[] = []
  const problems: Diagnostic[] = []
  const tokens = new Tokens(text)
  for (const document of new Composer(options).compose(tokens.read())) {
    const found = problemsOf(document, source)
    if (found.length > 0) {
      problems.push(...found)
      continue
    }
    const reader = new NodeReader(source)
    if (document.contents) documents.push({ source, root: reader.read(document.contents, 0) })
    for (const problem of reader.problems) problems.push(problem)
  }
  if (tokens.deepAt !== undefined) problems.push(tooDeep(source, tokens.deepAt))
  const ofWhole = problems.length > 0 ? wholeFileProblem(source) : undefined
  if (ofWhole) return { documents: [], problems: [ofWhole] }
  return { documents: problems.length > 0 ? [] : documents, problems }
}

function problemsOf(document: Document.Parsed, source: SourceText): Diagnostic[] {
  const first = document.errors.toSorted((a, b) => a.pos[0] - b.pos[0])[0] ?? document.warnings[0]
  if (first) return [syntaxProblem(first, source)]
  const { version, explicit } = document.directives?.yaml ?? {}
  return explicit === true && version === '1.1' ? [olderYaml(source, document.range[0])] : []
}

function tooDeep(source: SourceText, at: number): Diagnostic {
  return problem('P001', `this is nested more than ${depthLimit} levels deep`, {
    labels: [{ span: source.span(at, Math.min(at + 1, source.text.length)), text: 'here' }]
  })
}

/**
 * The number of values that aliases may add to a document: enough for a default block of 100 fields in each
 * of 10,000 resources.
 */
const unfoldLimit = 1_000_000

/** Keys that mark a reference, a secret or a number inside of polyctl: a file must not have them. */
const reservedKeys = new Set(['$ref', '$secret', '$number'])

interface Anchored {
  node: YamlNode | undefined
  size: number
}

/**
 * Converts the parser's nodes to `YamlNode`s. Aliases share the node of their anchor; `<<` is merged; keys
 * become text and must be unique.
 */
class NodeReader {
  readonly problems: Diagnostic[] = []
  readonly #source: SourceText
  readonly #anchors = new Map<string, Anchored>()
  readonly #similar = new SimilarNames(() => this.#mentionable())
  #size = 0
  #unfolded = 0

  constructor(source: SourceText) {
    this.#source = source
  }

  read(node: Node | null, depth: number): YamlNode {
    const [start, end] = node?.range ?? [0, 0, 0]
    if (depth > depthLimit) return this.#tooDeep(start, end)
    if (isAlias(node)) return this.#alias(node.source, start, end)
    const anchor = node && 'anchor' in node ? node.anchor : undefined
    const anchored: Anchored = { node: undefined, size: 0 }
    if (anchor !== undefined) this.#anchors.set(anchor, anchored)
    const before = this.#size++
    const yamlNode = this.#content(node, start, end, depth)
    anchored.node = yamlNode
    anchored.size = this.#size - before
    return yamlNode
  }

  #content(node: Node | null, start: number, end: number, depth: number): YamlNode {
    if (isSeq<Node | null>(node)) {
      return { is: 'list', items: node.items.map((item) => this.read(item, depth + 1)), start, end }
    }
    if (isMap<Node | null, Node | null>(node)) return this.#mapping(node.items, start, end, depth)
    const value = isScalar(node) ? node.value : null
    const sourceText = isScalar(node) ? (node.source ?? '') : ''
    return { is: 'scalar', value: this.#scalar(value, sourceText, start, end), start, end }
  }

  #scalar(value: unknown, sourceText: string, start: number, end: number): ScalarNode['value'] {
    if (typeof value === 'string') return this.#text(value, start, end)
    if (value === null || typeof value === 'boolean') return value
    if (typeof value === 'symbol') return value.description ?? ''
    const number = Number(value)
    const isHeld = typeof value === 'bigint' ? Number.isSafeInteger(number) : isExactly(number, sourceText)
    if (isHeld) return number
    if (/^[-+]?\.(nan|inf)$/i.test(sourceText)) {
      this.#report('P005', `\`${sourceText}\` is not a number that can be sent`, start, end, {
        text: 'JSON, which the service speaks, has no such number',
        help: [`if it is text, put it in quotes: \`"${sourceText}"\``]
      })
    } else {
      this.#report('P005', 'a number cannot be held exactly', start, end, {
        text: 'as a number, this would silently become another one',
        help: ['if it is an id, or all of its digits count, put it in quotes: then it stays as it is']
      })
    }
    return 0
  }

  /** Refuses a lone surrogate, as `\ud800` makes one: it cannot be encoded in UTF-8. */
  #text(value: string, start: number, end: number): string {
    if (value.isWellFormed()) return value
    this.#report('P001', 'a text holds half of a character', start, end, {
      text: 'one of its escapes is only half of a character',
      notes: ['characters beyond U+FFFF are written as `\\U0001F600`, or as two halves: `\\ud83d\\ude00`'],
      help: ['write the character itself: YAML files are UTF-8']
    })
    return ''
  }

  #mapping(
    pairs: Pair<Node | null, Node | null>[],
    start: number,
    end: number,
    depth: number
  ): MappingNode {
    const entries = new Map<string, MappingEntry>()
    const merged: YamlNode[] = []
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
      const name =
        typeof key.value === 'string' ? key.value : (key.source ?? this.#source.text.slice(start, end))
      if (reservedKeys.has(name)) this.#reserved(name, start, end)
      return this.#text(name, start, end)
    }
    const found = isAlias(key) ? 'an alias' : isMap(key) ? 'a mapping' : isSeq(key) ? 'a list' : 'nothing'
    this.#report('P006', `a key is ${found}`, start, Math.max(end, start + 1), {
      text: 'a key is one word or text here',
      notes: ['text with braces or brackets, such as {name}, is YAML for a mapping or a list'],
      help: ['put the key in quotes']
    })
    return undefined
  }

  #reserved(name: string, start: number, end: number): void {
    this.#report('P013', `the key \`${name}\` is one of polyctl's own`, start, end, {
      text: 'inside of polyctl this marks what is no plain value',
      help: ['if it belongs to some text, such as JSON, put the whole text in quotes']
    })
  }

  #mergeSources(value: YamlNode): YamlNode[] {
    const sources = value.is === 'list' ? value.items : [value]
    const wrong = sources.find((source) => source.is !== 'mapping')
    if (!wrong) return sources
    const found = wrong.is === 'list' ? 'a list' : typeWord(wrong.value)
    this.#report(
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

  /**
   * Anchors whose names a message may have: those of a mapping or a list. An anchor of a scalar or of
   * nothing may be a password that begins with `&`.
   */
  #mentionable(): string[] {
    return [...this.#anchors].flatMap(([name, { node }]) => (node && node.is !== 'scalar' ? [name] : []))
  }

  #alias(name: string, start: number, end: number): YamlNode {
    const anchored = this.#anchors.get(name)
    if (!anchored) {
      const near = this.#similar.of(name)
      this.#report('P004', 'an alias names no anchor above it', start, end, {
        text: 'no anchor above has this name',
        notes: ['text that starts with `*` needs quotes, else it is an alias'],
        help: near.map((other) => `an anchor with a similar name exists: \`*${other}\``)
      })
    } else if (!anchored.node) {
      this.#report('P004', 'an alias is inside of what it names', start, end, {
        text: 'this would never end'
      })
    }
    if (!anchored?.node) return { is: 'scalar', value: null, start, end }
    this.#size += anchored.size
    this.#unfolded += anchored.size
    if (this.#unfolded > unfoldLimit) {
      const tooMany = this.#unfolded - anchored.size <= unfoldLimit
      if (tooMany) {
        this.#report('P007', 'the aliases of this file unfold to more than a million values', start, end, {
          text: 'with this one it is too much',
          notes: ['aliases of aliases multiply']
        })
      }
      return { is: 'scalar', value: null, start, end }
    }
    return { ...anchored.node, start, end }
  }

  #tooDeep(start: number, end: number): YamlNode {
    if (this.problems.length === 0) this.problems.push(tooDeep(this.#source, Math.min(start, end)))
    return { is: 'scalar', value: null, start, end }
  }

  #twice(name: string, first: MappingEntry, start: number, end: number): void {
    const hasValue = first.value.is !== 'scalar' || first.value.value !== null
    this.problems.push(
      problem(
        'P003',
        `${isKeyName(name, hasValue) ? `\`${name}\`` : 'a key'} is written twice in one mapping`,
        {
          labels: [
            { span: this.#source.span(start, end), text: 'written again here' },
            { span: this.#source.span(first.keyStart, first.keyEnd), text: 'first written here' }
          ],
          help: ['keep one of the two']
        }
      )
    )
  }

  #report(
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
