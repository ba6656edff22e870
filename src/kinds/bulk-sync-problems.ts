import { isObject, type Json, type JsonObject } from '../state/value.ts'
import { idOf, isOff } from './bulk-sync-parts.ts'
import type { ItemProblem } from './kind.ts'

/** A schema or a field listed twice, and a schema of which nothing is left. */
export function schemaProblems(item: JsonObject): ItemProblem[] {
  const schemas = Array.isArray(item['schemas']) ? item['schemas'] : []
  return [
    ...listedTwice(schemas, ['schemas'], 'schema'),
    ...(schemas.length > 0 && schemas.every(isOff) ? [noSchema] : []),
    ...schemas.flatMap((schema, index) => {
      const fields = isObject(schema) && Array.isArray(schema['fields']) ? schema['fields'] : []
      const path = ['schemas', index, 'fields']
      const isNone =
        fields.length > 0 && fields.every((field) => isObject(field) && field['enabled'] === false)
      return [...listedTwice(fields, path, 'field'), ...(isNone ? [noField(path)] : [])]
    })
  ]
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
