import type { Span } from '../../diagnostics/diagnostic.ts'
import { isObject, type Json } from '../../state/value.ts'
import { parseYaml, scalarOf, valueOfNode } from '../source/index.ts'
import type { Lookup } from './lookup.ts'

/**
 * The types that a declaration may have. Text from the command line or the environment is converted to the
 * type; without one, it is converted to what the schema wants at the place of its use.
 */
export const variableTypes = ['string', 'number', 'boolean', 'list', 'mapping'] as const

/** The type of a variable. */
export type VariableType = (typeof variableTypes)[number]

/** A variable: the span of its declaration, if it has one, and its content, if it has a value. */
export interface Variable {
  name: string
  declared?: Span
  /** The type that its value must have. */
  type?: VariableType
  content?: VariableContent | { template: string; base: string }
  /** The span of a value that a file has in plain text, at least in part. */
  literal?: Span
}

/** Text from the command line or the environment, or a value of a file with its type. */
type VariableContent = { text: string } | { value: Json; valueType: VariableType | undefined }

/** Returns the value of a variable whose content has no placeholders, in its declared type. */
export function asDeclared({ name, type }: Variable, content: VariableContent): Lookup {
  if ('text' in content) return typed(name, content.text, type)
  return type === undefined || content.valueType === type
    ? { sources: [], ok: true, value: content.value, text: false }
    : wrongType(name, type)
}

/** Converts a text to the declared type. */
export function typed(name: string, text: string, type: VariableType | undefined): Lookup {
  if (type === undefined) return { sources: [], ok: true, value: text, text: true }
  const value =
    type === 'string' ? text : type === 'list' || type === 'mapping' ? structureOf(text) : scalarOf(text)
  return value !== undefined && isOfType(value, type)
    ? { sources: [], ok: true, value, text: false }
    : wrongType(name, type)
}

function isOfType(value: Json, type: VariableType): boolean {
  if (type === 'list') return Array.isArray(value)
  return type === 'mapping' ? isObject(value) : typeof value === type
}

function structureOf(text: string): Json | undefined {
  const { documents } = parseYaml('', text)
  return documents.length === 1 && documents[0] ? valueOfNode(documents[0].root) : undefined
}

function wrongType(name: string, type: VariableType): Lookup {
  const wanted = type === 'string' ? 'a string' : `a ${type}`
  const reason = `the value of variable \`${name}\` is not ${wanted}`
  return { sources: [], ok: false, code: 'P102', name, reason }
}
