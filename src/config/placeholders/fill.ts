import type { Kind } from '../../kinds/kind.ts'
import type { Diagnostic, Span } from '../../diagnostics/diagnostic.ts'
import type { Path } from '../../state/resource.ts'
import { isObject, type Json, type JsonObject } from '../../state/value.ts'
import { Vault, type Opened } from '../../state/vault.ts'
import { placesAbove, pointer, setAt, setOwn } from '../pointer.ts'
import type { Disk, ScalarNode, SourceText, YamlNode } from '../source/index.ts'
import type { LookupFailure } from './lookup.ts'
import { PlaceholderProblems } from './problems.ts'
import { notText, Resolver } from './resolve.ts'
import { emptySecret, identityOf, opened, openerOf, plainTextProblems, sourceNameOf } from './secrets.ts'
import { isMalformed, isPlaceholder, parsePlaceholders, type Template } from './template.ts'
import { gatherVariables, type Declarations, type VariableSources } from './variables.ts'

/** A part of a file that may have placeholders: a resource, or a document without its resources. */
export interface Fillable {
  source: SourceText
  node: YamlNode
  /** Decides which values are secrets. Absent for a document without its resources, which has none. */
  kind?: Kind
}

/**
 * Where values come from: declarations, the command line, files of variables, the environment and other
 * files.
 */
export interface PlaceholderSources extends VariableSources {
  declarations: readonly Declarations[]
  disk: Disk
}

/**
 * A part with its placeholders filled, and facts about the filled places. Keys are JSON Pointers into
 * `value`.
 */
export interface Filled {
  /** The value, without secrets: each is replaced by a constant of the same type. */
  value: Json
  secrets: ReadonlyMap<string, SecretPlace>
  /** Values that came as text, and may become numbers or booleans if the schema wants these. */
  texts: ReadonlyMap<string, Path>
  /** Places whose value came from outside of the file: a message must not quote it. */
  given: ReadonlySet<string>
  /** Places of placeholders without a value. They were reported, so validation must ignore them. */
  unresolved: ReadonlySet<string>
  /** True if a value that is no secret has the source of one: then nothing of the part may be shown. */
  isMixed: boolean
}

/**
 * `type` is `text` for a value from outside, which may be a number; else it is the type that the file has.
 */
export interface SecretPlace {
  path: Path
  source: string
  type: 'text' | 'string' | 'number' | 'boolean'
  span: Span
  open: () => Opened
}

/** The result of `fillPlaceholders`. Values of secrets are in the vault only. */
export interface Filling {
  filled: ReadonlyMap<Fillable, Filled>
  vault: Vault
  problems: Diagnostic[]
}

/**
 * Fills the placeholders of all parts. No part may be validated before all are filled: only then is it
 * known which sources are secrets in some place.
 */
export function fillPlaceholders(
  parts: readonly Fillable[],
  { declarations, disk, ...given }: PlaceholderSources
): Filling {
  const { variables, problems } = gatherVariables(declarations, given)
  const resolver = new Resolver(given.env, variables, disk)
  const recorded = new PlaceholderProblems()
  const vault = new Vault()
  const fillers = parts.map((part) => new Filler(part, resolver, vault, recorded))
  return {
    filled: new Map(
      fillers.map((filler) => [filler.part, filler.filled((source) => recorded.isMixed(source))])
    ),
    vault,
    problems: [...problems, ...recorded.all(variables)]
  }
}

/** Places of placeholders that are no secrets: see `Filled`. `sources` has all sources that they use. */
class OpenPlaces {
  readonly texts = new Map<string, Path>()
  readonly given = new Set<string>()
  readonly unresolved = new Set<string>()
  readonly sources = new Set<string>()
}

const noOpenPlaces = new OpenPlaces()
const noSecrets: Filled['secrets'] = new Map()

/** Fills one part. */
class Filler {
  readonly part: Fillable
  readonly #noun: string
  readonly #resolver: Resolver
  readonly #vault: Vault
  readonly #problems: PlaceholderProblems
  readonly #value: Json
  // Created on demand, because most parts have neither placeholders nor secrets.
  #templates: Map<string, Template> | undefined
  #secrets: Map<string, SecretPlace> | undefined
  #open: OpenPlaces | undefined

