import { lineStart } from './style.ts'
import type { MappingEntry, MappingNode, SourceText, YamlNode } from '../source/index.ts'

/**
 * Why a part of a file cannot be changed without guessing what people meant: its value comes from elsewhere,
 * or goes elsewhere too.
 */
export interface Lock {
  because: 'placeholder' | 'alias' | 'merge' | 'anchor' | 'stdin'
  /** What stands in the file there: the names of placeholders, of the anchor; nothing of a value. */
  words: string
}

/** Returns the lock of a node by itself, without those above and below it. */
export function lockOfNode({ text }: SourceText, node: YamlNode): Lock | undefined {
  if (text.charAt(node.start) === '*') return { because: 'alias', words: text.slice(node.start, node.end) }
  if (node.is === 'scalar') {
    const raw = text.slice(node.start, node.end)
    const names = placeholderNames(raw)
    if (names.length > 0) return { because: 'placeholder', words: names.join(' and ') }
  }
  const anchor = anchorBefore(text, node.start)
  return anchor !== undefined && isReferred(text, anchor)
    ? { because: 'anchor', words: `&${anchor}` }
    : undefined
}

/** Returns the lock of an entry that `<<` brings from another mapping. */
export function lockOfEntry(
  mapping: MappingNode,
  { key, keyStart, keyEnd }: MappingEntry
): Lock | undefined {
  const isOwn = keyStart >= mapping.start && keyEnd <= mapping.end
  return isOwn ? undefined : { because: 'merge', words: `<<, which brings \`${key}\`` }
}

/** Names placeholders without what may be a value in them: a fallback, or text around. */
function placeholderNames(raw: string): string[] {
  const found = raw.replaceAll('$${', '').matchAll(/\$\{(?:(env|var|file):([\w./@ -]*))?/g)
  return [
    ...new Set(
      Array.from(found, ([, from, name]) => `\${${from ?? '…'}:${(name ?? '').replace(/:?-.*$/, '')}}`)
    )
  ]
}

/** Returns the name of the anchor right before a node; undefined where it has none. */
function anchorBefore(text: string, start: number): string | undefined {
  let end = start
  for (;;) {
    const line = lineStart(text, end)
    const before = text.slice(line, end)
    if (line > 0 && (before.trim() === '' || before.trim().startsWith('#'))) {
      end = line - 1
      continue
    }
    const words = end === start ? before : before.trimEnd().replace(/(^|\s)#.*$/, '')
    return /(?:^|[\s,[{])&([^\s,[\]{}]+)\s*$/.exec(words)?.[1]
  }
}

function isReferred(text: string, anchor: string): boolean {
  for (let at = text.indexOf(`*${anchor}`); at !== -1; at = text.indexOf(`*${anchor}`, at + 1)) {
    const next = text.charAt(at + anchor.length + 1)
    if (next === '' || /[\s,[\]{}]/.test(next)) return true
  }
  return false
}
