import Table from 'cli-table3'
import type { Setting } from '../state/settings.ts'
import { isEmpty } from '../state/value.ts'
import type { Json, KeyClass } from '../wire/common.ts'
import type { TargetField, TargetFields, TargetObjects } from '../wire/enumeration.ts'
import { kindText } from './change-text.ts'
import { count, visible } from './plain-text.ts'
import { paint, type Look } from './style.ts'
import { valueText } from './value-text.ts'
import type { DestinationFacts, SchemaFacts, SourceFacts, SourceField, StatusFacts } from './view/answer.ts'
import type { SourceKey } from './view/source-keys.ts'

/** Choices of one level; more are told by number, and narrowed on the command line. */
const mostChoices = 40

/**
 * What a model can read: the keys that its configuration takes and which of them it needs, what there is to
 * choose, and the fields of what is chosen.
 */
export function sourcesText({ connection, keys, fields }: SourceFacts, look: Look): string {
  const rows = keys.map((key) => [
    visible(key.name),
    visible(key.type),
    neededText(key),
    key.after.map(visible).join(' or '),
    valuesText(key.values)
  ])
  return sheet([
    title(`sources of ${visible(JSON.stringify(connection))}`, look),
    rows.length === 0 ? 'nothing to choose' : 'The `configuration` of a model takes:',
    table(['key', 'type', '', 'after', 'values'], rows, look),
    oneOf(keys),
    ...keys.map(({ name, values, chosen }) => (chosen === null ? choicesText(name, values, look) : '')),
    fields === null ? '' : fieldsText(fields, look)
  ])
}

function neededText({ required, chosen }: SourceKey): string {
  if (chosen !== null) return `chosen: ${visible(chosen)}`
  return { yes: 'required', 'one of several': 'one of these', excluded: 'excluded', no: '' }[required]
}

function oneOf(keys: readonly SourceKey[]): string {
  const names = keys
    .filter(({ required }) => required === 'one of several')
    .map(({ name }) => visible(name))
  return names.length === 0 ? '' : `It needs exactly one of ${names.join(', ')}.`
}

/** Few choices stand in the row, many below. */
function valuesText(values: Json[]): string {
  if (values.length === 0) return 'any'
  return isShort(values) ? listText(values) : count(values.length, 'choice')
}

function isShort(values: Json[]): boolean {
  return values.length <= 8 && values.map(valueText).join(', ').length <= 40
}

function choicesText(name: string, items: Json[], look: Look): string {
  if (items.length === 0 || isShort(items)) return ''
  const shown = items.slice(0, mostChoices).map((item) => `  ${valueText(item)}`)
  const rest = items.length - shown.length
  const more = rest > 0 ? [paint(look, 'dim', `  ... and ${count(rest, 'more choice')}`)] : []
  return [paint(look, 'strong', visible(name)), ...shown, ...more].join('\n')
}

function listText(items: Json[]): string {
  return items.map(valueText).join(', ')
}

function fieldsText(fields: SourceField[], look: Look): string {
  if (fields.length === 0) return 'no fields'
  const rows = fields.map((field) => [
    visible(field.name),
    visible(field.type ?? ''),
    (field.label ?? field.name) === field.name ? '' : visible(field.label ?? ''),
    field.unique === true ? 'unique' : '',
    field.example === undefined || field.example === null ? '' : valueText(field.example)
  ])
  const heading = title(count(fields.length, 'field'), look)
  return `${heading}\n${table(['field', 'type', 'label', '', 'example'], rows, look)}`
}

/** What a sync can write to, and how. */
export function targetsText(
  { connection, targets }: { connection: string; targets: TargetObjects },
  look: Look
): string {
  const { data: objects, target_creation: creation } = targets
  const rows = (objects ?? []).map((object) => [
    visible(object.id),
    nameBeside(object),
    (object.modes ?? []).map((mode) => visible(mode.id)).join(', ')
  ])
  const creates = (creation.properties ?? []).map((it) => [
    visible(it.id),
    visible(it.title ?? ''),
    it.enum ? 'choices' : 'any text'
  ])
  return sheet([
    title(`targets of ${visible(JSON.stringify(connection))}`, look),
    rows.length === 0 ? 'no objects' : table(['object', 'name', 'modes'], rows, look),
    creation.supported
      ? 'A sync can create a new object here: `target.create` takes these properties.'
      : '',
    table(['property', 'title', 'values'], creates, look)
  ])
}

/** The fields of one target object: what a mapping may write, and what can identify a record. */
export function targetText(
  { connection, target }: { connection: string; target: TargetFields },
  look: Look
): string {
  const beside = nameBeside(target)
  const name = beside === '' ? '' : ` (${beside})`
  const fields = (target.fields ?? []).toSorted((a, b) => Number(b.required) - Number(a.required))
  const modes = (target.modes ?? []).map((mode) => [
    visible(mode.mode),
    mode.requires_identity ? 'needs an identity' : '',
    mode.supports_target_filters ? 'target filters' : '',
    visible(mode.description ?? '')
  ])
  return sheet([
    title(`${visible(target.id)}${name} in ${visible(JSON.stringify(connection))}`, look),
    table(['mode', 'identity', 'filters', ''], modes, look),
    fields.length === 0
      ? 'no fields'
      : table(['field', 'type', 'name', 'may', 'identity'], fields.map(targetFieldRow), look)
  ])
}

