import type { Kinds } from '../kinds/kind.ts'
import type { Path } from '../state/resource.ts'
import {
  isFreeText,
  isOpenScalar,
  kindSchemas,
  knownKeys,
  rootSchemas,
  stepInto,
  type Schemas
} from './known-fields.ts'
import {
  isKeyName,
  valueOfMapping,
  type MappingEntry,
  type YamlDocument,
  type YamlNode
} from './source/index.ts'

/**
 * R36: Returns the text of a file as code frames of problems may show it: indentation, punctuation, known
 * keys, and values of fields that are known not to be secret. No value is shown of a file that could not be
 * parsed, or at a place that no schema describes. A hidden character becomes a dot, so that lines and
 * columns stay the same.
 */
export function redact(
  text: string,
  documents: readonly YamlDocument[],
  kinds: Kinds,
  secrets: () => readonly string[]
): string {
  if (documents.length === 0) return redactUnparsed(text, kinds)
  const marks = new Marks(text, kinds)
  for (const { root } of documents) marks.document(root)
  return marks.shown(secrets())
}

/** Returns the text of a `--var-file` for code frames: names of variables may be shown, values never. */
export function redactVariables(text: string, documents: readonly YamlDocument[], kinds: Kinds): string {
  if (documents.length === 0) return redactUnparsed(text, kinds)
  const marks = new Marks(text, kinds)
  for (const { root } of documents) marks.keysOnly(root)
  return marks.shown([])
}

type Range = readonly [start: number, end: number]

/**
 * Collects which ranges of a file may be shown (R36): each map has the end of a range by its start. A value
 * that an alias repeats is hidden if one of its places is secret.
 */
class Marks {
  readonly #text: string
  readonly #kinds: Kinds
  readonly #keys: ReadonlySet<string>
  readonly #open = new Map<number, number>()
  readonly #closed = new Map<number, number>()
  readonly #secret = new Map<number, number>()
  readonly #named = new Map<number, number>()

  constructor(text: string, kinds: Kinds) {
    this.#text = text
    this.#kinds = kinds
    this.#keys = knownKeys(kinds)
  }

