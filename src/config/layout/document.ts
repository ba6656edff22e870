import { Document, isAlias, isMap, isPair, isScalar, isSeq, Scalar } from 'yaml'
import type { DocumentOptions, SchemaOptions, ScalarTag, ToStringOptions, YAMLMap } from 'yaml'
import { stringifyString } from 'yaml/util'
import type { JsonObject } from '../../state/value.ts'
import { hasUnseenSigns, yamlText } from '../source/index.ts'
import { isBlock as isWrittenBlock } from './kept-scalars.ts'
import { padded } from './padded.ts'

/** One entry of a section, and what is said of it in comments above. */
export interface LaidItem {
  value: JsonObject
  comments: readonly string[]
}

/** A section of a file: a list of items; or one mapping, for a kind of which there is one. */
export interface LaidSection {
  name: string
  items: readonly LaidItem[]
  isList: boolean
}

/** What stands on one line, and from which length on a text of two lines stands on lines of its own. */
export const bounds = { columns: 88, keys: 3, keysInList: 4, block: 60, written: 108 } as const

/** Writes texts: quotes where some reader could take a plain one for something else, blocks for lines. */
const text: ScalarTag = {
  tag: 'tag:yaml.org,2002:str',
  default: true,
  identify: (value) => typeof value === 'string',
  resolve: (source) => source,
  stringify(item, context, onComment, onChompKeep) {
    const value = String(item.value)
    const mayBeBlock = context.implicitKey !== true && context.inFlow !== true
    if (!mayBeBlock || !isBlock(value)) return yamlText(value)
    const block = Object.assign(new Scalar(value), { type: Scalar.BLOCK_LITERAL })
    return stringifyString(block, context, onComment, onChompKeep)
  }
}

/**
 * Whether a text reads better as lines of its own, and comes back from them as it was, byte for byte. A
 * short one, such as a name with a line break by mistake, is shown in quotes.
 */
export function isBlock(value: string): boolean {
  const lines = value.split('\n')
  if (lines.length < 3 && (lines.length < 2 || value.length < bounds.block)) return false
  return /\S/.test(value) && !/\n[\t \n]+$/.test(value) && !hasUnseenSigns(value)
}

/** The options with which a document is read or made, for `laidOut` to write it. */
export const layoutOptions = {
  version: '1.2',
  schema: 'core',
  customTags: (tags) => padded([text, ...tags.filter((tag) => !isTextTag(tag))])
} satisfies DocumentOptions & SchemaOptions

function isTextTag(tag: unknown): boolean {
  return typeof tag === 'object' && tag !== null && 'tag' in tag && tag.tag === text.tag
}

const writing = { indent: 2, indentSeq: true, lineWidth: 0, nullStr: 'null' } satisfies ToStringOptions

/** Makes a document of sections. `head` are comments of its own, at the very top. */
export function document(sections: readonly LaidSection[], head: readonly string[] = []): Document {
  const plain = new Document({}, layoutOptions)
  for (const { name, items, isList } of sections) {
    const nodes = items.map(({ value, comments }) => {
      const node = plain.createNode(value, { aliasDuplicateObjects: false })
      if (comments.length > 0) node.commentBefore = comments.map((line) => ` ${line}`).join('\n')
      return node
    })
    plain.add(plain.createPair(name, isList ? plain.createNode(nodes) : nodes[0]))
  }
  if (head.length > 0) plain.commentBefore = head.map((line) => ` ${line}`).join('\n')
  return plain
}

/**
 * Writes a document in the one layout. It is changed for that; what it means is not, nor its comments. What
 * people wrote on one line, and what on several, stays so: only what is too long for a line is spread.
 */
export function laidOut(given: Document): string {
  const root = given.contents
  if (isMap(root)) {
    root.flow = isWrittenFlow(root)
    let before: unknown
    for (const { key, value } of root.items) {
      if (hasSpace(key)) key.spaceBefore = before !== undefined && apart(before, value, key)
      before = value ?? key
      if (isSeq(value) && value.items.every(isMap) && !isWrittenFlow(value)) spread(value.items)
      else arrange(value, { indent: 2, inList: false, isTop: true })
    }
  }
  return given.toString(writing)
}

