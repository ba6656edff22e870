import type { Inquiry, Mistake, Inspected, PlannedResource } from '../state/question.ts'
import { isObject, textOf, type Json, type JsonObject } from '../state/value.ts'

/** Pieces that checks against the service are written with. */

/**
 * Where a connection can be looked into as it will be. One that is still to be made, waits for a person, or
 * would lead elsewhere once the plan is carried out, tells nothing yet.
 */
export function inspectable(connection: PlannedResource | undefined): Inspected | undefined {
  const { live, differs, kind, address } = connection ?? {}
  if (!live || kind === undefined || live.pendingReason !== undefined) return undefined
  if (differs?.has('configuration') === true || differs?.has('type') === true) return undefined
  return { kind, id: live.id, address: address ?? '' }
}

/** Says that something is not there, or, where the service refused nothing, that it is not listed. */
export function absenceIn({ address }: Inspected, refused: boolean): string {
  return refused ? `${address} does not have` : `the service does not list for ${address}`
}

/** What is known of names: all of them, in one scope in which similar ones are looked for. */
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

/** Names in a row: `a`, `b`. */
export function quotedNames(names: readonly string[]): string {
  return `\`${names.join('`, `')}\``
}

/** Whether a word is this one in any case: functions and modes are compared like that. */
export function isWord(a: Json | undefined, b: string): boolean {
  return textOf(a).toLowerCase() === b.toLowerCase()
}

/** The items of a list that say something, with their places in it. */
export function items(value: Json | undefined): { item: JsonObject; index: number }[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((item, index) => (isObject(item) ? [{ item, index }] : []))
}

/** Where the fields of a sync say its first identity, and the others. */
export function identityPath(index: number): (string | number)[] {
  return index === 0 ? ['identity'] : ['identity', 'others', index - 1]
}

/** Whether the service denies it. An older one that is silent about it denies nothing. */
export function denies(flag: boolean | string | undefined): boolean {
  return flag === false
}

/** Whether the service says so. */
export function affirms(flag: boolean | string | undefined): boolean {
  return flag === true
}
