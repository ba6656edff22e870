import { isObject, textOf, type Json, type JsonObject } from '../state/value.ts'
import { idOf, isOff } from './bulk-sync-parts.ts'
import type { ItemProblem } from './kind.ts'

/**
 * Reports duplicate schemas and fields, words such as `all` in place of ids, and lists with everything
 * switched off.
 */
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

/** A list in which `all` or `none` may be written by mistake, and what to write in place of them. */
interface ListAdvice {
  noun: string
  all: string
  none: string
}

const allSchemas: ListAdvice = {
  noun: 'schema',
  all: 'write `schemas: all`',
  none: 'to copy nothing for a while, write `active: false`; to leave them as they are, leave `schemas` out'
}

const allFields: ListAdvice = {
  noun: 'field',
  all: 'leave `fields` out: of a new schema all are copied, of another those that are on',
  none: 'to leave the schema out, write `enabled: false` beside its id'
}

const ofSchedule: ListAdvice = {
  noun: 'schema',
  all: 'leave `schemas` out: then the schedule is for all of them',
  none: 'take the schedule out, if it is for no schema'
}

/**
 * Reports words such as `all` as ids: `[all]` would switch off every schema but one with that id. The full
 * form `{ id: all }` is taken for an id on purpose.
 */
function wordsAsIds(items: readonly Json[], path: (string | number)[], advice: ListAdvice): ItemProblem[] {
  return items.flatMap((item, index) => {
    const word = typeof item === 'string' ? item.trim().toLowerCase() : ''
    const isAll = ['*', '%', 'all', 'any', 'every', 'everything'].includes(word)
    if (!isAll && !['none', 'nothing', 'null'].includes(word)) return []
    return [
      {
        path: [...path, index],
        code: 'P113' as const,
        message: `\`${textOf(item)}\` in a list names one ${advice.noun} that is called so`,
        label: `it does not stand for ${isAll ? 'all of them' : 'none of them'}`,
        help: [
          isAll ? advice.all : advice.none,
          `if a ${advice.noun} has this id, write \`{ id: ${JSON.stringify(item)} }\``
        ].slice(0, advice === ofSchedule ? 1 : 2)
      }
    ]
  })
}

function wordsOfSchedules(schedules: Json | undefined): ItemProblem[] {
  return (Array.isArray(schedules) ? schedules : []).flatMap((schedule, index) => {
    const schemas = isObject(schedule) && Array.isArray(schedule.schemas) ? schedule.schemas : []
    const found = wordsAsIds(schemas, ['additional_schedules', index, 'schemas'], ofSchedule)
    // A schedule lists plain ids only, so the word may be meant as one: a warning.
    return found.map((one) => ({ ...one, severity: 'warning' as const }))
  })
}

/** The service takes an empty list for no list, which means all: so such a list must be refused. */
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
