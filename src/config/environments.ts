import { checked, problem, type Checked, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import { similarNames } from '../diagnostics/similar.ts'
import type { Kinds } from '../kinds/kind.ts'
import { isObject, type Json } from '../state/value.ts'
import type { Filled } from './placeholders/index.ts'
import { placed } from './resources.ts'
import { redact } from './redact.ts'
import {
  entryOf,
  headSpan,
  locate,
  parseYaml,
  scalarText,
  typeWord,
  valueOfNode,
  valueSpan,
  type Disk,
  type MappingNode,
  type SourceText
} from './source/index.ts'
import { validateEnvironments } from './validation/index.ts'
import { watchingOf, type DeclaredWatch } from './watching.ts'

/** A text of a file, and where it stands. */
export interface Stated {
  value: string
  span: Span
}

/**
 * One place that the same files are for. Paths are relative to the working folder. It holds no key: keys are
 * in the environment, or in one of its files of variables.
 */
export interface DeclaredEnvironment {
  name: string
  url?: Stated
  organization?: Stated
  variableFiles: string[]
  environmentFiles: string[]
  since?: string
}

/** What a `polyctl.yaml` declares, in its order. `byDefault` is the name of one of them. */
export interface Environments {
  all: DeclaredEnvironment[]
  byDefault?: string
  /** Whom `polyctl watch` tells what, and when. */
  watch?: DeclaredWatch
}

/** The result of reading a `polyctl.yaml`, and its text for frames. */
export interface EnvironmentsReading {
  result: Checked<Environments>
  texts: ReadonlyMap<string, string>
}

/** A word that chooses no environment, so none can have it as its name. */
export const noEnvironment = 'none'

/**
 * Reads the environments of a `polyctl.yaml`. Placeholders are not filled there: the environment decides
 * where variables come from.
 */
export function readEnvironments(path: string, disk: Disk, kinds: Kinds): EnvironmentsReading {
  const reading = disk.read(path)
  if (!reading.ok)
    return {
      result: { ok: false, problems: [problem('P008', `\`${path}\` cannot be read: ${reading.reason}`)] },
      texts: new Map()
    }
  const { documents, problems: yamlProblems } = parseYaml(path, reading.text)
  const texts = new Map([[path, redact(reading.text, documents, kinds, () => [])]])
  const problems = [...yamlProblems]
  const environments: Environments = { all: [] }
  for (const { source, root } of documents) {
    if (root.is === 'scalar' && root.value === null) continue
    if (root.is !== 'mapping') {
      problems.push(noMapping(source, root))
      continue
    }
    problems.push(...shapeProblems(source, root))
    if (problems.length > 0) continue
    const read = environmentsOf(source, root, disk)
    problems.push(...read.problems)
    environments.all.push(...read.all)
    if (read.byDefault !== undefined) environments.byDefault = read.byDefault
    const watch = entryOf(root, 'watch')
    if (watch) environments.watch = watchingOf(valueOfNode(watch.value), source, root)
  }
  return { result: checked(environments, problems), texts }
}

function noMapping(source: SourceText, root: Parameters<typeof headSpan>[1]): Diagnostic {
  const found = typeWord(valueOfNode(root))
  return problem('P102', `\`polyctl.yaml\` is a mapping, found ${found}`, {
    labels: [{ span: headSpan(source, root), text: `this is ${found}` }],
    help: ['start with `environments:`, and put a name with a mapping under it']
  })
}

const elsewhere = 'what is to be managed stands in the files of the folder beside it'

function shapeProblems(source: SourceText, root: MappingNode): Diagnostic[] {
  const known = { ...root, entries: root.entries.filter(({ key }) => !key.startsWith('x-')) }
  const filled: Filled = {
    value: valueOfNode(known),
    secrets: new Map(),
    texts: new Map(),
    // What should be the name of a variable may be the secret itself.
    given: new Set(['/watch/notify']),
    unresolved: new Set(),
    isMixed: false
  }
  return validateEnvironments(filled, (path) => scalarText(source, root, path)).map((found) => {
    const isSection = found.code === 'P101' && found.path.length === 1
    const help = isSection ? [...(found.help ?? []), elsewhere] : found.help
    return placed(source, root, { ...found, ...(help && { help }) })
  })
}

function environmentsOf(
  source: SourceText,
  root: MappingNode,
  disk: Disk
): Environments & { problems: Diagnostic[] } {
  const value = valueOfNode(root)
  const declared = isObject(value) ? (value['environments'] ?? null) : null
  const all: DeclaredEnvironment[] = []
  const problems: Diagnostic[] = []
  for (const [name, stated] of Object.entries(isObject(declared) ? declared : {})) {
    const place = ['environments', name]
    const part = (key: string): Stated | undefined => {
      const text = isObject(stated) ? stated[key] : undefined
      if (typeof text !== 'string') return undefined
      const span = valueSpan(source, locate(root, [...place, key]))
      if (text.includes('${')) problems.push(notFilled(span))
      return { value: text, span }
    }
    const [url, organization, since] = [part('url'), part('organization'), part('since')]
    const paths = (key: string) => pathsIn(isObject(stated) ? stated[key] : undefined, source.path, disk)
    if (name === noEnvironment) problems.push(reserved(source, root))
    all.push({
      name,
      ...(url && { url }),
      ...(organization && { organization }),
      variableFiles: paths('var_file'),
      environmentFiles: paths('env_file'),
      ...(since && { since: since.value })
    })
  }
  const byDefault = isObject(value) ? value['default_environment'] : undefined
  if (typeof byDefault !== 'string') return { all, problems }
  if (!all.some(({ name }) => name === byDefault)) problems.push(noDefault(byDefault, all, source, root))
  return { all, byDefault, problems }
}

/** One path or several, as paths from the working folder. */
function pathsIn(value: Json | undefined, file: string, disk: Disk): string[] {
  const paths = Array.isArray(value) ? value : [value]
  return paths.flatMap((path) => (typeof path === 'string' ? [disk.beside(file, path)] : []))
}

function notFilled(span: Span): Diagnostic {
  return problem('P316', 'placeholders are not filled in `polyctl.yaml`', {
    labels: [{ span, text: 'this is taken as it stands' }],
    help: ['write the value itself, or give it with an option or a variable of the environment']
  })
}

function reserved(source: SourceText, root: MappingNode): Diagnostic {
  const { key } = locate(root, ['environments', noEnvironment])
  return problem('P316', 'no environment can be called `none`', {
    labels: key
      ? [{ span: source.span(key.start, key.end), text: '`--environment none` chooses none' }]
      : [],
    help: ['give it another name']
  })
}

function noDefault(
  name: string,
  all: readonly DeclaredEnvironment[],
  source: SourceText,
  root: MappingNode
): Diagnostic {
  const span = valueSpan(source, locate(root, ['default_environment']))
  return problem('P316', `no environment is called \`${name}\``, {
    labels: [{ span, text: 'it is to be the default' }],
    help: [namesHelp(name, all)]
  })
}

/** The names to choose from, those that are like the wrong one first. */
export function namesHelp(wrong: string, all: readonly DeclaredEnvironment[]): string {
  const names = all.map(({ name }) => name)
  const similar = similarNames(wrong, names)
  if (similar.length > 0) return `one with a similar name exists: \`${similar.join('`, `')}\``
  return names.length > 0 ? `there is: \`${names.join('`, `')}\`` : 'none is declared'
}
