import type { Path } from '../../state/resource.ts'
import { yamlText } from '../source/index.ts'
import { isObject, type Json, type JsonObject } from '../../state/value.ts'

/**
 * Advice on what to write in place of a value of the wrong type. People copy it, so it must be valid and
 * mean what the author meant; if that is not certain, there must be no advice.
 */

/** A value of the wrong type, and what the schema allows in its place. */
export interface WrongValue {
  /** The allowed types, by their names in JSON Schema. */
  types: readonly string[]
  found: Json | undefined
  /** The text of the value in the file; absent if it is elsewhere, as behind an alias. */
  sourceText: string | undefined
  path: Path
  schema: JsonObject
}

/** Returns notes and help for a value of the wrong type. */
export function typeAdvice(mistaken: WrongValue): { notes?: string[]; help?: string[] } {
  const { types, found, path } = mistaken
  const write = (text: string): string => `write \`${assignment(path, text)}\``
  if (found === null) return { notes: ['a key without a value holds nothing, which YAML calls null'] }
  if (types.includes('boolean') && typeof found === 'string') {
    const yes = /^(true|yes|on|y)$/i.test(found)
    const no = /^(false|no|off|n)$/i.test(found)
    return {
      notes: ['in YAML 1.2 only true and false are booleans; yes, no, on and off are strings'],
      help: yes || no ? [write(String(yes))] : []
    }
  }
  const number = numberMeant(mistaken)
  if (number !== undefined) return { help: [write(number)] }
  const text = textMeant(mistaken)
  if (text !== undefined) return { help: [`put it in quotes: \`${assignment(path, text)}\``] }
  if (types.includes('string') && typeof found === 'object')
    return {
      help: [`write it as one text: \`${assignment(path, Array.isArray(found) ? "'[…]'" : "'{…}'")}\``]
    }
  const list = listMeant(mistaken)
  return list === undefined ? {} : { help: [write(list)] }
}

function assignment(path: Path, text: string): string {
  const key = path.at(-1)
  return typeof key === 'string' ? `${yamlText(key)}: ${text}` : text
}

/** Returns the number that a text such as `"5432"` means. A text with a leading zero may mean anything. */
function numberMeant({ types, found, schema }: WrongValue): string | undefined {
  if (typeof found !== 'string' || !/^-?(0|[1-9]\d*)(\.\d+)?$/.test(found)) return undefined
  const number = Number(found)
  const isWanted = types.includes('number') || (types.includes('integer') && Number.isSafeInteger(number))
  return isWanted && isInBounds(number, schema) && String(number) === found ? found : undefined
}

function isInBounds(number: number, schema: JsonObject): boolean {
  const bound = (key: string, other: number): number =>
    typeof schema[key] === 'number' ? schema[key] : other
  return (
    number >= bound('minimum', -Infinity) &&
    number <= bound('maximum', Infinity) &&
    number > bound('exclusiveMinimum', -Infinity) &&
    number < bound('exclusiveMaximum', Infinity) &&
    schema['multipleOf'] === undefined
  )
}

/** Returns a number or a boolean as quoted text, spelled as in the file: `0755` must not become `755`. */
function textMeant({ types, found, sourceText, schema }: WrongValue): string | undefined {
  // If the schema allows numbers, too, the value is wrong for another reason than its type.
  const isText = types.includes('string') && !types.includes('integer') && !types.includes('number')
  if (!isText || (typeof found !== 'number' && typeof found !== 'boolean')) return undefined
  return sourceText !== undefined && isOneLine(sourceText) && allowsText(schema, sourceText)
    ? JSON.stringify(sourceText)
    : undefined
}

/** Returns a text as a list of one. A word such as `all` means another list than the one with that word. */
function listMeant({ types, found, schema }: WrongValue): string | undefined {
  if (!types.includes('array') || typeof found !== 'string' || found.length > 60 || !isOneLine(found))
    return undefined
  const items = schema['items'] ?? {}
  if (!isObject(items) || !allowsText(items, found) || meansOther.test(found.trim())) return undefined
  return `[${yamlText(found)}]`
}

const meansOther = /^(all|any|both|each|every\w*|none|no|nothing|default|null|~|-|\W*[*?%]\W*)?$/i

function isOneLine(text: string): boolean {
  return !/[\p{Cc}\u2028\u2029]/u.test(text)
}

/** Returns true if a schema allows a text for certain. */
function allowsText(schema: JsonObject, text: string): boolean {
  const { type, enum: allowed, anyOf, minLength, maxLength, pattern } = schema
  if (Array.isArray(anyOf)) return anyOf.some((branch) => isObject(branch) && allowsText(branch, text))
  if ('format' in schema || 'const' in schema) return false
  if (typeof pattern === 'string' && !new RegExp(pattern, 'u').test(text)) return false
  if (Array.isArray(allowed)) return allowed.includes(text)
  if (typeof minLength === 'number' && text.length < minLength) return false
  if (typeof maxLength === 'number' && text.length > maxLength) return false
  return type === undefined || type === 'string' || (Array.isArray(type) && type.includes('string'))
}
