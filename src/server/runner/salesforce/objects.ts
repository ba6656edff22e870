import { identityFunctions } from '../../../wire/sync.ts'
import { RunProblem, type FieldFacts, type TargetFacts } from '../connector.ts'
import { members, text } from './answers.ts'
import type { Salesforce } from './session.ts'

/** An object, with its fields by their names in small letters. */
export interface SalesforceObject {
  name: string
  label: string
  fields: ReadonlyMap<string, SalesforceField>
}

/** What a describe says of a field, as far as it is used. */
export interface SalesforceField {
  name: string
  label: string
  type: string
  length: number
  nillable: boolean
  defaultedOnCreate: boolean
  createable: boolean
  updateable: boolean
  unique: boolean
  externalId: boolean
  caseSensitive: boolean
  filterable: boolean
}

/** Returns the part of a target that tells what an object is: each is asked for once. */
export function objectsOf(salesforce: Salesforce): (name: string) => Promise<SalesforceObject> {
  const known = new Map<string, Promise<SalesforceObject>>()
  return (name) => {
    const object = known.get(name) ?? described(salesforce, name)
    known.set(name, object)
    return object
  }
}

async function described(salesforce: Salesforce, name: string): Promise<SalesforceObject> {
  try {
    const answer = await salesforce.get(`/sobjects/${encodeURIComponent(name)}/describe`)
    return objectOf(answer)
  } catch (error) {
    if (!(error instanceof RunProblem) || error.code !== 'NOT_FOUND') throw error
    const message = `Salesforce of the connection "${salesforce.name}" has no object ${name}`
    throw new RunProblem('object', message, { cause: error })
  }
}

function objectOf(answer: unknown): SalesforceObject {
  const { name, label, fields } = members(answer)
  const list = Array.isArray(fields) ? fields.map(fieldOf) : []
  const byName = new Map(list.map((field) => [field.name.toLowerCase(), field]))
  return { name: text(name), label: text(label), fields: byName }
}

function fieldOf(answer: unknown): SalesforceField {
  const field = members(answer)
  return {
    name: text(field['name']),
    label: text(field['label']),
    type: text(field['type']),
    length: Number(field['length'] ?? 0),
    nillable: field['nillable'] === true,
    defaultedOnCreate: field['defaultedOnCreate'] === true,
    createable: field['createable'] === true,
    updateable: field['updateable'] === true,
    unique: field['unique'] === true,
    externalId: field['externalId'] === true,
    caseSensitive: field['caseSensitive'] === true,
    filterable: field['filterable'] !== false
  }
}

/** The field that a sync names. */
export function fieldNamed({ name: object, fields }: SalesforceObject, name: string): SalesforceField {
  const field = fields.get(name.toLowerCase())
  if (!field) throw new RunProblem('field', `the object ${object} of Salesforce has no field ${name}`)
  return field
}

/** What the plan of a run needs to know. */
export function factsOf({ name, label, fields }: SalesforceObject): TargetFacts {
  return {
    id: name,
    label,
    fields: Array.from(fields.values(), factsOfField),
    modes: ['create', 'update', 'updateOrCreate', 'remove'],
    functions: identityFunctions,
    batch: 200,
    workers: 6
  }
}

function factsOfField(field: SalesforceField): FieldFacts {
  const { name, type } = field
  return {
    name,
    type: typeNames.get(type) ?? 'string',
    remoteType: type,
    ...(field.unique || type === 'id' ? { unique: true } : {}),
    ...(isRequired(field) ? { required: true } : {}),
    ...(field.createable || field.updateable ? {} : { readOnly: true }),
    ...(foldsCase(field) ? { foldsCase: true } : {})
  }
}

function isRequired({ nillable, createable, defaultedOnCreate }: SalesforceField): boolean {
  return createable && !nillable && !defaultedOnCreate
}

/** Whether Salesforce finds a text in any case. */
export function foldsCase({ type, caseSensitive }: SalesforceField): boolean {
  return kindOf(type) === 'text' && !caseSensitive
}

/** How values of a type are written and compared. */
export type ValueKind = 'text' | 'id' | 'number' | 'boolean' | 'date' | 'datetime'

/** Types that are none of the others are texts. */
export function kindOf(type: string): ValueKind {
  if (type === 'id' || type === 'reference') return 'id'
  if (['int', 'long', 'double', 'currency', 'percent'].includes(type)) return 'number'
  return type === 'boolean' || type === 'date' || type === 'datetime' ? type : 'text'
}

const typeNames: ReadonlyMap<string, string> = new Map([
  ['boolean', 'boolean'],
  ['int', 'number'],
  ['long', 'number'],
  ['double', 'number'],
  ['currency', 'number'],
  ['percent', 'number'],
  ['date', 'datetime'],
  ['datetime', 'datetime'],
  ['base64', 'binary'],
  ['multipicklist', 'array'],
  ['address', 'object'],
  ['location', 'object']
])
