import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { similarNames } from '../diagnostics/similar.ts'
import type { Kind, Kinds } from '../kinds/kind.ts'
import type { JsonObject } from '../state/value.ts'
import { apiVersions } from '../wire/common.ts'
import type { YamlDocument } from './source/parse.ts'
import { variableTypes, type Declarations } from './placeholders/variables.ts'
import {
  headSpan,
  wordFor,
  type Entry,
  type SourceText,
  type Written,
  type WrittenMapping
} from './source/node.ts'

/** All files, taken apart into their sections. */
export interface Outline {
  items: ItemText[]
  variables: Declarations[]
  workspaces: SectionText[]
  /** Each document without its items: what is left to be checked. */
  rest: { source: SourceText; root: WrittenMapping }[]
  problems: Diagnostic[]
}

/**
 * An entry of a section, with its placeholders unfilled. It may be anything that YAML can say, even a bare
 * word: its shape is checked later.
 */
export interface ItemText {
  kind: Kind
  source: SourceText
  node: Written
}

interface SectionText {
  source: SourceText
  entry: Entry
}

/** Top-level keys that are for the writer alone: a place for anchors. */
const privateKey = /^x-/

/**
 * Sections of any document, in the order of the files. A file that says nothing that is known is a
 * problem: it was meant to.
 */
export function outline(
  documents: readonly YamlDocument[],
  files: ReadonlySet<string>,
  kinds: Kinds
): Outline {
  const found: Outline = { items: [], variables: [], workspaces: [], rest: [], problems: [] }
  const bySection = new Map(kinds.managed.map((kind) => [kind.section, kind]))
  const sections = [...bySection.keys(), 'workspace', 'variables', 'removed']
  const speaking = new Set<string>()
  for (const { source, root } of documents) {
    if (root.is === 'scalar' && root.value === null) continue
    if (root.is !== 'mapping') {
      speaking.add(source.path)
      found.problems.push(notSections(source, root))
      continue
    }
    if (!root.entries.some(({ key }) => sections.includes(key) || similarNames(key, sections).length > 0))
      continue
    speaking.add(source.path)
    takeApart(source, root, bySection, found)
  }
  for (const path of files)
    if (!speaking.has(path)) found.problems.push(saysNothing(path, documents, sections))
  found.problems.push(...workspaceTwice(found.workspaces))
  return found
}

function takeApart(
  source: SourceText,
  root: WrittenMapping,
  bySection: ReadonlyMap<string, Kind>,
  found: Outline
): void {
  const rest: Entry[] = []
  for (const entry of root.entries) {
    const { key, value } = entry
    const kind = bySection.get(key)
    if (privateKey.test(key)) continue
    if (kind?.naming?.only !== undefined && value.is === 'mapping') {
      found.items.push({ kind, source, node: value })
      rest.push({ ...entry, value: { ...value, entries: [] } })
    } else if (kind && kind.naming?.only === undefined && value.is === 'list') {
      for (const node of value.items) found.items.push({ kind, source, node })
      rest.push({ ...entry, value: { ...value, items: [] } })
    } else {
      rest.push(key === 'variables' ? { ...entry, value: withoutDefaults(value) } : entry)
    }
    if (key === 'variables' && value.is === 'mapping')
      found.variables.push({ source, entries: value.entries })
    if (key === 'workspace') found.workspaces.push({ source, entry })
  }
  found.rest.push({ source, root: { ...root, entries: rest } })
}

/** Defaults are filled when a variable is used: one that nobody needs may name what does not exist. */
function withoutDefaults(node: Written): Written {
  if (node.is !== 'mapping') return node
  const entries = node.entries.map((entry) => {
    const { value } = entry
    if (value.is !== 'mapping') return entry
    return { ...entry, value: { ...value, entries: value.entries.filter(({ key }) => key !== 'default') } }
  })
  return { ...node, entries }
}

/** What a file may hold beside resources. */
export function rootSchema(kinds: Kinds): JsonObject {
  // What is in no list cannot be looked up by a name alone, and is never quite gone.
  const listed = kinds.managed.filter(({ api }) => api.place === undefined)
  return {
    type: 'object',
    additionalProperties: false,
    properties: {
      workspace: workspaceSchema(listed.map(({ section }) => section)),
      variables: variablesSchema,
      ...Object.fromEntries(
        kinds.managed.map(({ section, naming }) => [
          section,
          { type: [naming?.only === undefined ? 'array' : 'object', 'null'] }
        ])
      ),
      removed: {
        type: ['object', 'null'],
        description: 'Names of resources to delete. Harmless once they are gone.',
        additionalProperties: false,
        properties: Object.fromEntries(
          kinds.managed.map(({ section, naming }) => [section, namesToRemove(naming?.only)])
        )
      }
    }
  }
}

/** Of what there is one, the plan says how it is called: that is the only name. */
function namesToRemove(only: string | undefined): JsonObject {
  return { type: ['array', 'null'], items: only === undefined ? { type: 'string' } : { enum: [only] } }
}

function workspaceSchema(sections: readonly string[]): JsonObject {
  return {
    type: ['object', 'null'],
    description: 'Which organization the files are about. At most once in all files.',
    additionalProperties: false,
    properties: {
      organization: {
        type: 'string',
        description: 'Its name or id: keys of another organization are refused.'
      },
      api_version: { enum: [...apiVersions], description: 'The version of the API to speak.' },
      url: {
        type: 'string',
        format: 'uri',
        description:
          'The address of the service, for a Polytomic of your own; its host is allowed elsewhere.'
      },
      exclusive: {
        type: 'array',
        items: { enum: [...sections] },
        description:
          'Sections that declare all there is: with --prune, what else the service has is deleted.'
      }
    }
  }
}

const variablesSchema: JsonObject = {
  type: ['object', 'null'],
  description: 'Names for values that differ from place to place: ${var:name}.',
  propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
  additionalProperties: {
    type: ['object', 'null'],
    additionalProperties: false,
    properties: {
      default: { description: 'The value where none is given.' },
      description: { type: 'string' },
      type: { enum: [...variableTypes] }
    }
  }
}

function notSections(source: SourceText, root: Written): Diagnostic {
  const found = root.is === 'scalar' ? wordFor(root.value) : `a ${root.is}`
  return problem('P102', `a file expects a mapping of sections, found ${found}`, {
    labels: [{ span: headSpan(source, root), text: `this is ${found}` }],
    help: ['start with a section, such as `connections:`, and put the list under it']
  })
}

function saysNothing(
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
    isEmpty ? `\`${path}\` is empty` : `\`${path}\` has no section that polyctl knows`,
    {
      labels: [{ span, text: isEmpty ? 'nothing is written here' : 'not a section' }],
      notes: [`sections are: ${sections.join(', ')}`],
      help: ['write one of them, or move the file to another folder']
    }
  )
}

function workspaceTwice([first, ...others]: readonly SectionText[]): Diagnostic[] {
  if (!first) return []
  const spanOf = ({ source, entry }: SectionText) => source.span(entry.keyStart, entry.keyEnd)
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
