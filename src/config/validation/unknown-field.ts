import { similarNames } from '../../diagnostics/similar.ts'
import type { Path } from '../../state/resource.ts'
import { isObject, type Json } from '../../state/value.ts'
import { pointer } from '../pointer.ts'
import { isKeyName } from '../source/index.ts'
import { listLimit } from './messages.ts'
import { fieldMeant } from './other-words.ts'
import { container, label, type SchemaError, type SchemaProblem } from './schema-error.ts'

/**
 * Explains an unknown key. `meant` has the fields that the key probably means, so that they are not
 * reported as missing, too.
 */
export function unknownField({ error, path, found, schema, subject }: SchemaError): {
  problem: SchemaProblem
  meant: string[]
} {
  const name = String(error.params['additionalProperty'] ?? error.params['unevaluatedProperty'])
  const properties = schema['properties'] ?? null
  const known = isObject(properties) ? Object.keys(properties) : []
  const present = found !== undefined && isObject(found) ? found : {}
  const free = known.filter((field) => !Object.hasOwn(present, field))
  const isSection = subject.at.length + path.length === 0 && subject.noun.part === 'section'
  const synonym = synonymOf(name, free, present[name], { path, subject })
  const other = synonym ? undefined : fieldMeant(name, free)
  const advice = isSection
    ? sectionMeant(name)
    : subject.noun.meant?.([...subject.at, ...path, name], present[name])
  // A known translation makes similar names superfluous.
  const isKey = isKeyName(name, (present[name] ?? null) !== null)
  const near = other ? [] : similarFields(name, free, isKey)
  const whole = [...subject.at, ...path]
  const owner = whole.length === 0 ? subject.noun.one : `\`${label(whole)}\``
  const word = isSection ? 'section' : 'field'
  const help = near.map((field) => `a ${word} with a similar name exists: \`${field}\``)
  const inner =
    whole.length === 0 ? (subject.nestedFields?.get(name) ?? partWith(name, properties)) : undefined
  if (inner) help.unshift(`\`${name}\` is a field of \`${inner}\`: write it there`)
  const sure = synonym ?? other
  if (sure) help.unshift(sure.help)
  if (advice !== undefined) help.unshift(advice)
  const isNamed = isKey || near.length > 0 || Boolean(sure) || Boolean(inner)
  const shown = isNamed ? ` \`${name}\`` : ''
  const problem: SchemaProblem = {
    path: [...path, name],
    atKey: true,
    code: 'P101',
    message: isSection ? `unknown section${shown}` : `unknown field${shown} in ${container(path, subject)}`,
    label: isSection ? 'no section has this name' : `not a field of ${owner}`,
    notes: isSection
      ? [`sections are: ${known.join(', ')}`]
      : knownFields(owner, known, help.length > 0 ? undefined : topicOf(subject, path)),
    help
  }
  const meant = [...near, ...(sure ? [sure.field] : [])].map((field) => pointer([...path, field]))
  return { problem, meant }
}

/**
 * Returns the field for which a key is a synonym, with advice; also on the value, if that is spelled
 * differently.
 */
function synonymOf(
  name: string,
  free: readonly string[],
  value: Json | undefined,
  { path, subject: { noun, isShown } }: Pick<SchemaError, 'path' | 'subject'>
): { field: string; help: string } | undefined {
  const synonym = Object.hasOwn(noun.synonyms, name) ? noun.synonyms[name] : undefined
  if (synonym === undefined) return undefined
  const isPlain = typeof synonym === 'string'
  const field = (isPlain ? [synonym] : synonym.fields).find((one) => free.includes(one))
  if (field === undefined) return undefined
  if (isPlain) return { field, help: `what you mean is called \`${field}\` here` }
  const word = typeof value === 'boolean' && isShown([...path, name]) ? String(value) : ''
  if (Object.hasOwn(synonym.values, word))
    return { field, help: `write \`${field}: ${synonym.values[word]}\`` }
  const words = Object.entries(synonym.values)
    .map(([key, other]) => `\`${field}: ${other}\` for ${key}`)
    .join(', ')
  return { field, help: `what you mean is called \`${field}\` here: ${words}` }
}

/** Returns advice on top-level keys of other tools. */
function sectionMeant(name: string): string | undefined {
  if (name === 'version' || name === 'apiVersion')
    return 'polyctl needs no version; that of the API is `workspace.api_version`'
  return undefined
}

/**
 * Returns similar fields: by edit distance, or else by a common prefix or word, because people shorten names,
 * and lengthen them.
 */
function similarFields(name: string, free: readonly string[], isKey: boolean): string[] {
  const near = similarNames(name, free)
  if (near.length > 0 || name.length < 3) return near
  const word = name.toLowerCase()
  const longer = free.filter((field) => field.startsWith(word) || field.split('_').includes(word))
  // What may be a value must not be repeated because it begins with a key.
  if (longer.length > 0 || !isKey) return longer.slice(0, 4)
  return free.filter((field) => field.length > 2 && word.startsWith(field)).slice(0, 4)
}

/** Returns what to ask `polyctl explain` for the keys at a path. */
function topicOf({ noun: { topic } }: SchemaError['subject'], path: Path): string | undefined {
  return topic && [topic, ...path.filter((part) => typeof part === 'string')].join('.')
}

function knownFields(owner: string, known: readonly string[], topic: string | undefined): string[] {
  if (known.length === 0) return [`${owner} has no fields`]
  if (known.length <= listLimit) return [`${owner} has: ${known.join(', ')}`]
  return topic === undefined
    ? []
    : [`${owner} has ${known.length} fields; \`polyctl explain ${topic}\` lists them`]
}

/** Returns the part of an item whose schema has a field of this name, if there is exactly one. */
function partWith(name: string, properties: Json): string | undefined {
  if (!isObject(properties)) return undefined
  const parts = Object.entries(properties).filter(([, part]) => {
    const inner = isObject(part) ? part['properties'] : undefined
    return inner !== undefined && isObject(inner) && Object.hasOwn(inner, name)
  })
  return parts.length === 1 ? parts[0]?.[0] : undefined
}
