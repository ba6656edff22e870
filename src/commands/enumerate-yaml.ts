import { yamlText } from '../config/source/index.ts'
import type { DestinationFacts, SchemaFacts, SourceFacts } from '../render/view/answer.ts'
import type { SourceKey } from '../render/view/source-keys.ts'
import type { Setting } from '../state/settings.ts'
import { isEmpty, type Json } from '../state/value.ts'
import type { TargetFields } from '../wire/enumeration.ts'

/** YAML to paste, from what a connection offers. What a person must fill in stands as a word in capitals. */

/**
 * Returns a model of what was chosen. What is still needed takes the first that there is; what else the
 * configuration may have stands beside it as comments.
 */
export function modelYaml({ connection, keys, fields }: SourceFacts): string {
  const needed = keys.filter(({ required }) => required === 'yes' || required === 'one of several')
  const isChosen = keys.some(({ chosen }) => chosen !== null)
  const taken = firstKnown(needed) ?? (isChosen ? undefined : firstKnown(keys.filter(hasValues)))
  const ways = needed.map(({ name }) => yamlText(name)).join(', ')
  const lines = keys.map((key): Line | undefined => {
    const name = yamlText(key.name)
    if (key.chosen !== null) return { stated: true, text: `${name}: ${yamlText(key.chosen)}` }
    if (key !== taken)
      return key.required === 'no' ? { stated: false, text: `${name}: ${optionalText(key)}` } : undefined
    const mark = key.required === 'yes' ? ' # required' : ways === '' ? '' : ` # or another one of ${ways}`
    return { stated: true, text: `${name}: ${valueYaml(key.values[0] ?? 'CHOOSE')}${mark}` }
  })
  const names = (fields ?? []).map(({ name }) => `      - ${yamlText(name)}\n`)
  const unique = (fields ?? []).find((field) => field.unique === true)
  return [
    'models:\n  - name: NAME\n',
    `    connection: ${yamlText(connection)}\n`,
    configurationYaml(lines, 4),
    unique === undefined ? '' : `    identifier: ${yamlText(unique.name)}\n`,
    names.length === 0 ? '' : `    fields:\n${names.join('')}`
  ].join('')
}

/** A setting that is stated, or one that may be and stands as a comment. */
interface Line {
  stated: boolean
  text: string
}

/** Comments alone are no mapping: then an empty one stands there. */
function configurationYaml(all: readonly (Line | undefined)[], indent: number): string {
  const lines = all.filter((line) => line !== undefined)
  const margin = ' '.repeat(indent)
  const isStated = lines.some(({ stated }) => stated)
  const below = lines.map(({ stated, text }) => `${margin}  ${stated ? '' : '# '}${text}\n`)
  return `${margin}configuration:${isStated ? '' : ' {}'}\n${below.join('')}`
}

function hasValues({ values }: SourceKey): boolean {
  return values.length > 0
}

function firstKnown(keys: readonly SourceKey[]): SourceKey | undefined {
  return keys.find(hasValues) ?? keys[0]
}

function valueYaml(value: Json): string {
  return typeof value === 'string' ? yamlText(value) : JSON.stringify(value)
}

/** On one line, whatever the service has for names. */
function optionalText({ type, values, after }: SourceKey): string {
  const some = values.slice(0, 5).map((value) => valueYaml(value))
  const more = values.length > some.length ? ', …' : ''
  const what = some.length > 0 ? `${some.join(', ')}${more}` : type === '' ? 'optional' : yamlText(type)
  return after.length === 0 ? what : `${what}, after ${after.map((name) => yamlText(name)).join(' or ')}`
}

/** Returns a bulk sync that copies these schemas. */
export function bulkSourceYaml({ connection, schemas, settings }: SchemaFacts): string {
  return bulkYaml(
    { of: connection, settings },
    undefined,
    schemas.map(({ id }) => id),
    'replicate'
  )
}

/** Returns a bulk sync that writes here, with what the destination requires. */
export function bulkDestinationYaml({ connection, modes, settings }: DestinationFacts): string {
  return bulkYaml(undefined, { of: connection, settings }, [], modes[0]?.id ?? 'replicate')
}

interface End {
  of: string
  settings: readonly Setting[]
}

function bulkYaml(
  source: End | undefined,
  destination: End | undefined,
  schemas: readonly string[],
  mode: string
): string {
  const end = (name: string, one: End | undefined): string => {
    const connection = one ? yamlText(one.of) : 'CONNECTION'
    return `    ${name}:\n      connection: ${connection}\n${settingLines(one?.settings ?? [])}`
  }
  return [
    `bulk_syncs:\n  - name: NAME\n    mode: ${yamlText(mode)}\n`,
    end('source', source),
    end('destination', destination),
    schemas.length === 0
      ? ''
      : `    schemas:\n${schemas.map((id) => `      - ${yamlText(id)}\n`).join('')}`,
    '    default_schedule: manual\n'
  ].join('')
}

/** Settings of the first level: what is required is stated, the others stand as comments. */
function settingLines(settings: readonly Setting[]): string {
  const lines = settings.flatMap(({ path, required, default: assumed, values, type }): Line[] => {
    const [key = '', ...deeper] = path
    if (deeper.length > 0) return []
    const name = yamlText(key)
    const known = [assumed, ...values].find((value) => !isEmpty(value))
    const hint = known === undefined ? yamlText(type || 'optional') : valueYaml(known)
    const stated = `${name}: ${valueYaml(known ?? key.toUpperCase())} # required`
    return [{ stated: required, text: required ? stated : `${name}: ${hint}` }]
  })
  return lines.length === 0 ? '' : configurationYaml(lines, 6)
}

/** Returns a sync that writes to an object: what it requires, and how records may find each other. */
export function syncYaml(connection: string, { id, modes, fields }: TargetFields): string {
  const mode = modes.find((one) => one.mode === 'updateOrCreate') ?? modes[0]
  const key = mode?.requires_identity === true ? fields.find((field) => field.supports_identity) : undefined
  const identity = `    identity: { source: FIELD, target: ${yamlText(key?.id ?? '')}, function: ${yamlText(
    key?.identity_functions[0]?.id ?? 'Equality'
  )} }\n`
  const own = fields.filter((field) => field.id !== key?.id && (field.createable || field.updateable))
  const needed = own.filter(({ required }) => required)
  const shown = needed.length > 0 ? needed : own.slice(0, 1)
  const mapped = shown.map(({ id: target, required }) => {
    const mark = required ? ' # required' : ''
    return `      - { source: FIELD, target: ${yamlText(target)} }${mark}\n`
  })
  return [
    'syncs:\n  - name: NAME\n',
    `    mode: ${mode?.mode ?? 'MODE'}\n    model: MODEL\n`,
    `    target:\n      connection: ${yamlText(connection)}\n      object: ${yamlText(id)}\n`,
    key === undefined ? '' : identity,
    mapped.length === 0 ? '' : `    fields:\n${mapped.join('')}`,
    '    schedule: manual\n'
  ].join('')
}
