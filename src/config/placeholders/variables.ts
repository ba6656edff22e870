import { problem, warning, type Diagnostic } from '../../diagnostics/diagnostic.ts'
import { isExactly } from '../../state/number.ts'
import { isObject, type Json } from '../../state/value.ts'
import type { Disk } from '../source/disk.ts'
import { parse, type YamlDocument } from '../source/parse.ts'
import { cut, literalTexts } from './parse.ts'
import { fillDefault, type Found, type Variable, type World } from './resolve.ts'
import { entryOf, plainValue, wordFor, type Entry, type SourceText, type Written } from '../source/node.ts'

/**
 * What a declaration may state as `type`. Text from the command line or the environment is then read as
 * that; without a type it becomes whatever its place wants.
 */
export const variableTypes = ['string', 'number', 'boolean', 'list', 'mapping'] as const
type VariableType = (typeof variableTypes)[number]

/** A `variables:` section and the file it is in. */
export interface Declarations {
  source: SourceText
  entries: Entry[]
}

/** What is given from outside, the strongest first: the command line, files, the environment. */
export interface Given {
  variables: Readonly<Record<string, string>>
  files: { source: SourceText; root: Written }[]
  env: World['env']
}

/**
 * Variables by name, and what is wrong with how they are declared. Their values are not looked at: a
 * default may name what does not exist, as long as nobody needs it.
 */
export interface Gathered {
  variables: Map<string, Variable>
  problems: Diagnostic[]
}

/** A file of variables as it stands, for showing problems without its values. */
interface ReadText {
  path: string
  text: string
  documents: YamlDocument[]
}

/**
 * Reads the files of --var-file: each is one mapping from names to values. The last one that names a
 * variable wins.
 */
export function readVariableFiles(
  paths: readonly string[],
  disk: Disk
): { files: Given['files']; texts: ReadText[]; problems: Diagnostic[] } {
  const files: Given['files'] = []
  const texts: ReadText[] = []
  const problems: Diagnostic[] = []
  for (const path of paths.map((path) => disk.beside('', path))) {
    const reading = disk.read(path)
    const start = { line: 1, column: 1, offset: 0 }
    const labels = (text: string) => [{ span: { path, start, end: start }, text }]
    if (!reading.ok) {
      problems.push(
        problem('P008', `\`${path}\` cannot be read: ${reading.reason}`, { labels: labels(reading.reason) })
      )
      continue
    }
    const parsed = parse(path, reading.text)
    texts.push({ path, text: reading.text, documents: parsed.documents })
    problems.push(...parsed.problems)
    for (const { source, root } of parsed.documents) {
      if (root.is === 'mapping') files.push({ source, root })
      else if (root.is === 'list' || root.value !== null) {
        const found = root.is === 'list' ? 'a list' : wordFor(root.value)
        problems.push(
          problem('P102', `a file of variables is a mapping, found ${found}`, {
            labels: labels('expected `name: value`')
          })
        )
      }
    }
  }
  return { files, texts, problems }
}

/** Declarations and values together. Values are worked out when they are asked for. */
export function gatherVariables(
  declarations: readonly Declarations[],
  given: Given,
  world: World
): Gathered {
  const variables = new Map<string, Variable>()
  const problems: Diagnostic[] = []
  for (const { source, entries } of declarations) {
    for (const entry of entries) {
      const span = source.span(entry.keyStart, entry.keyEnd)
      const first = variables.get(entry.key)?.declared
      if (first) problems.push(declaredTwice(entry.key, span, first))
      else variables.set(entry.key, declared(entry, source, given, world))
    }
  }
  for (const [name, label] of namesGiven(given)) {
    if (variables.has(name)) continue
    const value = valueOf(name, undefined, undefined, given, world)
    variables.set(name, { name, ...value })
    problems.push(
      warning('P305', `variable \`${name}\` has a value but is not declared`, {
        labels: label ? [{ span: label, text: 'no `variables` section declares it' }] : [],
        help: [`declare it under \`variables:\`, or remove the value`]
      })
    )
  }
  return { variables, problems }
}

function namesGiven(given: Given): Map<string, ReturnType<SourceText['span']> | undefined> {
  const names = new Map<string, ReturnType<SourceText['span']> | undefined>()
  for (const name of Object.keys(given.variables)) names.set(name, undefined)
  for (const { source, root } of given.files) {
    if (root.is !== 'mapping') continue
    for (const entry of root.entries)
      if (!names.has(entry.key)) names.set(entry.key, source.span(entry.keyStart, entry.keyEnd))
  }
  return names
}

