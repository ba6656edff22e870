import { checked, inOrder, isError, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Kinds } from '../kinds/kind.ts'
import {
  byAddress,
  type Address,
  type DesiredState,
  type Removed,
  type Workspace
} from '../state/resource.ts'
import { isObject, type JsonObject } from '../state/value.ts'
import { Vault } from '../state/vault.ts'
import { checkCycles } from './cycles.ts'
import { glanceAt, type Glance } from './glance.ts'
import { fillPlaceholders, readVariableFiles, type Filling } from './placeholders/index.ts'
import { redact, redactVariables } from './redact.ts'
import { checkDeclared, checkReferences, ResourceIndex, spelledAsDeclared, withPins } from './references.ts'
import { placed, readResource } from './resources.ts'
import { splitSections, writtenNames, type DocumentNode, type Sections } from './sections.ts'
import { ShownTexts } from './shown-texts.ts'
import {
  locate,
  parseYaml,
  readFiles,
  scalarText,
  valueSpan,
  type Disk,
  type Parsed,
  type YamlDocument,
  type YamlNode
} from './source/index.ts'
import { validateFile } from './validation/index.ts'

/** Everything that the result of `understand` depends on: nothing else is read. */
export interface Inputs {
  /** As given by --file; empty means ./configs, else ./polytomic. `-` is standard input. */
  files: string[]
  env: Record<string, string | undefined>
  /** --var name=value */
  variables: Record<string, string>
  /** --var-file */
  variableFiles: string[]
  disk: Disk
  meanwhile?: Meanwhile
  witness?: Witness
}

/** Learns where what the files mean is written: for whoever changes the files. */
export interface Witness {
  /** Called with all documents, before what they mean is known. */
  documents(documents: readonly YamlDocument[]): void
  /** Called for each resource with its node and the filled value of that, in which secrets are sources. */
  item(address: Address, node: YamlNode, value: JsonObject): void
}

/** Work that runs beside the parsing (early requests), which would block the event loop otherwise. */
export interface Meanwhile {
  /** Called once, after all files were read and before the first is parsed. */
  begin(glance: Glance): void
  /**
   * Called once all files were parsed: what they declare if they are sound, whatever is filled in. Not all of
   * it: names with placeholders are not known yet.
   */
  declared(resources: readonly Address[]): void
  /** Called at intervals: yields to the event loop, so that requests that were begun make progress. */
  pause(): Promise<void>
}

/** Characters of YAML, and resources, that are read between two pauses. */
const pauseAfter = { letters: 128 * 1024, resources: 50 } as const

/**
 * What the files mean. `desired` may be printed and compared, because it has no secret value: those are in
 * the vault alone.
 */
export interface Understood {
  desired: DesiredState
  /** Opens the secrets that `desired` only names. */
  vault: Vault
}

/**
 * The result, and what is needed to show its problems. `files` has the paths of configuration files only;
 * `texts` has the files of `--var-file`, too.
 */
export interface Understanding {
  result: Checked<Understood>
  /** Path → redacted text of each file that was read, also when the result is not ok. */
  texts: ShownTexts
  files: string[]
}

/**
 * Reads files into desired state in three stages: parsing YAML; filling placeholders and checking shapes;
 * checking names and references. Each stage reports all of its problems, and an error ends the run after
 * its stage, so that one mistake is not reported by a later stage again.
 */
export async function understand(inputs: Inputs, kinds: Kinds): Promise<Understanding> {
  const found = await readFiles(inputs.files, inputs.disk)
  const files = [...found.texts.keys()]
  const variableFiles = readVariableFiles(inputs.variableFiles, inputs.disk)
  const { meanwhile, witness } = inputs
  if (found.problems.length === 0) meanwhile?.begin(glanceAt([...found.texts.values()], kinds))
  await meanwhile?.pause()
  const parsed = await parseAll(found.texts, meanwhile)
  const problems = [...found.problems, ...variableFiles.problems, ...parsed.flatMap((one) => one.problems)]
  const texts = new ShownTexts()
  let vault = new Vault()
  for (const [index, path] of files.entries()) {
    const documents = parsed[index]?.documents ?? []
    texts.defer(path, () => redact(found.texts.get(path) ?? '', documents, kinds, () => vault.known()))
  }
  for (const { path, text, documents } of variableFiles.texts)
    texts.defer(path, () => redactVariables(text, documents, kinds))
  const end = (value: Understood | undefined): Understanding => {
    const sorted = inOrder(problems)
    return {
      result: value ? checked(value, sorted) : { ok: false, problems: sorted },
      texts,
      files
    }
  }
  if (problems.some(isError)) return end(undefined)

  const documents = parsed.flatMap((one) => one.documents)
  witness?.documents(documents)
  const sections = splitSections(documents, new Set(files), kinds)
  if (!sections.problems.some(isError)) meanwhile?.declared(writtenNames(sections.resources))
  // What is requested now is sent before the next stage, and answered during it.
  await meanwhile?.pause()
  const filling = fillPlaceholders([...sections.documents, ...sections.resources], {
    ...inputs,
    declarations: sections.variables,
    variableFiles: variableFiles.files
  })
  vault = filling.vault
  await meanwhile?.pause()
  const read = await readSections(sections, filling.filled, kinds, meanwhile)
  problems.push(...sections.problems, ...filling.problems, ...read.problems)
  if (problems.some(isError)) return end(undefined)

  await meanwhile?.pause()
  const { removed, workspace } = read
  const resources = withPins(read.resources, kinds)
  for (const [at, resource] of resources.entries()) {
    const item = read.items[at]
    if (item) witness?.item(resource, item.node, item.value)
  }
  const index = new ResourceIndex(resources, kinds)
  problems.push(...checkDeclared(resources, removed, index, kinds), ...checkCycles(resources, index, kinds))
  problems.push(...checkReferences(resources, removed, index, kinds))
  await meanwhile?.pause()
  const desired = {
    workspace,
    resources: resources.map((one) => spelledAsDeclared(one, index)).toSorted(byAddress),
    removed: removed.toSorted(byAddress)
  }
  return end({ desired, vault })
}

