import type { Json, JsonObject } from '../../wire/common.ts'
import type { ConnectionField, ConnectionType } from '../../wire/connection-types.ts'
import { labelOf } from '../catalogue/catalogue.ts'
import { needsPerson } from '../kinds/connection-authorization.ts'
import { isServerOwned } from '../kinds/connection-configuration.ts'
import { escaped } from './html.ts'

const flat = new Set(['string', 'boolean', 'integer'])

/** Returns the fields that a person can fill in: neither internal, nor for programs only, nor nested. */
function requestedFields(type: ConnectionType): [key: string, field: ConnectionField][] {
  return Object.entries(type.fields).filter(
    ([, field]) =>
      !isServerOwned(field) &&
      field.hidden !== true &&
      field.api !== true &&
      flat.has(field.type ?? 'string')
  )
}

/**
 * Returns the fields as HTML, filled with known values except secrets. No field is required where the
 * person authorizes the connection in the system itself.
 */
export function fieldsOf(typeId: string, type: ConnectionType, known: JsonObject = {}): string {
  const demands = !needsPerson(typeId, type, known)
  return requestedFields(type)
    .map(([key, field]) => {
      const value = field.secret === true ? undefined : (known[key] ?? field.default)
      const isRequired = demands && field.required === true && known[key] === undefined
      return `<label>${escaped(labelOf(key))} ${control(key, field, value, isRequired)}</label>`
    })
    .join('\n')
}

function control(
  key: string,
  field: ConnectionField,
  value: Json | undefined,
  isRequired: boolean
): string {
  const name = `name="${escaped(key)}"`
  const required = isRequired ? ' required' : ''
  if (field.type === 'boolean') return `<input type="checkbox" ${name}${value === true ? ' checked' : ''}>`
  if (field.enum !== undefined) {
    const options = ['', ...field.enum].map((option) => {
      const selected = option === value ? ' selected' : ''
      return `<option value="${escaped(option)}"${selected}>${escaped(labelOf(option))}</option>`
    })
    return `<select ${name}${required}>${options.join('')}</select>`
  }
  const type = field.secret === true ? 'password' : field.type === 'integer' ? 'number' : 'text'
  const filled = typeof value === 'string' || typeof value === 'number' ? escaped(String(value)) : ''
  return `<input type="${type}" ${name} value="${filled}" autocomplete="off"${required}>`
}

/**
 * Returns the configuration that the form describes. Fields that it does not show keep their stored
 * values.
 */
export function filledIn(type: ConnectionType, form: JsonObject, stored: JsonObject = {}): JsonObject {
  const fields = requestedFields(type)
  const names = new Set(fields.map(([key]) => key))
  const configuration = Object.fromEntries(
    Object.entries(stored).filter(([key]) => !names.has(key) && type.fields[key]?.secret !== true)
  )
  for (const [key, field] of fields) {
    const value = typed(field, form[key])
    if (value !== undefined) configuration[key] = value
  }
  return configuration
}

/**
 * Converts a value of the form. An unticked box is not sent: it is false where ticked is the default, and
 * is left out otherwise.
 */
function typed(field: ConnectionField, text: Json | undefined): Json | undefined {
  if (field.type === 'boolean')
    return text === undefined ? (field.default === true ? false : undefined) : true
  if (typeof text !== 'string' || text === '') return undefined
  const number = Number(text)
  return field.type === 'integer' && Number.isInteger(number) ? number : text
}
