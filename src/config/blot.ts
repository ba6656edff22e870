import type { Diagnostic, Span } from '../diagnostics/diagnostic.ts'

/**
 * Texts as they may be shown: secrets that stand in them in plain words are dots, of the same length, so
 * that places stay true. What a frame shows is more than its problem is about: the whole line, and any
 * other problem's line too.
 */
export function blotted(
  texts: ReadonlyMap<string, string>,
  problems: readonly Diagnostic[]
): Map<string, string> {
  const shown = new Map([...texts].map(([path, text]) => [path, withoutNamedSecrets(text)]))
  for (const { code, labels } of problems) {
    const span = labels[0]?.span
    const text = span && shown.get(span.path)
    if (!span || text === undefined) continue
    const foreign = isForeign(code, span, text)
    if (!foreign && code !== 'P307' && code !== 'P108') continue
    const [start, end] = foreign ? [0, text.length] : [span.start.offset, span.end.offset]
    shown.set(span.path, text.slice(0, start) + dotted(text.slice(start, end)) + text.slice(end))
  }
  return shown
}

/** A file of another sort, named by mistake (`.env`, a key file): any word of it may be a secret. */
function isForeign(code: Diagnostic['code'], span: Span, text: string): boolean {
  const mapping = /^(?:---\s+)?(?:#.*\s+)*[\w-]+:(?:\s|$)/.test(text.trimStart())
  return !mapping && (code === 'P010' || (code === 'P102' && span.start.offset === 0))
}

function dotted(text: string): string {
  return text.replaceAll(/[^\r\n]/g, '.')
}

/** Also as people mistype it: a key that nobody knows is shown with its line. */
const secretWord = 'pass\\w*|pwd|secret|token|credentials?|api_?key|private_key|access_key'
/** What follows the key on its line, unless it is a block, an alias, or the start of something nested. */
const valueOnLine = String.raw`(?![|>&*!{\s])(\[[^\]\n]*\]|"[^"\n]*"|'[^'\n]*'|[^\s,}#][^,}\n]*)`
const namedSecret = new RegExp(
  String.raw`((?:^|[\s{,"'])[\w-]*(?:${secretWord})["']?\s*:[ \t]+)${valueOnLine}`,
  'gi'
)

/**
 * A file that is not YAML tells nobody which of its words are secrets, and one with a wrong shape not all:
 * there, what follows a key with the name of a secret counts as one.
 */
function withoutNamedSecrets(text: string): string {
  return text.replaceAll(namedSecret, (found: string, key: string, value: string) => {
    const plain = value.replaceAll(/["']/g, '').trim()
    const open = /^(\$\{[^}]*\}|\*{3,}|true|false)$/.test(plain)
    return open ? found : key + dotted(value.trimEnd()) + value.slice(value.trimEnd().length)
  })
}