async function parseAll(texts: ReadonlyMap<string, string>, meanwhile?: Meanwhile): Promise<Parsed[]> {
  const parsed: Parsed[] = []
  let letters = 0
  for (const [path, text] of texts) {
    parsed.push(parseYaml(path, text))
    letters += text.length
    if (letters < pauseAfter.letters) continue
    letters = 0
    await meanwhile?.pause()
  }
  return parsed
}

/** What sections say, with the node and the filled value of each of the resources. */
interface ReadSections extends DesiredState {
  items: { node: YamlNode; value: JsonObject }[]
  problems: Diagnostic[]
}

/** Reads the sections, with their placeholders filled, into desired state. */
async function readSections(
  { documents, resources }: Sections,
  filled: Filling['filled'],
  kinds: Kinds,
  meanwhile: Meanwhile | undefined
): Promise<ReadSections> {
  const state: ReadSections = {
    workspace: {},
    resources: [],
    items: [],
    removed: [],
    problems: []
  }
  for (const document of documents) {
    const { source, node } = document
    const part = filled.get(document)
    if (!part) continue
    const problems = validateFile(kinds, part, (path) => scalarText(source, node, path))
    state.problems.push(...problems.map((problem) => placed(source, node, problem)))
    if (problems.length > 0 || part.unresolved.size > 0 || !isObject(part.value)) continue
    state.removed.push(...removedIn(document, part.value, kinds))
    const section = part.value['workspace']
    if (section !== undefined && isObject(section)) state.workspace = workspaceOf(document, section, kinds)
  }
  for (const [index, resource] of resources.entries()) {
    if (index % pauseAfter.resources === pauseAfter.resources - 1) await meanwhile?.pause()
    const part = filled.get(resource)
    if (!part) continue
    const { desired, problems } = readResource(resource, part)
    for (const problem of problems) state.problems.push(problem)
    if (!desired) continue
    state.resources.push(desired)
    state.items.push({ node: resource.node, value: isObject(part.value) ? part.value : {} })
  }
  return state
}

function removedIn({ source, node }: DocumentNode, value: JsonObject, kinds: Kinds): Removed[] {
  const sections = value['removed'] ?? null
  if (!isObject(sections)) return []
  return kinds.managed.flatMap(({ name: kind, section }) => {
    const names = sections[section]
    if (!Array.isArray(names)) return []
    return names.flatMap((name, index) => {
      const span = valueSpan(source, locate(node, ['removed', section, index]))
      return typeof name === 'string' ? [{ kind, name, span }] : []
    })
  })
}

function workspaceOf({ source, node }: DocumentNode, section: JsonObject, kinds: Kinds): Workspace {
  const part = (key: string) => {
    const value = section[key]
    return typeof value === 'string'
      ? { value, span: valueSpan(source, locate(node, ['workspace', key])) }
      : undefined
  }
  const [organization, apiVersion, url] = [part('organization'), part('api_version'), part('url')]
  const sections = Array.isArray(section['exclusive']) ? section['exclusive'] : []
  const exclusive = {
    kinds: kinds.managed.filter(({ section }) => sections.includes(section)).map(({ name }) => name),
    span: valueSpan(source, locate(node, ['workspace', 'exclusive']))
  }
  return {
    ...(organization && { organization }),
    ...(apiVersion && { apiVersion }),
    ...(url && { url }),
    ...(exclusive.kinds.length > 0 && { exclusive })
  }
}
