import { isObject, textOf, type Json, type JsonObject } from '../state/value.ts'
import { idOf, isOff } from './bulk-sync-parts.ts'
import type { ItemProblem } from './kind.ts'

/** A schema or a field listed twice, and a schema of which nothing is left. */
export function schemaProblems(item: JsonObject): ItemProblem[] {
  const schemas = Array.isArray(item.schemas) ? item.schemas : []
  return [
    ...listedTwice(schemas, ['schemas'], 'schema'),
    ...wordsAsIds(schemas, ['schemas'], allSchemas),
    ...wordsOfSchedules(item.additional_schedules),
    ...(schemas.length > 0 && schemas.every(isOff) ? [noSchema] : []),
    ...schemas.flatMap((schema, index) => {
      const fields = isObject(schema) && Array.isArray(schema.fields) ? schema.fields : []
      const path = ['schemas', index, 'fields']
      const isNone =
        fields.length > 0 && fields.every((field) => isObject(field) && field.enabled === false)
      return [
        ...listedTwice(fields, path, 'field'),
        ...wordsAsIds(fields, path, allFields),
        ...(isNone ? [noField(path)] : [])
      ]
    })
  ]
}

/** What to write for all, and for none. */
interface InPlace {
  noun: string
  all: string
  none: string
}

const allSchemas: InPlace = {
  noun: 'schema',
  all: 'write `schemas: all`',
  none: 'to copy nothing for a while, write `active: false`; to leave them as they are, leave `schemas` out'
}

const allFields: InPlace = {
  noun: 'field',
  all: 'leave `fields` out: of a new schema all are copied, of another those that are on',
  none: 'to leave the schema out, write `enabled: false` beside its id'
}

const ofSchedule: InPlace = {
  noun: 'schema',
  all: 'leave `schemas` out: then the schedule is for all of them',
  none: 'take the schedule out, if it is for no schema'
}

/** `[all]` would switch everything off but one of the name `all`. In full, `{ id: all }`, it may be meant. */
function wordsAsIds(items: readonly Json[], path: (string | number)[], inPlace: InPlace): ItemProblem[] {
  return items.flatMap((item, index) => {
    const word = typeof item === 'string' ? item.trim().toLowerCase() : ''
    const isAll = ['*', '%', 'all', 'any', 'every', 'everything'].includes(word)
    if (!isAll && !['none', 'nothing', 'null'].includes(word)) return []
    return [
      {
        path: [...path, index],
        code: 'P113' as const,
        message: `\`${textOf(item)}\` in a list names one ${inPlace.noun} that is called so`,
        label: `it does not stand for ${isAll ? 'all of them' : 'none of them'}`,
        help: [
          isAll ? inPlace.all : inPlace.none,
          `if a ${inPlace.noun} has this id, write \`{ id: ${JSON.stringify(item)} }\``
        ].slice(0, inPlace === ofSchedule ? 1 : 2)
      }
    ]
  })
}

function wordsOfSchedules(schedules: Json | undefined): ItemProblem[] {
  return (Array.isArray(schedules) ? schedules : []).flatMap((schedule, index) => {
    const schemas = isObject(schedule) && Array.isArray(schedule.schemas) ? schedule.schemas : []
    const found = wordsAsIds(schemas, ['additional_schedules', index, 'schemas'], ofSchedule)
    // There, an id cannot be written in full: it may be meant.
    return found.map((one) => ({ ...one, severity: 'warning' as const }))
  })
}

/** A list of which nothing is left would be taken for no list, which means all. */
const noSchema: ItemProblem = {
  path: ['schemas'],
  atKey: true,
  code: 'P105',
  message: 'a bulk sync of which no schema is copied',
  label: 'all of these are switched off',
  help: ['list the schemas to copy, or write `active: false`']
}

function listedTwice(items: readonly Json[], path: (string | number)[], noun: string): ItemProblem[] {
  const ids = items.map(idOf)
  return ids.flatMap((id, index) =>
    ids.indexOf(id) === index
      ? []
      : [
          {
            path: [...path, index],
            code: 'P105' as const,
            message: `the ${noun} \`${id}\` is listed twice`,
            label: 'it is listed above already'
          }
        ]
  )
}

function noField(path: (string | number)[]): ItemProblem {
  return {
    path,
    atKey: true,
    code: 'P105',
    message: 'a schema of which no field is copied',
    label: 'all of these are switched off',
    help: ['list the fields to copy, or switch the schema off with `enabled: false`']
  }
}
