import { checked, inOrder, isError, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Kinds } from '../kinds/kind.ts'
import {
  byAddress,
  type Desired,
  type DesiredState,
  type Removed,
  type Workspace
} from '../state/resource.ts'
import { isObject, type JsonObject } from '../state/value.ts'
import { Vault } from '../state/vault.ts'
import { checkCircles } from './cycles.ts'
import type { Disk } from './source/disk.ts'
import { readFiles } from './source/find-files.ts'
import { fill } from './placeholders/fill.ts'
import { fillItem, placed, readItem } from './resources.ts'
import { Ledger } from './placeholders/problems.ts'
import { checkDeclared, checkReferences, Register, spelledAsDeclared } from './references.ts'
import { outline, rootSchema, type Outline } from './sections.ts'
import { parse, type YamlDocument } from './source/parse.ts'
import { redacted, redactedVariables } from './redact.ts'
import { ShownTexts } from './shown-texts.ts'
import type { Filling } from './placeholders/filled.ts'
import { checkPart } from './validation/validate.ts'
import { gatherVariables, readVariableFiles, type Given } from './placeholders/variables.ts'
import type { World } from './placeholders/resolve.ts'
import { placeAt, scalarText, valueSpan, type SourceText, type WrittenMapping } from './source/node.ts'

/** Everything that the meaning of the files depends on: nothing else of the world is looked at. */
export interface Inputs {
  /** As given by --file; empty means ./configs, else ./polytomic. `-` is standard input. */
  files: string[]
  env: Record<string, string | undefined>
  /** --var name=value */
  variables: Record<string, string>
  /** --var-file */
  variableFiles: string[]
  disk: Disk
}

/**
 * What the files mean. It can be printed and compared as it is, because values of secrets are only in the
 * vault.
 */
export interface Understood {
  desired: DesiredState
  /** How to get at the secrets that `desired` only names. */
  vault: Vault
}

/**
 * The result, and what it takes to show its problems. `files` are the paths of the configuration alone;
 * `texts` has the files of `--var-file` too.
 */
export interface Understanding {
  result: Checked<Understood>
  /** Path → what problems may show of all that was read: also when nothing was understood. */
  texts: ShownTexts
  files: string[]
}

/**
 * What the files mean. Three stages, each of which tells all of its problems and is the last one if
 * there is an error among them: reading YAML, filling placeholders and checking shapes, and names and
 * references.
 */
export async function understand(inputs: Inputs, kinds: Kinds): Promise<Understanding> {
  const found = await readFiles(inputs.files, inputs.disk)
  const files = [...found.texts.keys()]
  const variableFiles = readVariableFiles(inputs.variableFiles, inputs.disk)
  const parsed = files.map((path) => parse(path, found.texts.get(path) ?? ''))
  const problems = [...found.problems, ...variableFiles.problems, ...parsed.flatMap((one) => one.problems)]
  const texts = new ShownTexts()
  let vault = new Vault()
  for (const [index, path] of files.entries()) {
    const documents = parsed[index]?.documents ?? []
    texts.later(path, () => redacted(found.texts.get(path) ?? '', documents, kinds, () => vault.known()))
  }
  for (const { path, text, documents } of variableFiles.texts)
    texts.later(path, () => redactedVariables(text, documents, kinds))
  const end = (value: Understood | undefined): Understanding => {
    const told = inOrder(problems)
    return {
      result: value ? checked(value, told) : { ok: false, problems: told },
      texts,
      files
    }
  }
  if (problems.some(isError)) return end(undefined)

  const documents = parsed.flatMap((one) => one.documents)
  const stage = new Stage(documents, inputs, variableFiles.files, files, kinds)
  vault = stage.vault
  const { resources, removed, workspace } = stage.read()
  problems.push(...stage.problems)
  if (problems.some(isError)) return end(undefined)

  const register = new Register(resources, kinds)
  problems.push(...checkDeclared(resources, removed, register, kinds), ...checkCircles(resources, register))
  problems.push(...checkReferences(resources, removed, register, kinds))
  const desired = {
    workspace,
    resources: resources.map((one) => spelledAsDeclared(one, register)).toSorted(byAddress),
    removed: removed.toSorted(byAddress)
  }
  return end({ desired, vault: stage.vault })
}

