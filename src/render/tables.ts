import Table from 'cli-table3'
import type { Json, KeyClass } from '../wire/common.ts'
import type { TargetField, TargetFields, TargetObjects } from '../wire/enumeration.ts'
import { kindText } from './change-text.ts'
import { count, visible } from './plain-text.ts'
import { paint, type Look } from './style.ts'
import { valueText } from './value-text.ts'
import type { SourceFacts, SourceField, StatusFacts } from './view/answer.ts'

/** Choices of one level; more are told by number, and narrowed on the command line. */
const mostChoices = 40

/**
 * What a model can read: what must be chosen next, what there is to choose, and the fields of what is
 * chosen.
 */
export function sourcesText({ connection, source: meta, fields }: SourceFacts, look: Look): string {
  const settings = Object.entries(meta.configuration ?? {})
  const items = Object.entries(meta.items ?? {})
  const choices = items.map(([name, item]) => [
    visible(name),
    item.has_items || (item.items?.length ?? 0) > 0 ? count(item.items?.length ?? 0, 'choice') : 'any text',
    (item.requires_one_of ?? []).map(visible).join(', ')
  ])
  return sheet([
    title(`sources of ${visible(JSON.stringify(connection))}`, look),
    items.length + settings.length === 0 ? 'nothing to choose' : oneOf(meta.requires_one_of),
    table(['key', 'values', 'needs one of'], choices, look),
    ...items.map(([name, item]) => choicesText(name, item.items ?? [], look)),
    table(
      ['setting', 'type', 'values'],
      settings.map(([name, { type, items }]) => [
        visible(name),
        visible(type ?? ''),
        listText(items ?? [])
      ]),
      look
    ),
    fields === null ? '' : fieldsText(fields, look)
  ])
}

function oneOf(names: string[] | null): string {
  if ((names ?? []).length === 0 || !names) return ''
  return names.length === 1
    ? `needs: ${visible(names[0] ?? '')}`
    : `needs exactly one of: ${names.map(visible).join(', ')}`
}

function choicesText(name: string, items: Json[], look: Look): string {
  if (items.length === 0) return ''
  const shown = items.slice(0, mostChoices).map((item) => `  ${valueText(item)}`)
  const rest = items.length - shown.length
  const more = rest > 0 ? [paint(look, 'dim', `  ... and ${count(rest, 'more choice')}`)] : []
  return [paint(look, 'strong', visible(name)), ...shown, ...more].join('\n')
}

function listText(items: Json[]): string {
  const shown = items.slice(0, 8).map(valueText).join(', ')
  return items.length > 8 ? `${shown}, ... ${items.length - 8} more` : shown
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