/** Sections stand apart, but for lines which people put together. */
function apart(before: unknown, value: unknown, key: { spaceBefore?: boolean }): boolean {
  const areLines = [before, value].every((one) => isScalar(one) || isWrittenFlow(one))
  return areLines ? key.spaceBefore === true : true
}

/** Whether a collection was read, and stood in braces or brackets. */
function isWrittenFlow(node: unknown): boolean {
  return (isMap(node) || isSeq(node)) && node.srcToken?.type === 'flow-collection'
}

/** Resources stand apart from each other, unless each takes but one line. */
function spread(items: readonly unknown[]): void {
  let before: YAMLMap | undefined
  for (const item of items) {
    if (!isMap(item)) continue
    if (isWrittenFlow(item)) arrange(item, { indent: 4, inList: true, isTop: false })
    else {
      item.flow = false
      for (const { value } of item.items) arrange(value, { indent: 4, inList: false, isTop: false })
    }
    const areShort = before !== undefined && isShort(before) && isShort(item)
    const wasApart = item.srcToken !== undefined && item.spaceBefore === true
    item.spaceBefore = before !== undefined && (!areShort || wasApart)
    before = item
  }
}

function isShort(item: YAMLMap): boolean {
  return (item.items.length <= 1 || isWrittenFlow(item)) && (item.commentBefore ?? '') === ''
}

interface Surroundings {
  indent: number
  inList: boolean
  /** The only item of a section stands in lines of its own. */
  isTop: boolean
}

/** Puts what is short on one line, and everything else on lines of its own. */
function arrange(node: unknown, { indent, inList, isTop }: Surroundings): void {
  if (!isMap(node) && !isSeq(node)) return
  const line = isTop ? undefined : lineOf(node)
  const most = inList ? bounds.keysInList : bounds.keys
  const isFew = isSeq(node) || node.items.length <= most
  if (node.srcToken === undefined)
    node.flow = line !== undefined && isFew && indent + line.length <= bounds.columns
  else node.flow = isWrittenFlow(node) && !(isTooLong(line, indent) && !hasComment(node))
  for (const item of node.items) {
    const inner = isPair(item) ? item.value : item
    arrange(inner, { indent: indent + 2, inList: isSeq(node), isTop: false })
  }
}

/** Whether what people wrote on one line is better spread over several. */
function isTooLong(line: string | undefined, indent: number): boolean {
  return line !== undefined && indent + line.length > bounds.written
}

/** Returns a node as it stands on one line; undefined where it cannot. */
function lineOf(node: unknown, depth = 0): string | undefined {
  if (isAlias(node)) return `*${node.source}`
  if (isScalar(node))
    return hasComment(node) || isWrittenBlock(node) ? undefined : scalarLine(node.value, node.source)
  if (depth > 1 || !(isMap(node) || isSeq(node)) || hasComment(node)) return undefined
  const parts = node.items.map((item: unknown) => {
    if (!isPair(item)) return isScalar(item) || isAlias(item) ? lineOf(item, depth + 1) : undefined
    const [key, value] = [lineOf(item.key, depth + 1), lineOf(item.value, depth + 1)]
    return key === undefined || value === undefined ? undefined : `${key}: ${value}`
  })
  if (parts.some((part) => part === undefined)) return undefined
  if (parts.length === 0) return isMap(node) ? '{}' : '[]'
  return isMap(node) ? `{ ${parts.join(', ')} }` : `[${parts.join(', ')}]`
}

function scalarLine(value: unknown, source: string | undefined): string | undefined {
  if (typeof value !== 'string') return source ?? String(value)
  return value.includes('\n') ? undefined : yamlText(value)
}

function hasComment(node: {
  comment?: string | null
  commentBefore?: string | null
  anchor?: string
}): boolean {
  return Boolean(node.comment) || Boolean(node.commentBefore) || node.anchor !== undefined
}

function hasSpace(key: unknown): key is { spaceBefore?: boolean } {
  return isScalar(key)
}