/** From documents to resources. */
class Stage {
  readonly problems: Diagnostic[] = []
  readonly vault = new Vault()
  readonly #kinds: Kinds
  readonly #outline: Outline
  readonly #filling: Filling

  constructor(
    documents: readonly YamlDocument[],
    { env, variables, disk }: Inputs,
    variableFiles: Given['files'],
    files: readonly string[],
    kinds: Kinds
  ) {
    this.#kinds = kinds
    this.#outline = outline(documents, new Set(files), kinds)
    const world: World = { env, disk, variables: new Map() }
    const gathered = gatherVariables(
      this.#outline.variables,
      { variables, files: variableFiles, env },
      world
    )
    this.problems.push(...this.#outline.problems, ...gathered.problems)
    this.#filling = {
      world: { ...world, variables: gathered.variables },
      vault: this.vault,
      ledger: new Ledger()
    }
  }

  /**
   * All items are filled before the first is checked: only then it is known which sources are secrets
   * somewhere.
   */
  read(): DesiredState {
    const { world, ledger } = this.#filling
    const rest = this.#rest()
    const items = this.#outline.items.map((item) => fillItem(item, this.#filling))
    const resources: Desired[] = []
    for (const item of items) {
      const { desired, problems } = readItem(item, (leaf) => ledger.isMixed(leaf))
      this.problems.push(...problems)
      if (desired) resources.push(desired)
    }
    this.problems.push(...ledger.problems(world.variables))
    return { resources, ...rest }
  }

  /** What is neither items nor variables. */
  #rest(): Omit<DesiredState, 'resources'> {
    const schema = rootSchemaOf(this.#kinds)
    const removed: Removed[] = []
    let workspace: Workspace = {}
    for (const { source, root } of this.#outline.rest) {
      const filled = fill(source, root, 'a file', () => false, this.#filling)
      const noun = { one: 'a file', part: 'section', synonyms: {} } as const
      const problems = checkPart(schema, filled, noun, (path) => scalarText(source, root, path))
      this.problems.push(...problems.map((problem) => placed(source, root, problem)))
      if (problems.length > 0 || filled.holes.size > 0 || !isObject(filled.value)) continue
      removed.push(...this.#removed(source, root, filled.value))
      const said = filled.value['workspace']
      if (said !== undefined && isObject(said)) workspace = workspaceOf(source, root, said, this.#kinds)
    }
    return { removed, workspace }
  }

  #removed(source: SourceText, root: WrittenMapping, value: JsonObject): Removed[] {
    const sections = value['removed'] ?? null
    if (!isObject(sections)) return []
    return this.#kinds.managed.flatMap(({ name: kind, section }) => {
      const names = sections[section]
      if (!Array.isArray(names)) return []
      return names.flatMap((name, index) => {
        const span = valueSpan(source, placeAt(root, ['removed', section, index]))
        return typeof name === 'string' ? [{ kind, name, span }] : []
      })
    })
  }
}

function workspaceOf(source: SourceText, root: WrittenMapping, said: JsonObject, kinds: Kinds): Workspace {
  const part = (key: string) => {
    const value = said[key]
    return typeof value === 'string'
      ? { value, span: valueSpan(source, placeAt(root, ['workspace', key])) }
      : undefined
  }
  const [organization, apiVersion, url] = [part('organization'), part('api_version'), part('url')]
  const sections = Array.isArray(said['exclusive']) ? said['exclusive'] : []
  const exclusive = {
    kinds: kinds.managed.filter(({ section }) => sections.includes(section)).map(({ name }) => name),
    span: valueSpan(source, placeAt(root, ['workspace', 'exclusive']))
  }
  return {
    ...(organization && { organization }),
    ...(apiVersion && { apiVersion }),
    ...(url && { url }),
    ...(exclusive.kinds.length > 0 && { exclusive })
  }
}

const rootSchemas = new WeakMap<Kinds, JsonObject>()

function rootSchemaOf(kinds: Kinds): JsonObject {
  let schema = rootSchemas.get(kinds)
  if (!schema) rootSchemas.set(kinds, (schema = rootSchema(kinds)))
  return schema
}
