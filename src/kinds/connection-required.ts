import type { Finding, PlannedResource } from '../state/question.ts'
import { dictionary, isObject, textOf, type Json, type JsonObject } from '../state/value.ts'
import type { ConnectionField, ConnectionType } from '../wire/connection-types.ts'
import { connectionTypes, isServerOwned } from './connection-types.ts'
import { exampleLine } from './connection-examples.ts'
import { valueAt } from './fields.ts'
import type { ItemProblem, Needed } from './kind.ts'

/**
 * Settings without which the service refuses to create a connection. A connection that a person authorizes
 * in a browser needs none, because the person chooses them there.
 */

/** Keys that select one of several ways to authorize, by precedence. */
const modeKeys = ['connect_mode', 'auth_method', 'auth_mode'] as const
/** The modes in which a person completes the connection. */
const personal: ReadonlySet<unknown> = new Set(['browser', 'code', 'oauth'])
const tokens = ['oauth_refresh_token', 'oauth_access_token']

/** Settings that only some modes require, according to the documentation. */
const documented = dictionary<Readonly<Record<string, readonly string[]>>>({
  salesforce: dictionary<readonly string[]>({ clientcredentials: [], api: ['oauth_refresh_token'] })
})

/**
 * Returns the settings that a new connection of a type must have: always, and in each mode that no person
 * completes.
 */
export function neededSettings(type: string): Needed {
  const of = connectionTypes[type]
  if (of?.oauth !== true) return { always: requiredFields(of?.fields ?? {}) }
  const key = modeKeyOf(of)
  if (key === undefined) return { always: [] }
  const others = (of.fields[key]?.enum ?? []).filter((mode) => !personal.has(mode))
  const values = Object.fromEntries(others.map((mode) => [mode, requiredIn(type, mode)]))
  return { always: [], by: { key, values } }
}

/**
 * Tells of the settings that a new connection lacks, all at once. Where a type can be authorized by a
 * person and the configuration says that none comes, that follows from the service's description alone, and
 * is a warning; where its documentation says the same, an error.
 */
export function missingSettings(type: string, configuration: JsonObject): ItemProblem[] {
  const of = connectionTypes[type]
  if (!of || isCompletedByPerson(of, configuration)) return []
  const mode = modeOf(of, configuration)
  const names = requiredIn(type, mode).filter((name) => isMissing(configuration[name]))
  if (names.length === 0) return []
  const isCertain = of.oauth !== true || documented[type]?.[mode ?? ''] !== undefined
  const shown = names.map((name) => `\`${name}\``)
  const list = shown.length === 1 ? shown[0] : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
  const when = mode === undefined ? '' : ` where the mode is ${mode}`
  return [
    {
      path: ['configuration'],
      code: 'P116',
      ...(isCertain ? {} : { severity: 'warning' as const }),
      message: `a new ${type} connection needs ${list}${when}`,
      label: names.length === 1 ? 'it is missing here' : 'they are missing here',
      help: [
        ...names.map((name) => `write \`${exampleLine(type, name)}\` in \`configuration\``),
        `\`polyctl explain types ${type}\` shows all that it takes`
      ]
    }
  ]
}

/** Tells of settings of a live connection that the files empty, although its type requires them. */
export function emptiedChecks({ wanted, live, address }: PlannedResource): Finding[] {
  const stated = valueAt(wanted, ['configuration'])
  if (!live || !isObject(stated)) return []
  const type = textOf(live.fields.type)
  const there = valueAt(live.fields, ['configuration'])
  const configuration = { ...(isObject(there) ? there : {}), ...stated }
  const of = connectionTypes[type]
  if (!of || isCompletedByPerson(of, configuration)) return []
  return requiredIn(type, modeOf(of, configuration)).flatMap((name) =>
    name in stated && isMissing(stated[name])
      ? [
          {
            path: ['configuration', name],
            code: 'P116' as const,
            message: `${address} needs \`${name}\`, which is empty`,
            label: 'the service refuses to empty this',
            help: [`write \`${exampleLine(type, name)}\`, or leave it out: then it stays as it is`]
          }
        ]
      : []
  )
}

function isMissing(value: Json | undefined): boolean {
  return value === undefined || value === null || value === ''
}

function requiredIn(type: string, mode: string | undefined): string[] {
  const fields = connectionTypes[type]?.fields ?? {}
  return [...requiredFields(fields), ...(documented[type]?.[mode ?? ''] ?? [])]
}

/** Returns required settings. The service fills those that have a default. */
function requiredFields(fields: Readonly<Record<string, ConnectionField>>): string[] {
  return Object.entries(fields).flatMap(([name, field]) =>
    field.required === true && field.default === undefined && !isServerOwned(field) ? [name] : []
  )
}

function isCompletedByPerson(type: ConnectionType, configuration: JsonObject): boolean {
  if (type.oauth !== true || tokens.some((token) => !isMissing(configuration[token]))) return false
  const mode = modeOf(type, configuration)
  return mode === undefined || personal.has(mode)
}

function modeKeyOf({ fields }: ConnectionType): string | undefined {
  return modeKeys.find((key) => fields[key]?.enum?.some((mode) => personal.has(mode)) === true)
}

/**
 * Returns the mode of authorization, if the type has several: the stated one, or else the default of the
 * service.
 */
function modeOf(type: ConnectionType, configuration: JsonObject): string | undefined {
  const key = type.oauth === true ? modeKeyOf(type) : undefined
  if (key === undefined) return undefined
  const mode = configuration[key] ?? type.fields[key]?.default
  return typeof mode === 'string' ? mode : undefined
}
