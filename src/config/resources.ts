import { isError, problem, warning, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import { similarNames } from '../diagnostics/similar.ts'
import { nameKeys, nameOfItem, type ItemProblem, type Kind } from '../kinds/kind.ts'
import type { Address, Desired, Lifecycle, Path, Use } from '../state/resource.ts'
import { isObject, isReference, isSecret, type Json, type JsonObject } from '../state/value.ts'
import type { Filled } from './placeholders/index.ts'
import type { ResourceNode } from './sections.ts'
import { pointer, setAt } from './pointer.ts'
import { spelledNumbers } from './spelled-numbers.ts'
import { validateResource } from './validation/index.ts'
import {
  entryOf,
  headSpan,
  keySpan,
  locate,
  scalarText,
  typeWord,
  valueSpan,
  yamlText,
  type Location,
  type SourceText,
  type YamlNode
} from './source/index.ts'

/** Reads an item of a section as a desired resource, or returns its problems. */
export function readResource(
  { kind, source, node }: ResourceNode,
  filled: Filled
): { desired?: Desired; problems: Diagnostic[] } {
  const place = (found: ItemProblem): Diagnostic => placed(source, node, found)
  if (!isObject(filled.value)) return { problems: [place(notAMapping(kind, node))] }
  const problems = [
    ...validateResource(kind, filled, (path) => scalarText(source, node, path)),
    ...checkName(kind, filled),
    ...checkLifecycle(kind, filled.value)
  ]
  const isIncomplete = filled.unresolved.size > 0 || filled.isMixed
  const isSound = problems.every(({ code }) => code === 'P101')
  if (isIncomplete || !isSound) return { problems: problems.map(place) }
  for (const { path, source, type } of filled.secrets.values()) {
    setAt(filled.value, path, type === 'number' ? { $secret: source, as: 'integer' } : { $secret: source })
  }
  const own = [...(kind.check?.(filled.value) ?? []), ...spelledNumbers(kind, source, node, filled)]
  const reported = withOwnWords(problems, own).map(place)
  if (reported.some(isError)) return { problems: reported }
  return { desired: meaning(kind, source, node, filled.value), problems: reported }
}

/**
 * Joins problems of unknown fields with those that the kind's own `check` found. Where both report one
 * place, the kind's problem replaces the general one, because it says more.
 */
function withOwnWords(unknown: readonly ItemProblem[], own: readonly ItemProblem[]): ItemProblem[] {
  // A field under a wrong name is not missing, so a kind must not report it as missing.
  const others = unknown.length === 0 ? own : own.filter(({ code }) => code !== 'P103')
  const places = new Set(others.map(({ path }) => pointer(path)))
  return [...unknown.filter(({ path }) => !places.has(pointer(path))), ...others]
}

function meaning(kind: Kind, source: SourceText, node: YamlNode, value: JsonObject): Desired {
  const { name: _name, id, lifecycle, ...rest } = value
  const fields = kind.fromYaml(rest)
  const place = (path: Path): Path => kind.placeInYaml?.(path, rest) ?? path
  const spanAt = (path: Path) => valueSpan(source, locate(node, place(path)))
  return {
    kind: kind.name,
    name: nameOfItem(kind, value),
    fields,
    ...(typeof id === 'string' ? { id } : {}),
    ...ownOf(kind, rest),
    lifecycle: withFieldsIgnored(kind, readLifecycle(lifecycle), rest),
    span: nameSpan(kind, source, node),
    spanAt,
    ...(kind.wording && { spelling: kind.wording.spelling(rest) }),
    uses: usesOf(fields, source, node, place)
  }
}

function ownOf({ own = [] }: Kind, item: JsonObject): Pick<Desired, 'own'> {
  const entries = own.flatMap((key): [string, Json][] =>
    item[key] === undefined ? [] : [[key, item[key]]]
  )
  return entries.length === 0 ? {} : { own: Object.fromEntries(entries) }
}

/** Returns the span of the name; where an alias or `<<` brings the name, the span of the item itself. */
function nameSpan(kind: Kind, source: SourceText, node: YamlNode): ReturnType<SourceText['span']> {
  const key = nameKeys(kind).at(-1)
  if (key === undefined) return headSpan(source, node)
  const name = entryOf(node, key)
  const isBorrowed = name !== undefined && (name.keyStart < node.start || name.keyEnd > node.end)
  if (!isBorrowed) return valueSpan(source, locate(node, [key]))
  const isAlias = source.text.charAt(node.start) === '*'
  return isAlias ? source.span(node.start, node.end) : headSpan(source, node)
}

/** A reference to another resource. Its span is computed on demand: only problems need it. */
class NodeUse implements Use {
  readonly kind: string
  readonly name: string
  readonly path: Path
  readonly #source: SourceText
  readonly #node: YamlNode
  readonly #place: (path: Path) => Path

  constructor(
    address: Address,
    path: Path,
    { source, node, place }: { source: SourceText; node: YamlNode; place: (path: Path) => Path }
  ) {
    this.kind = address.kind
    this.name = address.name
    this.path = path
    this.#source = source
    this.#node = node
    this.#place = place
  }

  get span(): Span {
    return valueSpan(this.#source, useLocation(this.#node, this.#place(this.path), this.name))
  }
}

function usesOf(
  fields: JsonObject,
  source: SourceText,
  node: YamlNode,
  place: (path: Path) => Path
): Use[] {
  const uses: Use[] = []
  const path: (string | number)[] = []
  const step = (part: string | number, value: Json): void => {
    if (value === null || typeof value !== 'object') return
    path.push(part)
    walk(value)
    path.pop()
  }
  const walk = (value: Json): void => {
    if (isReference(value)) {
      const { $ref: kind, name } = value
      if (name !== undefined) uses.push(new NodeUse({ kind, name }, [...path], { source, node, place }))
    } else if (Array.isArray(value)) {
      value.forEach((inner, index) => step(index, inner))
    } else if (isObject(value) && !isSecret(value)) {
      for (const key of Object.keys(value)) step(key, value[key] ?? null)
    }
  }
  walk(fields)
  return uses
}

/**
 * Returns the place of a reference. A reference that is not written where it is used (the model of
 * `source: email`) is written once for the whole item, under the same key further out.
 */
function useLocation(node: YamlNode, path: Path, name: string): Location {
  const exact = locate(node, path)
  const key = path.findLast((part) => typeof part === 'string')
  if (exact.complete || key === undefined) return exact
  for (let length = path.length - 1; length >= 0; length--) {
    const outer = locate(node, [...path.slice(0, length), key])
    if (outer.complete && outer.node.is === 'scalar' && outer.node.value === name) return outer
  }
  return exact
}

function readLifecycle(value: Json | undefined): Lifecycle {
  const lifecycle = value !== undefined && isObject(value) ? value : {}
  const texts = (list: Json | undefined): string[] =>
    Array.isArray(list) ? list.map(String) : typeof list === 'string' ? [list] : []
  return {
    renamedFrom: texts(lifecycle['renamed_from']),
    preventDestroy: lifecycle['prevent_destroy'] === true,
    ignoreChanges: texts(lifecycle['ignore_changes'])
  }
}

/** `ignore_changes` may name a field as the file spells it: from here on, it has the paths of fields. */
function withFieldsIgnored({ wording }: Kind, lifecycle: Lifecycle, item: JsonObject): Lifecycle {
  if (wording === undefined || lifecycle.ignoreChanges.length === 0) return lifecycle
  const spelling = wording.spelling(item)
  return {
    ...lifecycle,
    ignoreChanges: lifecycle.ignoreChanges.flatMap((path) => wording.ignored(path, spelling))
  }
}

function notAMapping(kind: Kind, node: YamlNode): ItemProblem {
  const found = node.is === 'scalar' ? typeWord(node.value) : `a ${node.is}`
  return {
    path: [],
    code: 'P102',
    message: `${nounOf(kind)} is a mapping with a \`name\`, found ${found}`,
    label: `this is ${found}`,
    help:
      typeof (node.is === 'scalar' && node.value) === 'string'
        ? ['write `- name: …`, and the fields under it']
        : []
  }
}

/**
 * Refuses invisible characters in names: people must type a name in references. Beside an `id`, they are
 * what the service has.
 */
function checkName(kind: Kind, filled: Filled): ItemProblem[] {
  return nameKeys(kind).flatMap((key) => checkNamePart(kind, key, filled))
}

function checkNamePart(kind: Kind, key: string, { value, given, unresolved }: Filled): ItemProblem[] {
  const name = isObject(value) ? value[key] : undefined
  if (typeof name !== 'string' || unresolved.has(`/${key}`)) return []
  const problem = (message: string, label: string, help: string[] = []): ItemProblem[] => [
    { path: [key], code: 'P105', message: `the ${key} of ${nounOf(kind)} ${message}`, label, help }
  ]
  if (name === '') return problem('is empty', 'a name is expected here')
  if (isObject(value) && typeof value['id'] === 'string') return []
  if (/\p{Cc}/u.test(name))
    return problem('holds a line break or another control character', 'a name is one line of plain text')
  if (name.trim() === name) return []
  if (name.trim() === '')
    return problem('is only blanks', 'nobody sees these blanks', ['say what it is called'])
  const help = given.has(`/${key}`) ? [] : [`write \`${key}: ${yamlText(name.trim())}\``]
  return problem('starts or ends with a space', 'nobody sees this space', help)
}

function checkLifecycle(kind: Kind, value: JsonObject): ItemProblem[] {
  const lifecycle = value['lifecycle']
  const ignored = lifecycle !== undefined && isObject(lifecycle) ? lifecycle['ignore_changes'] : undefined
  if (!Array.isArray(ignored)) return []
  const known = [...Object.keys(kind.fields), ...(kind.wording?.ignorable ?? [])]
  return ignored.flatMap((path, index): ItemProblem[] => {
    if (typeof path !== 'string') return []
    const field = path.split(/[.[]/, 1)[0] ?? ''
    const isKnown = known.includes(field)
    if (isKnown && kind.wording?.ignored(path, {}).length !== 0) return []
    return [
      {
        path: ['lifecycle', 'ignore_changes', index],
        code: 'P104',
        message: `\`ignore_changes\` names a field that ${nounOf(kind)} does not have`,
        label: isKnown ? `\`${field}\` has no such part` : 'no field has this name',
        notes: [`fields are: ${known.join(', ')}`],
        help: isKnown
          ? [`name all of \`${field}\`, or what a plan names in it`]
          : similarNames(field, known).map((name) => `a field with a similar name exists: \`${name}\``)
      }
    ]
  })
}

/** Makes a diagnostic of an item's problem, with a span in the file. */
export function placed(source: SourceText, node: YamlNode, found: ItemProblem): Diagnostic {
  const place = locate(node, found.path)
  const whole = found.atKey ? keySpan(source, place) : valueSpan(source, place)
  const span = found.within ? partOf(source, whole, found.within) : whole
  const { notes = [], help = [] } = found
  const make = found.severity === 'warning' ? warning : problem
  return make(found.code, found.message, { labels: [{ span, text: found.label }], notes, help })
}

/** Returns the span of a part of a text, if the file has the text verbatim; else the span of all of it. */
function partOf(
  source: SourceText,
  whole: Span,
  { text, start, end }: NonNullable<ItemProblem['within']>
): Span {
  const [from, to] = [whole.start.offset, whole.end.offset]
  const at = source.text.slice(from, to).indexOf(text)
  return at === -1 ? whole : source.span(from + at + start, from + at + end)
}

function nounOf(kind: Kind): string {
  return `a ${kind.name.replaceAll('_', ' ')}`
}
