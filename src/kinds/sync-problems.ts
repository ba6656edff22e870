import { isEmpty, isObject, textOf, type JsonObject } from '../state/value.ts'
import { valueAt, list } from './fields.ts'
import type { ItemProblem } from './kind.ts'
import { conditionProblems } from './sync-filters.ts'
import { duplicateLabels, logicProblems } from './sync-logic.ts'
import { webhookTarget } from './sync-parts.ts'

/**
 * What only the whole sync shows: sources without a model, targets mapped twice, a target that is both
 * there and to be made.
 */
export function syncProblems(item: JsonObject): ItemProblem[] {
  return [
    ...targetProblems(item),
    ...sourceProblems(item),
    ...emptyMappings(item),
    ...mappedTwice(item),
    ...conditionProblems(item),
    ...duplicateLabels(item),
    ...logicProblems(item, ['filter_logic'], item.filter_logic, 'model'),
    ...logicProblems(item, ['target', 'filter_logic'], valueAt(item, ['target', 'filter_logic']), 'target')
  ]
}

function targetProblems(item: JsonObject): ItemProblem[] {
  const target = isObject(item.target) ? item.target : {}
  const make = 'create' in target
  if (!('object' in target) && !make && !('new_name' in target)) {
    return [
      {
        path: ['target'],
        atKey: true,
        code: 'P103',
        message: 'the target of a sync needs `object`',
        label: '`object` is missing here',
        help: ['name the object to write to, or let one be made with `create`']
      }
    ]
  }
  if (!('object' in target) || !make) return []
  return [
    {
      path: ['target', 'create'],
      atKey: true,
      code: 'P109',
      message: 'a target has either `object` or `create`',
      label: 'this would make another object'
    }
  ]
}

function sourceProblems(item: JsonObject): ItemProblem[] {
  if (item.model !== undefined) return []
  const places: (string | number)[][] = [
    ['identity', 'source'],
    ...list(item.fields).map((_, index) => ['fields', index, 'source']),
    ...list(item.filters).map((_, index) => ['filters', index, 'field']),
    ...list(item.overrides).map((_, index) => ['overrides', index, 'field'])
  ]
  return places.flatMap((path) => {
    const source = valueAt(item, path)
    if (source === undefined || valueAt(source, ['model']) !== undefined) return []
    return [
      {
        path,
        code: 'P103' as const,
        message: 'a source needs its model',
        label: 'of which model is this field?',
        help: ['write `model: …` once on the sync, or `{ model: …, field: … }` here']
      }
    ]
  })
}

/** A mapping writes a field of the model or a fixed value: without either it would be refused. */
function emptyMappings(item: JsonObject): ItemProblem[] {
  return list(item.fields).flatMap((field, index) =>
    'source' in field || !isEmpty(field.override_value)
      ? []
      : [
          {
            path: ['fields', index],
            code: 'P103' as const,
            message: 'a mapping needs `source` or `override_value`',
            label: 'what is to be written?'
          }
        ]
  )
}

function mappedTwice(item: JsonObject): ItemProblem[] {
  const seen = new Map<string, string>()
  const found: ItemProblem[] = []
  for (const section of ['fields', 'override_fields']) {
    for (const [index, field] of list(item[section]).entries()) {
      const target = textOf(field.target)
      if (seen.has(target) && target !== webhookTarget) {
        found.push({
          path: [section, index, 'target'],
          code: 'P204',
          message: `\`${target}\` is mapped twice`,
          label: `it is mapped in \`${seen.get(target)}\` already`,
          notes: ['a target field gets one value: the service would keep one of the two']
        })
      }
      seen.set(target, section)
    }
  }
  return [...found, ...identityMappedAgain(item)]
}

function identityMappedAgain(item: JsonObject): ItemProblem[] {
  const target = valueAt(item, ['identity', 'target'])
  const fields = list(item.fields)
  return fields.flatMap((field, index) =>
    target === undefined || field.target !== target
      ? []
      : [
          {
            path: ['fields', index, 'target'],
            code: 'P204' as const,
            severity: 'warning' as const,
            message: `\`${textOf(target)}\` is mapped by the identity already`,
            label: 'the service drops this mapping',
            help: ['remove it: the identity’s field is written by itself']
          }
        ]
  )
}
