import { isObject, isSecret, type Json, type Secret } from '../../state/value.ts'
import { parseYaml } from '../source/index.ts'

/** How a scalar stands in a file. */
export type Quoting = 'plain' | 'single' | 'double'

/** Returns how a scalar is written. */
export function quotingOf(raw: string): Quoting {
  return raw.startsWith('"') ? 'double' : raw.startsWith("'") ? 'single' : 'plain'
}

/**
 * Writes a scalar on one line, in the wanted way if the value can be said in it. `fallback` is how texts are
 * quoted that cannot stand plain.
 */
export function scalarText(value: Json, wanted: Quoting, isFlow: boolean, fallback: Quoting): string {
  if (typeof value !== 'string' && !isSecret(value)) return isObject(value) ? '{}' : JSON.stringify(value)
  const text = typeof value === 'string' ? escaped(value) : placeholderOf(value)
  const order: Quoting[] = wanted === 'plain' ? ['plain', fallback, 'double'] : [wanted, 'double']
  const fit = order.find((quoting) => canBe(text, quoting, isFlow)) ?? 'double'
  if (fit === 'plain') return text
  return fit === 'single' ? `'${text.replaceAll("'", "''")}'` : doubleQuoted(text)
}

/** A secret is written as the placeholder of its source. */
function placeholderOf({ $secret: source }: Secret): string {
  return `\${${source.replace(' ', ':')}}`
}

/** Writes a key on one line. */
export function keyText(key: string, isFlow: boolean): string {
  return canBe(key, 'plain', isFlow) ? key : doubleQuoted(key)
}

/** Escapes what would be a placeholder. */
export function escaped(text: string): string {
  return text.replaceAll('${', () => '$${')
}

function canBe(text: string, quoting: Quoting, isFlow: boolean): boolean {
  if (quoting === 'double') return true
  // Only what every reader of YAML takes for this text: no control characters, no ends of lines.
  if (!/^[\P{C}\p{Cf}]*$/u.test(text) || /[\u2028\u2029\uFEFF]/.test(text)) return false
  return quoting === 'single' || isPlain(text, isFlow)
}

/** YAML 1.1 has more words and numbers that are no text; files are read by other programs, too. */
const notTextElsewhere =
  /^(?:y|n|yes|no|on|off|~|null|true|false)$|^[-+.]?\d[\d_]*(?:[-:.,_eExXoO]|$)|^[-+.]\S*$|^=$|^<<$/i

function isPlain(text: string, isFlow: boolean): boolean {
  if (text === '' || text.trim() !== text || notTextElsewhere.test(text)) return false
  if (/^[\p{L}_][\p{L}\p{N}_ -]*$/u.test(text)) return true
  if (/^[-?:,[\]{}#&*!|>'"%@`]/.test(text) || /: |:$| #/.test(text)) return false
  if (isFlow && /[,[\]{}]|:(?=[,[\]{}]|$)/.test(text)) return false
  const read = parseYaml('', isFlow ? `a: { b: ${text} }\n` : `a:\n  b: ${text}\n`)
  const [root] = read.documents
  const outer = root?.root.is === 'mapping' ? root.root.entries[0]?.value : undefined
  const inner = outer?.is === 'mapping' ? outer.entries[0]?.value : undefined
  return (
    inner?.is === 'scalar' && inner.value === text && outer?.is === 'mapping' && outer.entries.length === 1
  )
}

/** JSON, with what YAML may not hold as it is, or people cannot see, in escapes. */
function doubleQuoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`
  )
}
