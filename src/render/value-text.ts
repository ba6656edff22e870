import {
  isLongNumber,
  isObject,
  isReference,
  isSecret,
  type Json,
  type JsonObject
} from '../state/value.ts'
import { visible } from './plain-text.ts'

/** A value on one line, as a person would say it: names for references, where it comes from for secrets. */
export function valueText(value: Json | undefined): string {
  if (value === undefined || value === null) return '(none)'
  if (typeof value === 'string') return stringText(value)
  if (typeof value !== 'object') return String(value)
  if (isReference(value)) return referenceText(value)
  if (isLongNumber(value)) return visible(value.$number)
  if (isSecret(value)) return `(secret from ${visible(value.$secret)})`
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`
  const mapping = mappingText(value)
  return mapping ?? `{${entriesText(Object.entries(value))}}`
}

/**
 * Bare where nothing is ambiguous; quoted where it would read as something else: `42` the string, `true`
 * the string, a space at an end.
 */
function stringText(text: string): string {
  const ambiguous =
    text === '' ||
    text.trim() !== text ||
    /^(?:true|false|null|~|\(.*|["'[{].*|[-+.\d][\d_.eE+-]*)$/su.test(text) ||
    /[\p{Cc}]| (?:→|->|in the files|in the service)/u.test(text)
  return visible(ambiguous ? JSON.stringify(text) : text)
}

function referenceText(reference: { name?: string; id?: string }): string {
  return reference.name === undefined
    ? `(id ${visible(reference.id ?? 'unknown')})`
    : stringText(reference.name)
}

function entriesText(entries: [string, Json][]): string {
  return entries.map(([key, value]) => `${visible(key)}: ${valueText(value)}`).join(', ')
}

/**
 * A field of a model, `MongoDB Model · last_name`; and what is filled from one, `Email ← MongoDB Model ·
 * email`. `title` is what is already written before it.
 */
export function mappingText(value: Json, title?: string): string | undefined {
  if (!isObject(value)) return undefined
  const { field, ...others } = value
  const [owner, ...more] = Object.values(others)
  if (owner !== undefined && isReference(owner) && typeof field === 'string' && more.length === 0)
    return `${referenceText(owner)} · ${visible(field)}`
  const { source, target, ...rest } = value
  if (typeof target !== 'string' || source === undefined || typeof source === 'number') return undefined
  const from = typeof source === 'string' ? stringText(source) : mappingText(source)
  if (from === undefined) return undefined
  const stated = Object.entries(rest).filter(([, part]) => part !== null)
  const beside = stated.length === 0 ? '' : ` (${entriesText(stated)})`
  return `${target === title ? '' : `${visible(target)} `}← ${from}${beside}`
}

/** True for what has parts worth a line each, rather than one line for all. */
export function isNested(value: Json | undefined): value is Json[] | JsonObject {
  if (typeof value !== 'object' || value === null || isReference(value) || isSecret(value)) return false
  if (mappingText(value) !== undefined) return false
  return Array.isArray(value) ? value.length > 0 && !isShortList(value) : Object.keys(value).length > 0
}

/** A few plain values read better beside each other. */
function isShortList(values: Json[]): boolean {
  const plain = values.every(
    (it) => typeof it !== 'object' || it === null || isReference(it) || isSecret(it)
  )
  return plain && valueText(values).length <= 60
}

/** The parts of a nested value with what each is called; items of lists by what tells them apart. */
export function partsOf(value: Json[] | JsonObject): [label: string, part: Json][] {
  if (!Array.isArray(value)) return Object.entries(value).filter(([, part]) => part !== null)
  return value.map((item, index) => [`[${itemKey(item) ?? index}]`, item])
}

/** What tells the items of most lists apart, the likeliest first. */
export const itemKeys: readonly string[] = ['target', 'id', 'name', 'action']

function itemKey(item: Json): string | undefined {
  if (!isObject(item)) return undefined
  return itemKeys
    .map((key) => item[key])
    .find((key): key is string => typeof key === 'string' && key !== '')
}

/**
 * True when the key of an item says all of it, as for conditions and relations: there is nothing to add.
 */
export function isSaid(value: Json | undefined, key: string): boolean {
  if (value === undefined || value === null || isSecret(value)) return false
  if (isReference(value))
    return value.name === key || (value.name !== undefined && key.includes(value.name))
  if (typeof value === 'object') {
    const parts = Object.values(value).filter((part) => part !== null)
    if (!Array.isArray(value) && itemKeys.some((name) => value[name] === key)) return parts.length === 1
    return parts.length > 0 && parts.every((part) => isSaid(part, key))
  }
  return value !== '' && key.includes(String(value))
}

/** Any value as lines, to be compared line by line. */
export function valueLines(value: Json | undefined, indent = ''): string[] {
  if (typeof value === 'string') return value.split('\n').map((line) => indent + line)
  if (!isNested(value)) return [indent + valueText(value)]
  const lines: string[] = []
  for (const [label, part] of partsOf(value)) {
    const below = isNested(part) || (typeof part === 'string' && part.includes('\n'))
    lines.push(`${indent}${label}:${below ? '' : ` ${valueText(part)}`}`)
    if (below) lines.push(...valueLines(part, `${indent}  `))
  }
  return lines
}