function targetFieldRow(field: TargetField): string[] {
  const may = [
    field.required ? 'required' : '',
    field.createable ? 'create' : '',
    field.updateable ? 'update' : '',
    field.filterable ? 'filter' : '',
    field.encryptable === true ? 'encrypt' : ''
  ]
  return [
    visible(field.id),
    visible(field.type ?? ''),
    nameBeside(field),
    may.filter((word) => word !== '').join(', '),
    field.supports_identity
      ? (field.identity_functions ?? []).map((it) => visible(it.id)).join(', ') || 'yes'
      : ''
  ]
}

/** The name, where it tells more than the id. */
function nameBeside({ id, name }: { id: string; name?: string | null }): string {
  const label = name ?? id
  return label === id ? '' : visible(label)
}

/** What a bulk sync can copy. */
export function schemasText(
  { connection, schemas, tracking_fields: tracks, settings }: SchemaFacts,
  look: Look
): string {
  const rows = schemas.map((schema) => [visible(schema.id), nameBeside(schema)])
  return sheet([
    title(`schemas of ${visible(JSON.stringify(connection))}, for bulk syncs`, look),
    rows.length === 0 ? 'no schemas' : table(['schema', 'name'], rows, look),
    tracks === false ? 'Its schemas take no `tracking_field`.' : '',
    settingsText('source', settings, look)
  ])
}

/** How a bulk sync can write. */
export function destinationText(
  { connection, modes, histories, settings }: DestinationFacts,
  look: Look
): string {
  const rows = modes.map(({ id, label, description }) => [
    visible(id),
    visible(label),
    visible(description)
  ])
  return sheet([
    title(`${visible(JSON.stringify(connection))}, as the destination of bulk syncs`, look),
    table(['mode', 'name', ''], rows, look),
    histories === true ? 'It keeps histories: a schema may have `history_enabled: true`.' : '',
    settings.length === 0
      ? 'The service does not say what the `configuration` of `destination` takes.'
      : settingsText('destination', settings, look)
  ])
}

function settingsText(end: 'source' | 'destination', settings: readonly Setting[], look: Look): string {
  if (settings.length === 0) return ''
  const rows = settings.map(({ path, type, required, default: assumed, values, title: about }) => [
    visible(path.join('.')),
    visible(type),
    required ? 'required' : '',
    isEmpty(assumed) ? '' : valueText(assumed),
    listText(values.slice(0, 8)),
    visible(about)
  ])
  const columns = ['key', 'type', '', 'default', 'values', 'about']
  return `The \`configuration\` of \`${end}\` takes:\n\n${table(columns, rows, look)}`
}

/** Where it connects, how much of what is there the files declare, and what does not work. */
export function statusText(facts: StatusFacts, look: Look): string {
  const { organization, key, files, resources } = facts
  const from = facts.address_from === null ? '' : ` (from ${visible(facts.address_from)})`
  const of = key.user === null ? '' : `: ${visible(key.user)}`
  const head = [
    ['Address', `${visible(facts.address)}${from}`],
    ['Organization', `${visible(organization.name)} (${visible(organization.id)})`],
    ['Key', `${key.class === null ? 'of an unknown class' : classes[key.class]}${of}`],
    ['Version', `API ${facts.api_version}, polyctl ${facts.polyctl}`],
    ['Files', `${count(files, 'file')}, ${count(resources, 'resource')}`]
  ]
  const rows = facts.kinds
    .filter(({ declared, live }) => declared > 0 || live !== 0)
    .map(({ section, declared, live, undeclared, unread = '' }) => [
      visible(section.replaceAll('_', ' ')),
      String(declared),
      live === null ? '?' : String(live),
      undeclared === null ? '?' : String(undeclared),
      unread === '' ? '' : `cannot be read: ${visible(unread)}`
    ])
  const troubles = facts.attention.map(({ kind, name, because, connect }) =>
    [
      `${kindText(kind)} ${visible(JSON.stringify(name))}: ${visible(because)}`,
      ...(connect === undefined ? [] : [`  ${visible(connect)}`])
    ].join('\n')
  )
  return sheet([
    head.map(([label = '', value = '']) => `${paint(look, 'dim', label.padEnd(12))}  ${value}`).join('\n'),
    rows.length === 0
      ? 'Nothing is there, and nothing is declared.'
      : table(['', 'declared', 'live', 'in no file', ''], rows, look),
    troubles.length === 0 ? '' : [title('Does not work', look), ...troubles].join('\n')
  ])
}

const classes = {
  user: 'of a user',
  organization: 'of the organization',
  partner: 'of a partner',
  system: 'of the deployment'
} satisfies Record<KeyClass, string>

function title(text: string, look: Look): string {
  return paint(look, 'strong', text)
}

function sheet(blocks: string[]): string {
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

const borderless = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  '
}

/**
 * Columns without lines around them: they can be cut and grepped. Columns that are empty throughout are
 * left out.
 */
function table(head: string[], rows: string[][], look: Look): string {
  if (rows.length === 0) return ''
  const used = head.map((_, column) => rows.some((row) => (row[column] ?? '') !== ''))
  const kept = (row: string[]) => row.filter((_, column) => used[column])
  const sheet = new Table({
    head: kept(head).map((word) => paint(look, 'dim', word.toUpperCase())),
    chars: borderless,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] }
  })
  sheet.push(...rows.map(kept))
  return sheet
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}
