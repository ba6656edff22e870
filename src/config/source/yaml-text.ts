import { isExactly } from '../../state/number.ts'

/**
 * A text as YAML that reads as just that text wherever it stands, in quotes where some reader could see
 * something else in it.
 */
export function yamlText(text: string): string {
  const isPlain = /^[\p{L}_](?:[\p{L}\p{N}_./@-]| (?=[\p{L}\p{N}_./@-]))*$/u.test(text)
  return isPlain && !/^(true|false|yes|no|on|off|y|n|null)$/i.test(text) ? text : JSON.stringify(text)
}

/** A text that is exactly a number or a boolean. One whose digits no number holds is text. */
export function scalarOf(text: string): number | boolean | undefined {
  if (text === 'true' || text === 'false') return text === 'true'
  if (!/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return undefined
  const number = Number(text)
  const isHeld = Number.isSafeInteger(number) || !Number.isInteger(number)
  return isHeld && isExactly(number, text) ? number : undefined
}
