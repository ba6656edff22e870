import { similarNames } from '../../diagnostics/similar.ts'
import type { Path } from '../../state/resource.ts'
import { dictionary, isObject, type Json } from '../../state/value.ts'
import { typeAdvice } from './advice.ts'
import { itemMeantBy, listMeantBy, valueMeant } from './other-words.ts'
import { container, label, type SchemaError, type SchemaProblem } from './schema-error.ts'
import { isKeyName, typeWord } from '../source/index.ts'

/** The greatest number of names that a message lists. */
export const listLimit = 12

const words = dictionary<string>({
  string: 'a string',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'a boolean',
  object: 'a mapping',
  array: 'a list',
  null: 'nothing'
})

/** Explains a value of the wrong type. */
export function wrongType({ error, path, found, schema, subject }: SchemaError): SchemaProblem {
  const type: unknown = error.params['type']
  const types = [...new Set((Array.isArray(type) ? type : [type]).map(String))]
  // `null` is left out of the expected types, unless it is the only one: nobody writes it on purpose.
  const offered = types.length > 1 ? types.filter((one) => one !== 'null') : types
  const shown = offered.map((one) => words[one] ?? one)
  const wanted =
    shown.length > 1
      ? `${shown.slice(0, -1).join(', ')} or ${shown.at(-1)}`
      : (shown[0] ?? 'something else')
  const whole = [...subject.at, ...path]
  const name = whole.length === 0 ? subject.noun.one : `\`${label(whole)}\``
  const isVisible = subject.isShown(path)
  const form = offered.includes('array')
    ? listMeantBy(found, schema['items'])
    : offered.includes('object')
      ? itemMeantBy(found, schema['properties'])
      : undefined
  // A text in place of a mapping may be a connection string with a password.
  const isShown =
    isVisible && isOnOneLine(subject, path) && !(typeof found === 'string' && offered.includes('object'))
  return {
    path,
    code: 'P102',
    message: `${name} expects ${wanted}, found ${wordFound(found, offered, isVisible)}`,
    label: isVisible ? typeLabel(found, isShown) : 'the value that this stands for does not fit',
    ...(form === undefined ? {} : { help: [form] }),
    ...(isVisible ? {} : hiddenAdvice(found, offered)),
    ...(isShown
      ? typeAdvice({ types: offered, found, sourceText: subject.sourceText(path), path, schema })
      : {})
  }
}

/** Returns advice on a value that a message must not quote. */
function hiddenAdvice(found: Json | undefined, offered: readonly string[]): { help?: string[] } {
  if (typeof found !== 'string' && typeof found !== 'object' && offered.includes('string'))
    return { help: ['it is text here: put it in quotes'] }
  if (typeof found !== 'string') return {}
  if (offered.includes('boolean')) return { help: ['its value must be `true` or `false`'] }
  return offered.includes('integer')
    ? { help: ['its value must be digits alone, with no zero in front'] }
    : {}
}

/** A plain text of several lines may have swallowed the next lines by mistake, so it must not be quoted. */
function isOnOneLine({ sourceText }: SchemaError['subject'], path: Path): boolean {
  return !/[\r\n]/.test(sourceText(path) ?? '')
}

function wordFound(found: Json | undefined, offered: readonly string[], isVisible: boolean): string {
  if (typeof found === 'number' && offered.length === 1 && offered[0] === 'integer') return 'a fraction'
  return typeof found === 'string' && !isVisible ? 'other text' : typeWord(found)
}

function typeLabel(found: Json | undefined, isShown: boolean): string {
  if (found === null || found === undefined) return 'there is no value here'
  const word = typeWord(found)
  if (typeof found === 'object' || !isShown || !isShort(found)) return `this is ${word}`
  return `this is ${word.replace('a ', 'the ')} ${JSON.stringify(found)}`
}

/** Explains a value that is not one of the allowed values. */
export function notAllowed(schemaError: SchemaError): SchemaProblem {
  const { error, path, found, subject } = schemaError
  const values = allowedValues(error)
  const texts = values.filter((value) => typeof value === 'string')
  if (texts.length === values.length && typeof found !== 'string') {
    return wrongType({ ...schemaError, error: { ...error, params: { type: 'string' } } })
  }
  const isShown = subject.isShown(path) && isOnOneLine(subject, path)
  const name = `\`${label([...subject.at, ...path])}\``
  const advice = isShown ? subject.noun.meant?.([...subject.at, ...path], found) : undefined
  const meant = isShown && advice === undefined ? valueMeant(found, texts) : undefined
  const near =
    typeof found === 'string' && isShown && (advice ?? meant) === undefined ? nearValues(found, texts) : []
  const list = values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(', ')
  return {
    path,
    code: 'P104',
    message:
      isShown && isShort(found)
        ? `${name} cannot be \`${typeof found === 'string' ? found : JSON.stringify(found)}\``
        : `${name} has a value that is not allowed`,
    label: 'not one of the allowed values',
    notes: [
      values.length <= listLimit || (near.length === 0 && meant === undefined && values.length <= 40)
        ? `allowed: ${list}`
        : `${values.length} values are allowed; \`polyctl schema\` prints them`
    ],
    help: [
      ...(advice === undefined ? [] : [advice]),
      ...(meant === undefined ? [] : [`what you mean is called \`${meant}\` here`]),
      ...meantBy(found, schemaError.schema['x-meant']),
      ...near.map((value) => `a similar value exists: \`${value}\``)
    ]
  }
}

/**
 * Returns the advice of `x-meant` on a wrong value, by the words that people try; the advice under the
 * empty word is for all others.
 */
