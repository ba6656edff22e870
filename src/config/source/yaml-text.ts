import { isExactly } from '../../state/number.ts'
import { isId } from '../../state/value.ts'

/**
 * Writes a text as a YAML scalar that every YAML reader takes for that text at any place: in quotes, unless
 * it is a plain word. What nobody sees is written by its number.
 */
export function yamlText(text: string): string {
  const isPlain = /^[\p{L}_](?:[\p{L}\p{N}_./@-]| (?=[\p{L}\p{N}_./@-]))*$/u.test(text)
  const isWord = isPlain && !/^(true|false|yes|no|on|off|y|n|null)$/i.test(text)
  return isWord || isId(text) ? text : quoted(text)
}

/** Printable ASCII, and letters that have but one form in Unicode: most texts are of these alone. */
const ordinary = /^[ -~\t\n]*$/

let unseen: RegExp | undefined

/**
 * What nobody sees, what changes the direction of a text, and blanks that look like another; in an emoji
 * they are a part of one picture. The set takes long to build: only texts that may have one need it.
 */
function unseenSigns(): RegExp {
  const signs = String.raw`[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]`
  unseen ??= new RegExp(String.raw`\p{RGI_Emoji}|${signs}|[\p{Zs}--[ ]]`, 'gv')
  return unseen
}

/** Returns true for a text with signs that nobody sees, or in another form of Unicode than usual. */
export function hasUnseenSigns(text: string): boolean {
  if (ordinary.test(text)) return false
  const found = text.replaceAll('\n', ' ').replaceAll('\t', ' ').match(unseenSigns()) ?? []
  return text !== text.normalize('NFC') || found.some((sign) => !isPicture(sign))
}

function isPicture(sign: string): boolean {
  return sign.length > 1 && /^\p{RGI_Emoji}$/v.test(sign)
}

/** Escapes of JSON are escapes of YAML. Accents of their own are escaped, for editors may compose them. */
function quoted(text: string): string {
  const json = JSON.stringify(text)
  if (ordinary.test(text)) return json
  const shown = json.replaceAll(unseenSigns(), (sign) => (isPicture(sign) ? sign : escaped(sign)))
  return text === text.normalize('NFC') ? shown : shown.replaceAll(/\p{M}/gu, escaped)
}

function escaped(text: string): string {
  return Array.from(text, (sign) => {
    const code = (sign.codePointAt(0) ?? 0).toString(16)
    return code.length <= 4 ? `\\u${code.padStart(4, '0')}` : `\\U${code.padStart(8, '0')}`
  }).join('')
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
