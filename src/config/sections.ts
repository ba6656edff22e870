import { basename } from 'node:path/posix'
import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { similarNames } from '../diagnostics/similar.ts'
import type { Kind, Kinds } from '../kinds/kind.ts'
import type { Address } from '../state/resource.ts'
import type { Declarations } from './placeholders/index.ts'
import {
  headSpan,
  typeWord,
  type MappingEntry,
  type SourceText,
  type YamlNode,
  type MappingNode,
  type YamlDocument
} from './source/index.ts'

/** The sections of all files. */
export interface Sections {
  resources: ResourceNode[]
  variables: Declarations[]
  workspaces: WorkspaceSection[]
  /** Each document without its resources: `workspace`, `variables`, `removed` and unknown keys. */
  documents: DocumentNode[]
  problems: Diagnostic[]
}

/** An item of a kind's section, before placeholders are filled. Its shape is not checked yet. */
export interface ResourceNode {
  kind: Kind
  source: SourceText
  node: YamlNode
}

/** A document without its resources. */
export interface DocumentNode {
  source: SourceText
  node: MappingNode
}

interface WorkspaceSection {
  source: SourceText
  entry: MappingEntry
}

/** The sections of a `polyctl.yaml`, which no other file has. */
const environmentSections: readonly string[] = ['environments', 'default_environment', 'watch']

/** The name of the file that declares environments, in the folder of the project. */
export const environmentsFile = 'polyctl.yaml'

/** Top-level keys that polyctl ignores: a place for anchors. */
const privateKey = /^x-/

/**
 * Splits documents into their sections, in the order of the files. A file without a known section is
 * reported: whoever passed it expects an effect.
 */
export function splitSections(
  documents: readonly YamlDocument[],
  files: ReadonlySet<string>,
  kinds: Kinds
): Sections {
  const found: Sections = { resources: [], variables: [], workspaces: [], documents: [], problems: [] }
  const bySection = new Map(kinds.managed.map((kind) => [kind.section, kind]))
  const sections = [...bySection.keys(), 'workspace', 'variables', 'removed']
  const known = new Set([...sections, ...environmentSections])
  const withSections = new Set<string>()
  for (const { source, root } of documents) {
    if (root.is === 'scalar' && root.value === null) continue
    if (root.is !== 'mapping') {
      withSections.add(source.path)
      found.problems.push(notSections(source, root))
      continue
    }
    if (!root.entries.some(({ key }) => known.has(key) || similarNames(key, sections).length > 0)) continue
    withSections.add(source.path)
    splitDocument(source, root, bySection, found)
  }
  for (const path of files)
    if (!withSections.has(path)) found.problems.push(noKnownSection(path, documents, sections))
  found.problems.push(...workspaceTwice(found.workspaces))
  return found
}

function splitDocument(
  source: SourceText,
  root: MappingNode,
  bySection: ReadonlyMap<string, Kind>,
  found: Sections
): void {
  const rest: MappingEntry[] = []
  for (const entry of root.entries) {
    const { key, value } = entry
    const kind = bySection.get(key)
    if (privateKey.test(key)) continue
    if (environmentSections.includes(key)) {
      if (basename(source.path) !== environmentsFile) found.problems.push(misplaced(source, entry))
      continue
    }
    if (kind?.naming?.only !== undefined && value.is === 'mapping') {
      found.resources.push({ kind, source, node: value })
      rest.push({ ...entry, value: { ...value, entries: [] } })
    } else if (kind && kind.naming?.only === undefined && value.is === 'list') {
      for (const node of value.items) found.resources.push({ kind, source, node })
      rest.push({ ...entry, value: { ...value, items: [] } })
    } else {
      rest.push(key === 'variables' ? { ...entry, value: withoutDefaults(value) } : entry)
    }
    if (key === 'variables' && value.is === 'mapping')
      found.variables.push({ source, entries: value.entries })
    if (key === 'workspace') found.workspaces.push({ source, entry })
  }
  found.documents.push({ source, node: { ...root, entries: rest } })
}

/** Returns the resources whose names are there as they are written. */
export function writtenNames(resources: readonly ResourceNode[]): Address[] {
  return resources.flatMap(({ kind, node }) => {
    if (kind.naming !== undefined || node.is !== 'mapping') return []
    const name = node.entries.find(({ key }) => key === 'name')?.value
    const isText = name?.is === 'scalar' && typeof name.value === 'string' && !name.value.includes('$')
    return isText ? [{ kind: kind.name, name: String(name.value) }] : []
  })
}

/**
 * Leaves out the defaults of variables: a default is filled when its variable is used. An unused default
 * may name a source that does not exist.
 */
function withoutDefaults(node: YamlNode): YamlNode {
  if (node.is !== 'mapping') return node
  const entries = node.entries.map((entry) => {
    const { value } = entry
    if (value.is !== 'mapping') return entry
    return { ...entry, value: { ...value, entries: value.entries.filter(({ key }) => key !== 'default') } }
  })
  return { ...node, entries }
}

function notSections(source: SourceText, root: YamlNode): Diagnostic {
  const found = root.is === 'scalar' ? typeWord(root.value) : `a ${root.is}`
  return problem('P102', `a file expects a mapping of sections, found ${found}`, {
    labels: [{ span: headSpan(source, root), text: `this is ${found}` }],
    help: ['start with a section, such as `connections:`, and put the list under it']
  })
}

function noKnownSection(
  path: string,
  documents: readonly YamlDocument[],
  sections: readonly string[]
): Diagnostic {
  const document = documents.find(({ source, root }) => source.path === path && root.is === 'mapping')
  const start = { line: 1, column: 1, offset: 0 }
  const span = document ? headSpan(document.source, document.root) : { path, start, end: start }
  const isEmpty = document === undefined
  return problem(
    'P010',
    isEmpty ? `\`${path}\` says nothing` : `\`${path}\` has no section that polyctl knows`,
    {
      labels: [{ span, text: isEmpty ? 'it is empty, or all of it is comments' : 'not a section' }],
      notes: [`sections are: ${sections.join(', ')}`],
      help: ['write one of them, or move the file to another folder']
    }
  )
}

/** Environments decide how all other files are read, so they stand in a place that is known before. */
function misplaced(source: SourceText, { key, keyStart, keyEnd }: MappingEntry): Diagnostic {
  return problem('P316', `\`${key}\` stands in \`${environmentsFile}\` only`, {
    labels: [{ span: source.span(keyStart, keyEnd), text: 'this is not read here' }],
    help: [`move it to \`${environmentsFile}\`, beside the folder of the files`]
  })
}

function workspaceTwice([first, ...others]: readonly WorkspaceSection[]): Diagnostic[] {
  if (!first) return []
  const spanOf = ({ source, entry }: WorkspaceSection) => source.span(entry.keyStart, entry.keyEnd)
  return others.map((other) =>
    problem('P110', '`workspace` is written more than once', {
      labels: [
        { span: spanOf(other), text: 'written again here' },
        { span: spanOf(first), text: 'first written here' }
      ],
      help: ['keep one of them: all files together describe one workspace']
    })
  )
}
