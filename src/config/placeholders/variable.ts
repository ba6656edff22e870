import type { Span } from '../../diagnostics/diagnostic.ts'
import { isObject, type Json } from '../../state/value.ts'
import { parseYaml, scalarOf, valueOfNode } from '../source/index.ts'
import type { Lookup } from './lookup.ts'

/**
 * What a declaration may state as `type`. Text from the command line or the environment is then read as
 * that; without a type it becomes whatever its place wants.
 */
export const variableTypes = ['string', 'number', 'boolean', 'list', 'mapping'] as const

/** One of them. */
export type VariableType = (typeof variableTypes)[number]

/** A variable: where it is declared, if it is, and what its value is made of, if it has one. */
export interface Variable {
  name: string
  declared?: Span
  /** The type that its value must have. */
  type?: VariableType
  content?: VariableContent | { template: string; base: string }
  /** The place of a value of which some part stands in a file in plain text. */
  literal?: Span
}

/** Text from the command line or the environment, or a value that a file has, with the type of that. */
type VariableContent = { text: string } | { value: Json; valueType: VariableType | undefined }

/** The value of a variable whose content holds no placeholders, as its declaration wants it. */
export function asDeclared({ name, type }: Variable, content: VariableContent): Lookup {
  if ('text' in content) return typed(name, content.text, type)
  return type === undefined || content.valueType === type
    ? { sources: [], ok: true, value: content.value, text: false }
    : wrongType(name, type)
}

/** A text, read as the type that is declared. */
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
