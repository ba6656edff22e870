import type { JsonObject } from '../state/value.ts'
import { exampleLine } from './connection-examples.ts'
import { neededSettings } from './connection-required.ts'
import { describedConfiguration } from './connection-texts.ts'
import { connectionTypes, serverOwnedFields } from './connection-types.ts'
import type { Needed } from './kind.ts'

/** What can be said of kinds and of types of connections beyond what commands need: loaded by `explain`. */
export { kindExamples } from './examples.ts'

/** A type of connections, with all that its configuration may say. */
export interface CatalogueType {
  name: string
  /** A person authorizes one in a browser. */
  authorized: boolean
  schema: JsonObject
  needed: Needed
  secrets: ReadonlySet<string>
  defaults: JsonObject
  /** Settings that the service fills. */
  owned: string[]
  /** YAML of a connection of this type. */
  example: string
}

/** Returns all types by id. */
export function typeIds(): string[] {
  return Object.keys(connectionTypes)
}

/** Returns what people call the system of a type, and whether a person authorizes it. */
export function typeName(type: string): { name: string; authorized: boolean } {
  const { name = type, oauth } = connectionTypes[type] ?? {}
  return { name, authorized: oauth === true }
}

/** Returns what the service assumes of settings that are not stated. */
export function settingDefaults(type: string): JsonObject {
  const fields = Object.entries(connectionTypes[type]?.fields ?? {})
  return Object.fromEntries(
    fields.flatMap(([name, field]) => (field.default === undefined ? [] : [[name, field.default] as const]))
  )
}

/** Returns all of a type; nothing where there is none of this id. */
export function typeOf(type: string): CatalogueType | undefined {
  if (!(type in connectionTypes)) return undefined
  const fields = Object.entries(connectionTypes[type]?.fields ?? {})
  return {
    ...typeName(type),
    schema: describedConfiguration(type),
    needed: neededSettings(type),
    secrets: new Set(fields.flatMap(([name, { secret }]) => (secret === true ? [name] : []))),
    defaults: settingDefaults(type),
    owned: serverOwnedFields(type),
    example: exampleOf(type)
  }
}

/** A connection that validates: with all that a new one must have, and with who signs in. */
function exampleOf(type: string): string {
  const { name = type, fields = {} } = connectionTypes[type] ?? {}
  const { always: everywhere, by } = neededSettings(type)
  const mode = by === undefined ? undefined : fields[by.key]?.default
  const inMode = typeof mode === 'string' ? (by?.values[mode] ?? []) : []
  const always = [...everywhere, ...inMode]
  const left = new Set([...always, ...serverOwnedFields(type)])
  const beside = ['username', 'password'].filter((one) => Object.hasOwn(fields, one) && !left.has(one))
  const lines = [...always, ...beside].map((setting) => `      ${exampleLine(type, setting)}\n`)
  const configuration = lines.length === 0 ? '' : `    configuration:\n${lines.join('')}`
  const shown = /^[A-Za-z][\w ]*$/.test(name) ? name : JSON.stringify(name)
  return `connections:\n  - name: ${shown}\n    type: ${type}\n${configuration}`
}