  document(root: YamlNode): void {
    if (root.is !== 'mapping') return this.keysOnly(root)
    for (const entry of root.entries) {
      const kind = this.#kinds.managed.find(({ section }) => section === entry.key)
      this.#key(entry)
      if (!kind) {
        const schemas = stepInto(rootSchemas(this.#kinds), entry.key)
        this.#walk(entry.value, [], schemas, () => false)
        continue
      }
      const items = entry.value.is === 'list' ? entry.value.items : [entry.value]
      for (const item of items) {
        const value = item.is === 'mapping' ? valueOfMapping(item) : undefined
        const schemas = value ? kindSchemas(kind, value) : { at: () => [] }
        this.#walk(
          item,
          [],
          schemas.at([]),
          (path) => value !== undefined && kind.isSecret(value, path),
          schemas
        )
      }
    }
  }

  /** Marks keys as shown, if they are known, and every value as hidden. */
  keysOnly(root: YamlNode): void {
    this.#walk(root, [], [], () => false)
  }

  #walk(
    node: YamlNode,
    path: (string | number)[],
    schemas: Schemas,
    isSecret: (path: Path) => boolean,
    special?: { at(path: Path): Schemas }
  ): void {
    if (path.length > 0 && isSecret(path)) return this.#hide(node)
    if (node.is === 'scalar') {
      const isOpen =
        isOpenScalar(schemas) && (this.#isOneLine(node) || this.#isBlockText(node, path, schemas))
      ;(isOpen ? this.#open : this.#closed).set(node.start, node.end)
      return
    }
    const below = (part: string | number, inner: YamlNode): void => {
      path.push(part)
      const own = special?.at(path) ?? []
      this.#walk(inner, path, own.length > 0 ? own : stepInto(schemas, part), isSecret, special)
      path.pop()
    }
    if (node.is === 'list') return node.items.forEach((item, index) => below(index, item))
    for (const entry of node.entries) {
      this.#key(entry)
      below(entry.key, entry.value)
    }
  }

  #isOneLine({ start, end }: YamlNode): boolean {
    return !/[\r\n]/.test(this.#text.slice(start, end))
  }

  /**
   * Returns true for a block scalar (`|`, `>`) at a place for any text. Any other value of several lines
   * may have swallowed the lines after it by mistake, which may hold a secret.
   */
  #isBlockText({ start }: YamlNode, path: Path, schemas: Schemas): boolean {
    return '|>'.includes(this.#text[start] ?? ' ') && path.join('') !== 'name' && isFreeText(schemas)
  }

  /** Hides a secret with its keys: below a secret field, a key may be a part of the secret. */
  #hide(node: YamlNode): void {
    if (node.is === 'scalar') return void this.#secret.set(node.start, node.end)
    if (node.is === 'list') return node.items.forEach((item) => this.#hide(item))
    for (const { keyStart, keyEnd, value } of node.entries) {
      this.#secret.set(keyStart, keyEnd)
      this.#hide(value)
    }
  }

  #key({ key, keyStart, keyEnd, value }: MappingEntry): void {
    const hasValue = value.is !== 'scalar' || value.value !== null
    if (this.#keys.has(key) || isKeyName(key, hasValue)) this.#named.set(keyStart, keyEnd)
    else this.#closed.set(keyStart, keyEnd)
  }

  shown(secrets: readonly string[]): string {
    const text = this.#text
    const whole = [...this.#open, ...this.#named].filter(([start]) => !this.#secret.has(start))
    const hidden = [...this.#secret, ...this.#closed]
    const nodes = [
      ...whole.map(([start, end]) => ({ start, end, isShown: true })),
      ...hidden
        .filter(([start]) => this.#secret.has(start) || !(this.#open.has(start) || this.#named.has(start)))
        .map(([start, end]) => ({ start, end, isShown: false }))
    ].toSorted((a, b) => a.start - b.start || a.end - b.end)
    const used = new Set([...text.matchAll(/\*([^\s,[\]{}]+)/g)].map(([, name]) => name))
    let result = ''
    let cursor = 0
    for (const { start, end, isShown } of nodes) {
      if (start < cursor) continue
      result += structure(text.slice(cursor, start), used)
      const part = text.slice(start, end)
      const isAlias = part.startsWith('*')
      result += isAlias ? part : isShown ? withoutSecrets(part, secrets) : hiddenScalar(part)
      cursor = end
    }
    return result + structure(text.slice(cursor), used)
  }
}

/** Redacts the text between nodes: punctuation and names of anchors in use are shown, comments are not. */
function structure(gap: string, used: ReadonlySet<string | undefined>): string {
  return gap.replaceAll(/#[^\r\n]*|[&*!][^\s,[\]{}]*|[^\s\-:,?[\]{}|>]/g, (found) => {
    if (found.startsWith('#')) return `#${dots(found.slice(1))}`
    const isName = found.startsWith('*') || (found.startsWith('&') && used.has(found.slice(1)))
    return isName ? found : dots(found)
  })
}

/**
 * Hides a scalar. Placeholders stay, because they only name the source of a secret; their fallbacks are
 * hidden.
 */
function hiddenScalar(part: string): string {
  const header = /^[|>][+\-\d]{0,2}(?=\s)/.exec(part)?.[0] ?? ''
  return header + hiddenExcept(part.slice(header.length), placeholders(part.slice(header.length)))
}

/**
 * Returns the ranges of placeholders, without their fallbacks. `$${` begins no placeholder, but literal
 * text.
 */
function placeholders(text: string): Range[] {
  return [...text.matchAll(/(?<!\$)\$\{(?:env|var):[A-Za-z_]\w*(?=\}|:-)/g)].flatMap(
    ({ 0: found, index }) => {
      const end = index + found.length
      const close = text.indexOf('}', end)
      if (close < 0) return []
      const open: Range = [index, text.startsWith(':-', end) ? end + 2 : close + 1]
      return close + 1 > open[1] ? [open, [close, close + 1] as const] : [open]
    }
  )
}

/**
 * Hides secrets inside of a value that may be shown: an alias or a copy may repeat the value of a secret
 * field.
 */
function withoutSecrets(part: string, secrets: readonly string[]): string {
  const plain = part.replaceAll(/^["']|["']$/g, '')
  if (secrets.includes(plain) || secrets.includes(part)) return hiddenScalar(part)
  let shown = part.replaceAll(
    /(:\/\/[^\s/:@]*:)([^\s/@]+)(?=@)/g,
    (found, before: string, secret: string) => (secret.startsWith('${') ? found : before + dots(secret))
  )
  for (const secret of secrets) if (secret.length > 5) shown = shown.replaceAll(secret, dots)
  return shown
}

/**
 * Finds keys in a line: at its start or after `{`, `[` or `,`, with the opening braces behind the colon.
 */
const keyPlace = /(?<=^|[{[,])[ \t]*(["']?)([A-Za-z_][\w-]*)\1[ \t]*:(?=\s|$)(?:[ \t]*[{[])*/g

function redactUnparsed(text: string, kinds: Kinds): string {
  const keys = knownKeys(kinds)
  return text.replaceAll(/[^\r\n]+/g, (line) => {
    if (/^(?:---\s*|[\s{}[\],]+)$/.test(line)) return line
    const head = /^\s*(?:- +)*(?:-$)?/.exec(line)?.[0] ?? ''
    const rest = line.slice(head.length)
    const open = [...rest.matchAll(keyPlace)].flatMap(({ 0: found, 2: key = '', index }): Range[] =>
      keys.has(key) ? [[Math.max(index - 1, 0), index + found.length]] : []
    )
    return head + hiddenExcept(rest, [...open, ...openingsOf(rest)])
  })
}

/**
 * Returns the ranges of placeholders that may be shown in a text that could not be parsed. The name of a
 * placeholder may be a pasted secret there, so it is shown only if it is the whole value of its line and is
 * spelled like an environment variable; else only `${env:` is.
 */
function openingsOf(rest: string): Range[] {
  const alone = /(?<=^|:[ \t]+|: *["'])\$\{(?:env|var):[A-Z][A-Z0-9_]*\}(?=["']?\s*$)/.exec(rest)
  if (alone && !rest.slice(0, alone.index).includes('$'))
    return [[alone.index, alone.index + alone[0].length]]
  return placeholders(rest).map(([start, end]): Range => {
    const source = /^\$\{(?:env|var):/.exec(rest.slice(start, end))?.[0]
    return source === undefined ? [start, end] : [start, start + source.length]
  })
}

/** Hides a text but for some ranges. Blanks at the ends of a hidden part stay; those inside become dots. */
function hiddenExcept(text: string, open: readonly Range[]): string {
  let result = ''
  let cursor = 0
  for (const [start, end] of open.toSorted((a, b) => a[0] - b[0])) {
    if (end <= cursor) continue
    result += hidden(text.slice(cursor, start)) + text.slice(Math.max(start, cursor), end)
    cursor = end
  }
  return result + hidden(text.slice(cursor))
}

function hidden(text: string): string {
  return text.replaceAll(/[^\r\n]+/g, (line) => {
    const start = line.length - line.trimStart().length
    const end = Math.max(line.trimEnd().length, start)
    return line.slice(0, start) + dots(line.slice(start, end)) + line.slice(end)
  })
}

function dots(text: string): string {
  return text.replaceAll(/[^\r\n]/g, '.')
}
