import { isExactly } from '../../state/number.ts'

/**
 * Writes a text as a YAML scalar that every YAML reader takes for that text at any place: in quotes, unless
 * it is a plain word.
 */
export function yamlText(text: string): string {
  const isPlain = /^[\p{L}_](?:[\p{L}\p{N}_./@-]| (?=[\p{L}\p{N}_./@-]))*$/u.test(text)
  return isPlain && !/^(true|false|yes|no|on|off|y|n|null)$/i.test(text) ? text : JSON.stringify(text)
}

/**
 * Returns the number or boolean that a text is exactly; undefined for any other text, and for a number that
 * a JavaScript number cannot hold exactly.
 */
export function scalarOf(text: string): number | boolean | undefined {
  if (text === 'true' || text === 'false') return text === 'true'
  if (!/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return undefined
  const number = Number(text)
  const isHeld = Number.isSafeInteger(number) || !Number.isInteger(number)
  return isHeld && isExactly(number, text) ? number : undefined
}
