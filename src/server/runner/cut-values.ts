import { isDocument, isList, JsonText, parsed, textOf, type Cell, type Row } from './value.ts'

/**
 * Cuts values out of what a target says of a record, however it writes them: what it repeats stands in
 * documents and on pages, where nobody looks for the data of others.
 */
export function withoutValues(message: string, row: Row): string {
  const letters = message.toLowerCase()
  // Errors may be many: what is not in the message costs next to nothing.
  const isThere = (form: string): boolean => letters.includes(form.toLowerCase())
  const forms = new Set<string>()
  for (const text of new Set(row.flatMap(textsIn)))
    if (text.length >= shortest && text.length <= message.length)
      for (const form of formsOf(text)) if (isThere(form)) forms.add(form)
  const longestFirst = [...forms].toSorted((a, b) => b.length - a.length)
  const cut = longestFirst.reduce(without, message)
  // A part of a word may be the part of an address.
  const bounded = cut.length <= longest ? cut : `${cut.slice(0, longest).replace(/\S*$/, '')}…`
  return bounded.replaceAll(address, '…')
}

/** So much of a message is enough to know what is wrong. */
const longest = 1000

/** Shorter ones are in words of every message. */
const shortest = 3

/** An e-mail address, of whomever. */
const address = /[^\s"'<>()[\]{},;:=&?]+(?:@|%40)[^\s"'<>()[\]{},;:=&?]+/gi

/** A value, and what is in it: a target may repeat a part. */
function textsIn(cell: Cell): string[] {
  const whole = textOf(cell)
  const inner = cell instanceof JsonText ? parsed(cell.text) : cell
  if (isList(inner)) return [whole, ...inner.flatMap(textsIn)]
  return isDocument(inner) ? [whole, ...Object.values(inner).flatMap(textsIn)] : [whole]
}

/** A value as JSON, addresses and pages have it. */
function formsOf(value: string): string[] {
  if (/^[\w .-]*$/.test(value))
    return value.includes(' ') ? [value, value.replaceAll(' ', '%20'), value.replaceAll(' ', '+')] : [value]
  const component = encodeURIComponent(value.toWellFormed())
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    component,
    component.replaceAll('%20', '+'),
    value.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign),
    value.replaceAll(/[&<>]/g, (sign) => entities[sign] ?? sign)
  ]
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;'
}

/** Of letters alone: the target may say the same by itself. */
const isWord = /^[\p{L} ]+$/u

/**
 * A value is cut in letters of any case. A word is cut where it stands by itself, and where values stand, in
 * letters of any case: `Name` may be the value, and a part of the name of a field.
 */
function without(message: string, form: string): string {
  const plain = form.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)
  if (!isWord.test(form)) return message.replaceAll(new RegExp(plain, 'giu'), '…')
  const alone = String.raw`(?<![\p{L}\p{N}_])${plain}(?![\p{L}\p{N}_])`
  const rest = /^[a-z ]+$/.test(form) ? message : message.replaceAll(new RegExp(alone, 'gu'), '…')
  const around = String.raw`(["'\x60(]|= ?|: )${plain}(?=["'\x60)]|$)`
  return rest.replaceAll(new RegExp(around, 'giu'), '$1…')
}
