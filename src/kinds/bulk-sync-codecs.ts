import { bodySchemas } from './bulk-sync-requests.ts'
import {
  allBut,
  idOf,
  isOff,
  moment,
  off,
  schemaFromYaml,
  schemasFromWire,
  schemasRule,
  schemaToYaml
} from './bulk-sync-parts.ts'
import { momentSchema, schemasSchema } from './bulk-sync-schema.ts'
import { scalar } from './codecs.ts'
import type { Codec } from './field.ts'
import { list, withoutAbsent } from './fields.ts'
import { schedule } from './sync-schedule.ts'

/** `schemas`: the objects that are copied. An empty or absent list changes nothing in the service. */
export const schemas: Codec = {
  schema: schemasSchema,
  rule: schemasRule,
  fromYaml: (value) => (Array.isArray(value) && value.length > 0 ? value.map(schemaFromYaml) : undefined),
  toYaml: (value, _context, { schemas_off: none }) =>
    Array.isArray(value) ? value.flatMap(schemaToYaml) : none && 'all',
  fromWire: (_value, _context, wire) =>
    schemasFromWire(wire)?.map((item) => (isOff(item) ? off(item) : item)),
  toWire(value, { version }, { schemas_off: none }) {
    const settings = value === undefined ? undefined : list(value)
    return withoutAbsent({
      schemas: settings && bodySchemas(settings, version),
      schema_settings: settings ?? (Array.isArray(none) ? allBut(none) : undefined)
    })
  }
}

/** `schemas: all` means that no schema is off. */
export const schemasOff: Codec = {
  rule: { is: 'set', key: String, item: { is: 'scalar' } },
  fromYaml: (_value, { schemas: written }) => (written === 'all' ? [] : undefined),
  toYaml: () => undefined,
  fromWire: (_value, _context, wire) => schemasFromWire(wire)?.filter(isOff).map(idOf),
  toWire: () => undefined
}

/** The default schedule, which older versions call `schedule`. */
export const defaultSchedule: Codec = {
  ...schedule,
  fromWire: (value, context, wire) => schedule.fromWire?.(value ?? wire.schedule, context, wire),
  toWire(value, context, fields) {
    const main = schedule.toWire?.(value, context, fields)
    return withoutAbsent(context.version === '2025-09-18' ? { default_schedule: main } : { schedule: main })
  }
}

/** The cutoff: older records are not copied. */
export const cutoff: Codec = {
  ...scalar(momentSchema('Older records are left out.')),
  fromYaml: moment,
  fromWire: (value) => moment(value ?? undefined)
}

/** A number that limits something; 0 leaves it to the service. */
export const limit = (what: string) =>
  scalar({ type: 'integer', minimum: 0, description: `${what} 0: as the service does it.` }, { default: 0 })
