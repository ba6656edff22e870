import { identityFunctions, type SyncMode } from '../../../wire/sync.ts'
import { RunProblem, type FieldFacts, type ObjectFacts, type TargetFacts } from '../connector.ts'
import { members, text } from './answers.ts'
import type { Salesforce } from './session.ts'

/** Lists the objects that the user of the connection sees. */
export async function allObjects(salesforce: Salesforce): Promise<ObjectFacts[]> {
  const { sobjects } = members(await salesforce.get('/sobjects'))
  if (!Array.isArray(sobjects))
    throw new RunProblem('objects', `Salesforce of the connection "${salesforce.name}" lists no objects`)
  return sobjects.map((answer: unknown): ObjectFacts => {
    const { name, label, queryable, ...may } = members(answer)
    return {
      id: text(name),
      label: text(label),
      fields: undefined,
      isSource: queryable !== false,
      modes: modesOf(may)
    }
  })
}

/** What may be done to records of an object; what is not said may be done. */
function modesOf({ createable, updateable, deletable }: Readonly<Record<string, unknown>>): SyncMode[] {
  const [creates, updates] = [createable !== false, updateable !== false]
  return [
    ...(creates ? (['create'] as const) : []),
    ...(updates ? (['update'] as const) : []),
    ...(creates && updates ? (['updateOrCreate'] as const) : []),
    ...(deletable !== false ? (['remove'] as const) : [])
  ]
}

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
    label: field.label,
    type: typeNames.get(type) ?? 'string',
    remoteType: type,
    ...(type === 'reference' ? { isReference: true } : {}),
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
export type ValueKind = 'text' | 'id' | 'number' | 'boolean' | 'date' | 'datetime' | 'time'

/** Types that are none of the others are texts. */
export function kindOf(type: string): ValueKind {
  if (type === 'id' || type === 'reference') return 'id'
  if (['int', 'long', 'double', 'currency', 'percent'].includes(type)) return 'number'
  return type === 'boolean' || type === 'date' || type === 'datetime' || type === 'time' ? type : 'text'
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