  constructor(part: Fillable, resolver: Resolver, vault: Vault, problems: PlaceholderProblems) {
    this.part = part
    this.#noun = part.kind ? `a ${part.kind.name.replaceAll('_', ' ')}` : 'a file'
    this.#resolver = resolver
    this.#vault = vault
    this.#problems = problems
    this.#value = this.#build(part.node, [])
    this.#fillSecrets()
    if (!this.#templates) return
    const above = new Set([...(this.#secrets?.keys() ?? [])].flatMap(placesAbove))
    for (const [place, template] of this.#templates) if (!above.has(place)) this.#fillOpen(place, template)
  }

  filled(isMixed: (source: string) => boolean): Filled {
    const { texts, given, unresolved, sources } = this.#open ?? noOpenPlaces
    const secrets = this.#secrets ?? noSecrets
    return { value: this.#value, secrets, texts, given, unresolved, isMixed: [...sources].some(isMixed) }
  }

  /** Builds the value of a node. Secrets are found afterwards: a kind needs the whole item to decide. */
  #build(node: YamlNode, path: (string | number)[]): Json {
    if (node.is === 'scalar') return this.#scalar(node, path)
    if (node.is === 'list') return node.items.map((item, index) => this.#below(index, item, path))
    const object: JsonObject = {}
    for (const { key, value } of node.entries) setOwn(object, key, this.#below(key, value, path))
    return object
  }

  #below(part: string | number, node: YamlNode, path: (string | number)[]): Json {
    if (node.is === 'scalar' && !(typeof node.value === 'string' && node.value.includes('${')))
      return node.value
    path.push(part)
    const value = this.#build(node, path)
    path.pop()
    return value
  }

  #scalar(node: ScalarNode, path: Path): Json {
    const parts = typeof node.value === 'string' ? parsePlaceholders(node.value) : undefined
    if (!parts) return node.value
    const evaluation = this.#resolver.evaluate(parts, this.part.source.path, true)
    this.#templates ??= new Map()
    this.#templates.set(pointer(path), { node, path: [...path], parts, evaluation })
    // The value of a variable may be used in many places, and later stages change each by itself.
    return evaluation.ok ? structuredClone(evaluation.value) : node.value
  }

  #fillSecrets(): void {
    const { kind, node } = this.part
    const item = this.#value
    if (!kind || node.is !== 'mapping' || !isObject(item)) return
    visit(node, item, [], (scalar, path, value) => {
      if (value === null || !kind.isSecret(item, path)) return
      const template = this.#templateAbove(path)
      if (value === '')
        this.#problems.add(...emptySecret(this.#noun, this.part.source, scalar, path, template))
      else this.#fillSecret(scalar, [...path], value, template)
    })
    for (const secret of this.#secrets?.values() ?? []) setAt(item, secret.path, standIn(secret))
  }

  /** Puts a secret into the vault under the name of its source, and reports what is wrong with it. */
  #fillSecret(
    node: ScalarNode,
    path: Path,
    value: string | number | boolean,
    above: Template | undefined
  ): void {
    const { source } = this.part
    const span = source.span(node.start, node.end)
    // A template without placeholders (only the escape `$${`) is a literal text.
    const template = above?.parts.some((part) => typeof part !== 'string') === true ? above : undefined
    const place = `text at ${source.path}:${span.start.line}:${span.start.column}`
    const open = template ? openerOf(template, path) : () => opened(value)
    const name = template ? sourceNameOf(template, path, place, source.path, this.#resolver) : place
    this.#vault.put(name, identityOf(above, path, value, source.path, this.#resolver), open)
    this.#secrets ??= new Map()
    this.#secrets.set(pointer(path), { path, source: name, type: secretType(value, template), span, open })
    if (template) this.#recordUses(template, true)
    const field = `\`${String(path.findLast((part) => typeof part === 'string'))}\` of ${this.#noun}`
    const parts = above?.parts ?? []
    const literals = parts.flatMap((part) => {
      if (!isPlaceholder(part) || part.from !== 'var') return []
      const span = this.#resolver.variables.get(part.name)?.literal
      return span ? [{ name: part.name, span }] : []
    })
    this.#problems.add(...plainTextProblems({ field, path, value, span, source, template, literals }))
  }

  /** Fills a text with placeholders at a place that is no secret: its value may be shown. */
  #fillOpen(place: string, template: Template): void {
    if (!template.parts.some((part) => typeof part !== 'string')) return
    const base = this.part.source.path
    // A file for a value that is shown is read by other rules than one for a secret (`Resolver.lookUp`).
    const namesFile = template.evaluation.sources.some((source) => source.startsWith('file '))
    const evaluation = namesFile
      ? this.#resolver.evaluate(template.parts, base, false)
      : template.evaluation
    this.#recordUses(template, false)
    this.#open ??= new OpenPlaces()
    for (const source of evaluation.sources) this.#open.sources.add(source)
    if (!evaluation.ok) {
      this.#open.unresolved.add(place)
      setAt(this.#value, template.path, '')
      return
    }
    if (namesFile) setAt(this.#value, template.path, structuredClone(evaluation.value))
    this.#open.given.add(place)
    if (evaluation.text) this.#open.texts.set(place, template.path)
  }

  /** Records the use of each placeholder, with its own span inside of the text. */
  #recordUses({ node, parts }: Template, secret: boolean): void {
    const { source } = this.part
    let from = node.start
    for (const part of parts) {
      if (typeof part === 'string') continue
      const at = source.text.indexOf(part.raw, from)
      const isInside = at >= 0 && at + part.raw.length <= node.end
      const span = isInside ? source.span(at, at + part.raw.length) : source.span(node.start, node.end)
      if (isInside) from = at + part.raw.length
      if (isMalformed(part)) {
        this.#problems.malformed(part, span)
        continue
      }
      const found = this.#resolver.lookUp(part, source.path, secret)
      this.#problems.recordUse(found.sources, span, secret)
      if (!found.ok && !(secret && mayBeMissing(found))) this.#problems.recordFailure(found, span)
      else if (parts.length > 1 && found.ok && typeof found.value === 'object')
        this.#problems.recordFailure(notText(part), span)
      if (found.ok && part.from === 'var' && !this.#resolver.variables.has(part.name))
        this.#problems.undeclared(part.name, span)
    }
  }

  #templateAbove(path: Path): Template | undefined {
    if (!this.#templates) return undefined
    for (const place of placesAbove(pointer(path))) {
      const template = this.#templates.get(place)
      if (template) return template
    }
    return undefined
  }
}

/**
 * A secret may be missing until it is sent; but an undeclared name or a malformed placeholder is an error
 * now.
 */
function mayBeMissing(failure: LookupFailure): boolean {
  return !['P305', 'P309', 'P625'].includes(failure.code)
}

type Visitor = (node: ScalarNode, path: Path, value: string | number | boolean | null) => void

/**
 * Visits every scalar of a value with its node. Below a variable that is a structure, that is the
 * variable's node.
 */
function visit(node: YamlNode, value: Json, path: (string | number)[], visitor: Visitor): void {
  if (value === null || typeof value !== 'object') {
    if (node.is === 'scalar') visitor(node, path, value)
    return
  }
  const step = (below: YamlNode, part: string | number, inner: Json): void => {
    path.push(part)
    visit(below, inner, path, visitor)
    path.pop()
  }
  if (node.is === 'mapping' && !Array.isArray(value)) {
    for (const { key, value: below } of node.entries) step(below, key, value[key] ?? null)
  } else if (node.is === 'list' && Array.isArray(value)) {
    for (const [index, below] of node.items.entries()) step(below, index, value[index] ?? null)
  } else if (node.is === 'scalar') {
    for (const [part, inner] of Array.isArray(value) ? value.entries() : Object.entries(value))
      step(node, part, inner)
  }
}

function secretType(value: Json, template: Template | undefined): SecretPlace['type'] {
  if (template && (!template.evaluation.ok || template.evaluation.text)) return 'text'
  return typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'string'
}

/**
 * Returns a constant of the type of a secret, for validation: a message could quote the validated value.
 */
function standIn(secret: SecretPlace): Json {
  if (secret.type === 'number') return 1
  return secret.type === 'boolean' ? true : 'secret'
}
