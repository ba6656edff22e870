import { problem, warning, type Diagnostic } from '../../diagnostics/diagnostic.ts'
import {
  entryOf,
  parseYaml,
  typeWord,
  valueOfNode,
  type Disk,
  type MappingEntry,
  type SourceText,
  type YamlDocument,
  type YamlNode
} from '../source/index.ts'
import { literalTexts, parsePlaceholders } from './template.ts'
import { variableTypes, type Variable, type VariableType } from './variable.ts'

/** A `variables:` section and the file it is in. */
export interface Declarations {
  source: SourceText
  entries: MappingEntry[]
}

/**
 * Values from outside of the configuration, by precedence: command line, files of variables, environment.
 */
export interface VariableSources {
  variables: Readonly<Record<string, string>>
  variableFiles: readonly YamlDocument[]
  env: Readonly<Record<string, string | undefined>>
}

/**
 * Variables by name, and problems of their declarations. Values are not checked here: an unused default may
 * name a source that does not exist.
 */
export interface Variables {
  variables: Map<string, Variable>
  problems: Diagnostic[]
}

/** The text of a `--var-file`, of which code frames show all but the values. */
interface ReadText {
  path: string
  text: string
  documents: YamlDocument[]
}

/**
 * Reads the files of `--var-file`: mappings from names to values. Of several values of a name, the last
 * wins.
 */
export function readVariableFiles(
  paths: readonly string[],
  disk: Disk
): { files: YamlDocument[]; texts: ReadText[]; problems: Diagnostic[] } {
  const files: YamlDocument[] = []
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
    const parsed = parseYaml(path, reading.text)
    texts.push({ path, text: reading.text, documents: parsed.documents })
    problems.push(...parsed.problems)
    for (const { source, root } of parsed.documents) {
      if (root.is === 'mapping') files.push({ source, root })
      else if (root.is === 'list' || root.value !== null) {
        const found = root.is === 'list' ? 'a list' : typeWord(root.value)
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

/** Joins declarations with values from outside. Placeholders in values are evaluated on use. */
export function gatherVariables(declarations: readonly Declarations[], given: VariableSources): Variables {
  const variables = new Map<string, Variable>()
  const problems: Diagnostic[] = []
  for (const { source, entries } of declarations) {
    for (const entry of entries) {
      const span = source.span(entry.keyStart, entry.keyEnd)
      const first = variables.get(entry.key)?.declared
      if (first) problems.push(declaredTwice(entry.key, span, first))
      else variables.set(entry.key, { ...declaredVariable(entry, source, given), declared: span })
    }
  }
  for (const [name, span] of namesGiven(given)) {
    if (variables.has(name)) continue
    variables.set(name, { name, ...valueGiven(name, given) })
    problems.push(
      warning('P305', `variable \`${name}\` has a value but is not declared`, {
        labels: span ? [{ span, text: 'no `variables` section declares it' }] : [],
        help: [`declare it under \`variables:\`, or remove the value`]
      })
    )
  }
  return { variables, problems }
}

function namesGiven(given: VariableSources): Map<string, ReturnType<SourceText['span']> | undefined> {
  const names = new Map<string, ReturnType<SourceText['span']> | undefined>()
  for (const name of Object.keys(given.variables)) names.set(name, undefined)
  for (const { source, root } of given.variableFiles) {
    if (root.is !== 'mapping') continue
    for (const entry of root.entries)
      if (!names.has(entry.key)) names.set(entry.key, source.span(entry.keyStart, entry.keyEnd))
  }
  return names
}

function declaredVariable(entry: MappingEntry, source: SourceText, given: VariableSources): Variable {
  const name = entry.key
  const stated = entryOf(entry.value, 'type')?.value
  const type = stated?.is === 'scalar' ? variableTypes.find((one) => one === stated.value) : undefined
  const fallback = entryOf(entry.value, 'default')?.value
  const value = valueGiven(name, given)
  if (!value) return { name, ...(type && { type }), ...(fallback && contentOf(source, fallback)) }
  const wanted = type ?? (fallback && typeOf(fallback))
  return { name, ...(wanted && { type: wanted }), ...value }
}

type VariableValue = Pick<Variable, 'content' | 'literal'>

/** Returns a value from outside, by precedence. */
function valueGiven(
  name: string,
  { variables, variableFiles, env }: VariableSources
): VariableValue | undefined {
  const text = Object.hasOwn(variables, name) ? variables[name] : undefined
  if (text !== undefined) return { content: { text } }
  for (const { source, root } of variableFiles.toReversed()) {
    const entry = entryOf(root, name)
    if (entry) return contentOf(source, entry.value)
  }
  const inEnvironment = env[`POLYCTL_VAR_${name}`]
  return inEnvironment === undefined ? undefined : { content: { text: inEnvironment } }
}

/** Returns a value of a file as the content of a variable; a text may have placeholders. */
function contentOf(source: SourceText, node: YamlNode): VariableValue {
  const literal = source.span(node.start, node.end)
  if (node.is !== 'scalar' || typeof node.value !== 'string' || !node.value.includes('${'))
    return { literal, content: { value: valueOfNode(node), valueType: typeOf(node) } }
  const content = { template: node.value, base: source.path }
  return { content, ...(literalTexts(parsePlaceholders(node.value) ?? []).length > 0 && { literal }) }
}

function typeOf(node: YamlNode): VariableType | undefined {
  if (node.is !== 'scalar') return node.is
  if (typeof node.value === 'string') return node.value.includes('${') ? undefined : 'string'
  return node.value === null ? undefined : typeof node.value === 'number' ? 'number' : 'boolean'
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
