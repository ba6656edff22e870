import { isDeepStrictEqual } from 'node:util'
import { parseAllDocuments } from 'yaml'
import type { DocumentOptions, ParseOptions, SchemaOptions } from 'yaml'
import { parseYaml, valueOfNode } from '../source/index.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { laidOut } from './document.ts'
import { keeping } from './kept-scalars.ts'
import { marked, stayInside, unmarked } from './marked.ts'
import { padded } from './padded.ts'
import { withinNeighbours, writtenIn } from './written.ts'

/** A text in the one layout; or what is wrong with it; or that the layout cannot hold what it says. */
type Formatted =
  | { is: 'formatted'; text: string }
  | { is: 'wrong'; problems: readonly Diagnostic[] }
  | { is: 'left' }

const reading = {
  version: '1.2',
  schema: 'core',
  merge: true,
  uniqueKeys: false,
  logLevel: 'silent',
  keepSourceTokens: true,
  resolveKnownTags: false,
  customTags: (tags) => padded(tags.map((tag) => (isScalarTag(tag) ? keeping(tag) : tag)))
} satisfies DocumentOptions & SchemaOptions & ParseOptions

/** The merge key is not a scalar like others: it is written by the library alone. */
function isScalarTag(tag: unknown): tag is Parameters<typeof keeping>[0] {
  return typeof tag === 'object' && tag !== null && !('collection' in tag) && !isMerge(tag)
}

function isMerge(tag: object): boolean {
  return 'tag' in tag && tag.tag === 'tag:yaml.org,2002:merge'
}

/** The second time a layout settles what the first time moved; a third is never needed of a sound one. */
const mostRounds = 3

/**
 * Formats a text. What it means, its comments and where they stand between its values are compared with what
 * our own reader finds in the result, and so is a second run: a text that would come out otherwise is left.
 */
export function formatted(path: string, given: string): Formatted {
  const text = given.replaceAll('\r\n', '\n')
  const before = meaningOf(path, text)
  if (!before.ok) return { is: 'wrong', problems: before.problems }
  let last = text
  for (let round = 0; round < mostRounds; round++) {
    const next = laidOutText(last)
    if (next === undefined) return { is: 'left' }
    if (next === last) return sound(path, before.meaning, next)
    last = next
  }
  return { is: 'left' }
}

function sound(path: string, before: Meaning, text: string): Formatted {
  const after = meaningOf(path, text)
  const isSame = after.ok && isDeepStrictEqual(after.meaning, before)
  return isSame ? { is: 'formatted', text } : { is: 'left' }
}

/** What a text says to programs, and to people: its values, and the order of what is written. */
interface Meaning {
  values: unknown[]
  written: string[]
}

type Read = { ok: true; meaning: Meaning } | { ok: false; problems: readonly Diagnostic[] }

function meaningOf(path: string, text: string): Read {
  const { documents, problems } = parseYaml(path, text)
  if (problems.length > 0) return { ok: false, problems }
  const values = documents.map(({ root }) => inOrder(valueOfNode(root)))
  return { ok: true, meaning: { values, written: writtenIn(text) } }
}

/** A value in which the order of keys counts. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  return { mapping: Object.entries(value).map(([key, inner]) => [key, inOrder(inner)]) }
}

function laidOutText(text: string): string | undefined {
  const signed = marked(withinNeighbours(text), reading)
  if (signed === undefined) return undefined
  const documents = parseAllDocuments(signed, reading)
  if (!Array.isArray(documents) || documents.length === 0) return trimmed(text)
  if (documents.some(({ errors }) => errors.length > 0)) return undefined
  for (const document of documents) stayInside(document)
  return ended(unmarked(documents.map(laidOut).join('')))
}

/** A text without values. */
function trimmed(text: string): string {
  return ended(text.replaceAll(/[ \t]+$/gm, ''))
}

function ended(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}
