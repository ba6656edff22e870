import { yamlText } from '../config/source/index.ts'
import { textOf } from '../state/value.ts'
import type { SourceFacts } from '../render/view/answer.ts'
import type { TargetFields } from '../wire/enumeration.ts'

/** YAML to paste, from what a connection offers. What a person must fill in stands as a word in capitals. */

/** Returns a model of what was chosen; what is still to be chosen takes the first that there is. */
export function modelYaml(
  { connection, source, fields }: SourceFacts,
  chosen: Readonly<Record<string, string>>
): string {
  const ways = source.requires_one_of ?? []
  const listed = ways.filter((key) => (source.items?.[key]?.items ?? []).length > 0)
  const open = ways.some((key) => key in chosen) ? [] : [...listed, ...ways].slice(0, 1)
  const rest = open.map((key): [string, string] => [
    key,
    textOf(source.items?.[key]?.items?.[0] ?? 'CHOOSE')
  ])
  const configuration = [...Object.entries(chosen), ...rest].map(
    ([key, value]) => `      ${yamlText(key)}: ${yamlText(value)}\n`
  )
  const names = (fields ?? []).map(({ name }) => `      - ${yamlText(name)}\n`)
  const unique = (fields ?? []).find((field) => field.unique === true)
  return [
    'models:\n  - name: NAME\n',
    `    connection: ${yamlText(connection)}\n`,
    configuration.length === 0
      ? '    configuration: {}\n'
      : `    configuration:\n${configuration.join('')}`,
    unique === undefined ? '' : `    identifier: ${yamlText(unique.name)}\n`,
    names.length === 0 ? '' : `    fields:\n${names.join('')}`
  ].join('')
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