function declared(entry: Entry, source: SourceText, given: Given, world: World): Variable {
  const type = entryOf(entry.value, 'type')?.value
  const said = type?.is === 'scalar' ? variableTypes.find((name) => name === type.value) : undefined
  const fallback = entryOf(entry.value, 'default')?.value
  const value = valueOf(entry.key, said, fallback && { source, node: fallback }, given, world)
  return { name: entry.key, declared: source.span(entry.keyStart, entry.keyEnd), ...value }
}

type Worth = Pick<Variable, 'value' | 'literal' | 'made'>

interface Default {
  source: SourceText
  node: Written
}

function valueOf(
  name: string,
  said: VariableType | undefined,
  fallback: Default | undefined,
  given: Given,
  world: World
): Worth {
  const type = said ?? (fallback ? typeOf(fallback.node) : undefined)
  const text = Object.hasOwn(given.variables, name) ? given.variables[name] : undefined
  if (text !== undefined) return { made: { value: text }, value: () => fromText(name, text, type) }
  const inFile = given.files
    .flatMap(({ source, root }) => {
      const entry = entryOf(root, name)
      return entry ? [{ source, node: entry.value }] : []
    })
    .at(-1)
  if (inFile) return written(name, inFile, type, world)
  const inEnvironment = given.env[`POLYCTL_VAR_${name}`]
  if (inEnvironment !== undefined)
    return { made: { value: inEnvironment }, value: () => fromText(name, inEnvironment, type) }
  return fallback ? written(name, fallback, said, world) : {}
}

function written(
  name: string,
  { source, node }: Default,
  type: VariableType | undefined,
  world: World
): Worth {
  const literal = source.span(node.start, node.end)
  if (node.is === 'scalar' && typeof node.value === 'string' && node.value.includes('${')) {
    const text = node.value
    return {
      made: { text, base: source.path },
      ...(literalTexts(cut(text) ?? []).length > 0 && { literal }),
      value: (secret) => {
        const found = fillDefault(text, source.path, name, secret, world)
        if (!found.ok || typeof found.value !== 'string' || !found.text || type === undefined) return found
        return { ...fromText(name, found.value, type), leaves: found.leaves }
      }
    }
  }
  const value = plainValue(node)
  return {
    literal,
    made: { value },
    value: () => (type === undefined || typeOf(node) === type ? right(value) : wrong(name, type))
  }
}

function typeOf(node: Written): VariableType | undefined {
  if (node.is !== 'scalar') return node.is
  if (typeof node.value === 'string') return node.value.includes('${') ? undefined : 'string'
  return node.value === null ? undefined : typeof node.value === 'number' ? 'number' : 'boolean'
}

/** Text from the command line or the environment, read as the type that is declared. */
function fromText(name: string, text: string, type: VariableType | undefined): Found {
  if (type === undefined) return { leaves: [], ok: true, value: text, text: true }
  if (type === 'string') return right(text)
  const value = type === 'list' || type === 'mapping' ? structure(text) : literal(text)
  const fits =
    type === 'list'
      ? Array.isArray(value)
      : type === 'mapping'
        ? isObject(value ?? null)
        : typeof value === type
  return fits && value !== undefined ? right(value) : wrong(name, type)
}

/** A text that is exactly a number or a boolean. One whose digits no number holds is text. */
export function literal(text: string): number | boolean | undefined {
  if (text === 'true' || text === 'false') return text === 'true'
  if (!/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return undefined
  const number = Number(text)
  const isHeld = Number.isSafeInteger(number) || !Number.isInteger(number)
  return isHeld && isExactly(number, text) ? number : undefined
}

function structure(text: string): Json | undefined {
  const { documents } = parse('', text)
  return documents.length === 1 && documents[0] ? plainValue(documents[0].root) : undefined
}

function right(value: Json): Found {
  return { leaves: [], ok: true, value, text: false }
}

function wrong(name: string, type: VariableType): Found {
  const wanted = type === 'string' ? 'a string' : `a ${type}`
  return {
    leaves: [],
    ok: false,
    code: 'P102',
    name,
    reason: `the value of variable \`${name}\` is not ${wanted}`
  }
}

function declaredTwice(
  name: string,
  span: ReturnType<SourceText['span']>,
  first: ReturnType<SourceText['span']>
): Diagnostic {
  return problem('P202', `variable \`${name}\` is declared twice`, {
    labels: [
      { span, text: 'declared again here' },
      { span: first, text: 'first declared here' }
    ],
    help: ['keep one of the two']
  })
}