function meantBy(found: Json | undefined, meant: Json | undefined): string[] {
  if (meant === undefined || !isObject(meant)) return []
  const word = typeof found === 'string' ? found.trim().toLowerCase() : ''
  const help = Object.hasOwn(meant, word) ? meant[word] : meant['']
  return typeof help === 'string' ? [help] : []
}

function allowedValues(error: SchemaError['error']): Json[] {
  const { allowedValues, allowedValue }: { allowedValues?: Json[]; allowedValue?: Json } = error.params
  return allowedValues ?? [allowedValue ?? null]
}

/** Returns true for a value that a message may quote: a short text on one line. */
export function isShort(found: Json | undefined): boolean {
  return found !== null && typeof found !== 'object' && /^[^\r\n]{0,40}$/.test(String(found))
}

/** Returns similar values: those with a common prefix first, because people shorten names. */
function nearValues(found: string, values: readonly string[]): string[] {
  const near = similarNames(found, values)
  if (found.length < 4) return near
  const folded = found.toLowerCase()
  const longer = values.filter((value) => {
    const other = value.toLowerCase()
    return other !== folded && (other.startsWith(folded) || (other.length > 2 && folded.startsWith(other)))
  })
  if (longer.length === 0) return near
  const alike = near.filter((value) => value.charAt(0).toLowerCase() === folded.charAt(0))
  return [...new Set([...longer.toSorted((a, b) => a.length - b.length), ...alike])].slice(0, 4)
}

const formats = dictionary<string>({
  uri: 'an address such as https://example.com',
  iri: 'an address such as https://example.com',
  uuid: 'an id such as 248df4b7-aa70-47b8-a036-33ac447e668d',
  email: 'an e-mail address',
  'idn-email': 'an e-mail address',
  date: 'a date such as 2026-01-31',
  'date-time': 'a time such as 2026-01-31T08:00:00Z',
  time: 'a time such as 08:00:00Z',
  hostname: 'the name of a host'
})

/** Explains a violated bound, format, pattern or any other keyword. */
export function outOfBounds({ error, path, schema, subject }: SchemaError): SchemaProblem {
  const whole = [...subject.at, ...path]
  const name = whole.length === 0 ? subject.noun.one : `\`${label(whole)}\``
  const description = schema['description']
  const notes = error.keyword === 'pattern' && typeof description === 'string' ? [description] : []
  const excluded = error.keyword === 'oneOf' || error.keyword === 'not'
  return {
    path,
    ...(typeof path.at(-1) === 'string' && error.keyword === 'oneOfRequired' ? { atKey: true } : {}),
    code: error.keyword === 'oneOfRequired' ? 'P103' : excluded ? 'P109' : 'P105',
    ...bound(name, error),
    notes
  }
}

function bound(
  name: string,
  { keyword, params }: SchemaError['error']
): { message: string; label: string } {
  const limit = String(params['limit'] ?? params['multipleOf'] ?? '')
  const count = (thing: string): string => `${limit} ${thing}${limit === '1' ? '' : 's'}`
  switch (keyword) {
    case 'minimum':
      return { message: `${name} is less than ${limit}`, label: `the least is ${limit}` }
    case 'maximum':
      return { message: `${name} is more than ${limit}`, label: `the most is ${limit}` }
    case 'exclusiveMinimum':
      return { message: `${name} is not more than ${limit}`, label: `it must be more than ${limit}` }
    case 'exclusiveMaximum':
      return { message: `${name} is not less than ${limit}`, label: `it must be less than ${limit}` }
    case 'multipleOf':
      return { message: `${name} is not a multiple of ${limit}`, label: `expected a multiple of ${limit}` }
    case 'minLength':
      return {
        message: limit === '1' ? `${name} is empty` : `${name} is too short`,
        label: `expected at least ${count('character')}`
      }
    case 'maxLength':
      return { message: `${name} is too long`, label: `expected at most ${count('character')}` }
    case 'minItems':
      return {
        message: limit === '1' ? `${name} is empty` : `${name} is too short`,
        label: `expected at least ${count('item')}`
      }
    case 'maxItems':
      return { message: `${name} is too long`, label: `expected at most ${count('item')}` }
    case 'minProperties':
      return {
        message: limit === '1' ? `${name} is empty` : `${name} has too few keys`,
        label: `expected at least ${count('key')}`
      }
    case 'maxProperties':
      return { message: `${name} has too many keys`, label: `expected at most ${count('key')}` }
    case 'uniqueItems':
      return {
        message: `${name} says one thing twice`,
        label: `number ${Number(params['j']) + 1} and number ${Number(params['i']) + 1} are the same`
      }
    case 'format':
      return {
        message: `${name} is not well formed`,
        label: `expected ${formats[String(params['format'])] ?? String(params['format'])}`
      }
    case 'oneOfRequired':
      return {
        message: `${name} lacks one of ${names(params['names'])}`,
        label: 'one of them is expected here'
      }
    case 'oneOf':
    case 'not':
      return {
        message: `${name} has fields that exclude each other`,
        label: 'only one of them can be meant'
      }
    default:
      return { message: `${name} is not well formed`, label: 'this does not have the expected form' }
  }
}

function names(list: unknown): string {
  return Array.isArray(list) ? list.map((name) => `\`${String(name)}\``).join(', ') : ''
}

/** Explains a key that `propertyNames` does not allow. */
export function badKey({ path, subject, found }: SchemaError, name: string): SchemaProblem {
  const value = found !== undefined && isObject(found) ? (found[name] ?? null) : null
  const shown = isKeyName(name, value !== null) ? `\`${name}\`` : 'a key'
  return {
    path: [...path, name],
    atKey: true,
    code: 'P105',
    message: `${shown} is no name for ${container(path, subject)}`,
    label: 'names have letters, digits and `_`, and do not start with a digit'
  }
}
