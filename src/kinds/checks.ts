import type { Inquiry, Mistake, Inspected, PlannedResource } from '../state/question.ts'
import { isObject, textOf, type Json, type JsonObject } from '../state/value.ts'

/** Functions that checks against the service share. */

/**
 * Returns a connection that can be inspected as it will be after the apply. A connection that does not
 * exist, waits for a person, or is about to change its type or configuration cannot.
 */
export function inspectable(
  connection: PlannedResource | undefined,
  service: Inquiry
): Inspected | undefined {
  if (!connection) return undefined
  const { live, differs, kind, address } = connection
  if (live?.pendingReason !== undefined) return undefined
  if (live && !differs.has('configuration') && !differs.has('type')) return { kind, id: live.id, address }
  service.postpone(connection)
  return undefined
}

/** Returns the type of a connection as it will be; undefined where nothing tells. */
export function typeOf(connection: PlannedResource | undefined): string | undefined {
  const type = connection?.wanted?.type ?? connection?.live?.fields.type
  return typeof type === 'string' && type !== '' ? type : undefined
}

/**
 * Returns what is wrong where a service that refused to look into a source says of its type that it is none;
 * undefined as long as there is no answer.
 */
export function noSource(
  subject: PlannedResource,
  path: (string | number)[],
  connection: PlannedResource | undefined,
  service: Inquiry
): Mistake[] | undefined {
  const [inspected, type] = [inspectable(connection, service), typeOf(connection)]
  if (!inspected || type === undefined) return []
  const types = service.ask({ about: 'types', at: inspected })
  if (!types) return undefined
  const known = types.ok ? types.value.find(({ id }) => id === type) : undefined
  if (known?.capabilities?.source !== false) return []
  return [
    {
      path,
      code: 'P429',
      message: `${subject.address} reads from ${inspected.address}, and nothing can be read from ${type}`,
      label: 'the service says that this is no source',
      help: ['read from another connection']
    }
  ]
}

/**
 * Returns the words for a missing thing: the service does not have it, or, if it refused nothing, does not
 * list it.
 */
export function absenceIn({ address }: Inspected, refused: boolean): string {
  return refused ? `${address} does not have` : `the service does not list for ${address}`
}

/** All known names of a scope. `scope` is the cache key for similar names. */
export interface KnownNames {
  scope: string
  all: readonly string[]
}

/** Advice on a name that is not among the known ones. */
export function adviceOn(
  name: string,
  { scope, all }: KnownNames,
  noun: string,
  service: Inquiry
): Pick<Mistake, 'notes' | 'help'> {
  const tails = all.filter((one) => one.toLowerCase().endsWith(`.${name.toLowerCase()}`)).slice(0, 4)
  const near = tails.length > 0 ? tails : service.similar(name, scope, () => all)
  if (near.length > 0) return { help: [`${noun} with a similar name exists: ${quotedNames(near)}`] }
  const few = all.length <= fewNames
  return { notes: [few ? `there is ${quotedNames(all)}` : `there are ${all.length} others`] }
}

const fewNames = 12

/** Returns quoted names in a row: `a`, `b`. */
export function quotedNames(names: readonly string[]): string {
  return `\`${names.join('`, `')}\``
}

/** Returns true for equal words in any case, as functions and modes are compared. */
export function isWord(a: Json | undefined, b: string): boolean {
  return textOf(a).toLowerCase() === b.toLowerCase()
}

/** Returns the items of a list that are mappings, with their indexes. */
export function items(value: Json | undefined): { item: JsonObject; index: number }[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((item, index) => (isObject(item) ? [{ item, index }] : []))
}

/** Returns the path of an identity in the fields of a sync. */
export function identityPath(index: number): (string | number)[] {
  return index === 0 ? ['identity'] : ['identity', 'others', index - 1]
}

/** Returns true if the service answers false. An older service without the member denies nothing. */
export function denies(flag: boolean | string | undefined): boolean {
  return flag === false
}

/** Returns true if the service answers true. */
export function affirms(flag: boolean | string | undefined): boolean {
  return flag === true
}
