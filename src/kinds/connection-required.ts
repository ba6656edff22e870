import { dictionary, type Json, type JsonObject } from '../state/value.ts'
import type { ConnectionField, ConnectionType } from '../wire/connection-types.ts'
import { connectionTypes, isServerOwned } from './connection-types.ts'
import { exampleLine } from './connection-examples.ts'
import type { ItemProblem, Needed } from './kind.ts'

/**
 * Settings without which the service refuses to make a connection. Where a person authorizes it in a
 * browser, nothing is asked for: what is missing is chosen there.
 */

/** Where a type has several ways to authorize, one of these keys says which; in this order. */
const modeKeys = ['connect_mode', 'auth_method', 'auth_mode'] as const
/** The modes in which a person completes the connection. */
const personal: ReadonlySet<unknown> = new Set(['browser', 'code', 'oauth'])
const tokens = ['oauth_refresh_token', 'oauth_access_token']

/** What the documentation asks for in some modes alone, beside what the type requires in all of them. */
const documented = dictionary<Readonly<Record<string, readonly string[]>>>({
  salesforce: dictionary<readonly string[]>({ clientcredentials: [], api: ['oauth_refresh_token'] })
})

/** Returns what a new connection of a type must state, and in each of the modes that no person completes. */
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
 * Tells of the settings that a new connection lacks, all at once. Where a type can be authorized by a person
 * and the configuration says that none comes, that follows from the service's description alone, and is a
 * warning; where its documentation says the same, an error.
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

function isMissing(value: Json | undefined): boolean {
  return value === undefined || value === null || value === ''
}

function requiredIn(type: string, mode: string | undefined): string[] {
  const fields = connectionTypes[type]?.fields ?? {}
  return [...requiredFields(fields), ...(documented[type]?.[mode ?? ''] ?? [])]
}

/** What has a default is filled by the service. */
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

/** How it is authorized, where its type has several ways: as stated, else as the service assumes. */
function modeOf(type: ConnectionType, configuration: JsonObject): string | undefined {
  const key = type.oauth === true ? modeKeyOf(type) : undefined
  if (key === undefined) return undefined
  const mode = configuration[key] ?? type.fields[key]?.default
  return typeof mode === 'string' ? mode : undefined
}
