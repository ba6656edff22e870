import type { Diagnostic } from '../diagnostics/diagnostic.ts'

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
    if (!span || text === undefined || (code !== 'P307' && code !== 'P108')) continue
    const { start, end } = span
    const dots = text.slice(start.offset, end.offset).replaceAll(/[^\r\n]/g, '.')
    shown.set(span.path, text.slice(0, start.offset) + dots + text.slice(end.offset))
  }
  return shown
}

const secretWord = 'password|passwd|passphrase|secret|token|credentials?|api_?key|private_key|access_key'
/** What follows the key on its line, unless it is a block, an alias, or the start of something nested. */
const valueOnLine = String.raw`(?![|>&*!{[\s])("[^"\n]*"|'[^'\n]*'|[^\s,}#][^,}\n]*)`
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
    return open ? found : key + value.replaceAll(/[^\r\n]/g, '.')
  })
}
