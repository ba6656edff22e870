import type { Finding, PlannedResource } from '../state/question.ts'
import { isObject, textOf, type JsonObject } from '../state/value.ts'
import { plainTypeOf } from './field-types.ts'
import { list } from './fields.ts'
import type { ItemProblem } from './kind.ts'

/** Problems of schema fields that are known before they are sent. */

/** Reports fields that are listed twice, have no setting, or define their type in two ways. */
export function problemsOf(all: readonly JsonObject[]): ItemProblem[] {
  const ids = all.map(({ id }) => textOf(id))
  return all.flatMap((field, index) => {
    const path = ['fields', index]
    const twice: ItemProblem[] =
      ids.indexOf(ids[index] ?? '') === index
        ? []
        : [
            {
              path: [...path, 'id'],
              code: 'P105',
              message: `the field \`${ids[index]}\` is listed twice`,
              label: 'it is listed above already'
            }
          ]
    return [...twice, ...nothingSaid(field, path), ...definitionProblems(field, path)]
  })
}

function nothingSaid(field: JsonObject, path: (string | number)[]): ItemProblem[] {
  if (Object.keys(field).some((key) => key !== 'id')) return []
  return [
    {
      path,
      code: 'P103',
      message: `nothing is said of the field \`${textOf(field.id)}\``,
      label: 'only its id stands here',
      help: ['a new field needs its `type`; of one that was detected, say what is to be different']
    }
  ]
}

function definitionProblems(field: JsonObject, path: (string | number)[]): ItemProblem[] {
  const { definition, type } = field
  if (definition === undefined) return []
  const plain = plainTypeOf(definition)
  if (plain === undefined)
    return [
      {
        path: [...path, 'definition'],
        code: 'P104',
        message: 'this list defines no type',
        label: 'the service refuses it',
        help: [
          'a decimal is `[decimal, { precision: 9, scale: 2 }]`, with the scale within the precision',
          'others begin with array, jsonarray, json, map, object, string or versioned'
        ]
      }
    ]
  if (type === undefined || plain === type) return []
  return [
    {
      path: [...path, 'type'],
      code: 'P109',
      message: `\`definition\` defines a ${plain}, and \`type\` is ${textOf(type)}`,
      label: 'the service refuses both together',
      help: ['leave `type` out: it follows from `definition`']
    }
  ]
}

/** Reports new fields without a type. A field is new if the live schema does not have it. */
export function newWithoutType({ wanted, live, address }: PlannedResource): Finding[] {
  const there = list(live?.wire.fields).map(({ id }) => textOf(id))
  const all = Array.isArray(wanted?.fields) ? wanted.fields : []
  if (there.length === 0) return []
  return all.flatMap((field, index): Finding[] =>
    !isObject(field) || field.type !== undefined || there.includes(textOf(field.id))
      ? []
      : [
          {
            path: ['fields', index],
            code: 'P430',
            message: `${address} adds the field \`${textOf(field.id)}\` without its type`,
            label: 'the schema has no such field: it would be a new one',
            help: ['say its `type`, or correct its id']
          }
        ]
  )
}
