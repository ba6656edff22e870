import { isDocument, isList, JsonText, parsed, textOf, type Cell, type Row } from './value.ts'

/**
 * Cuts values out of what a target says of a record, however it writes them: what it repeats stands in
 * documents and on pages, where nobody looks for the data of others.
 */
export function withoutValues(message: string, row: Row): string {
  const texts = new Set(
    row.flatMap(textsIn).filter(({ length }) => length >= shortest && length <= message.length)
  )
  const forms = Array.from(texts, formsOf).flat()
  const longestFirst = forms.toSorted((a, b) => b.form.length - a.form.length)
  const cut = longestFirst.reduce((rest, { form, isWord }) => without(rest, form, isWord), message)
  return cut.replaceAll(address, '…')
}

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

interface Form {
  form: string
  /** The value is of letters alone: the target may say the same by itself. */
  isWord: boolean
}

/** A value as JSON, addresses and pages have it. */
function formsOf(value: string): Form[] {
  const component = encodeURIComponent(value.toWellFormed())
  const all = [
    value,
    JSON.stringify(value).slice(1, -1),
    component,
    component.replaceAll('%20', '+'),
    value.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign),
    value.replaceAll(/[&<>]/g, (sign) => entities[sign] ?? sign)
  ]
  return Array.from(new Set(all), (form) => ({ form, isWord: /^[\p{L} ]+$/u.test(form) }))
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;'
}

/**
 * A value is cut in letters of any case. A word is cut as it is written, and where values stand, in letters
 * of any case: `name` may be the value, and the name of a field.
 */
function without(message: string, form: string, isWord: boolean): string {
  const plain = form.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)
  if (!isWord) return message.replaceAll(new RegExp(plain, 'giu'), '…')
  const rest = /^[a-z ]+$/.test(form) ? message : message.replaceAll(form, '…')
  const around = String.raw`(["'\x60(]|= ?|: )${plain}(?=["'\x60)]|$)`
  return rest.replaceAll(new RegExp(around, 'giu'), '$1…')
}
