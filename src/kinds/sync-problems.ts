import { isEmpty, isObject, textOf, type JsonObject } from '../state/value.ts'
import { valueAt, list } from './fields.ts'
import type { ItemProblem } from './kind.ts'
import { conditionProblems } from './sync-filters.ts'
import { modeProblems } from './sync-modes.ts'
import { labelsOf, type Side } from './sync-logic.ts'
import { duplicateLabels, logicProblems } from './sync-logic-problems.ts'
import { allIdentities, writtenIdentity } from './sync-spellings.ts'
import { webhookTarget } from './sync-parts.ts'

/**
 * Reports problems that need the whole sync: sources without a model, target fields that are mapped twice,
 * a target with both `object` and `create`, and more.
 */
export function syncProblems(item: JsonObject): ItemProblem[] {
  return [
    ...targetProblems(item),
    ...sourceProblems(item),
    ...emptyMappings(item),
    ...encryptionProblems(item),
    ...mappedTwice(item),
    ...twoSpellings(item),
    ...strategyProblems(item),
    ...modeProblems(item),
    ...conditionProblems(item),
    ...logicsOf(item)
  ]
}

/** Reports fields that are to be encrypted with nothing: the service refuses such a sync. */
function encryptionProblems(item: JsonObject): ItemProblem[] {
  if (!isEmpty(item.encryption_passphrase)) return []
  const encrypted = list(item.fields).flatMap((field, index) =>
    field.encryption_enabled === true ? [['fields', index, 'encryption_enabled']] : []
  )
  return encrypted.slice(0, 1).map((path) => ({
    path,
    code: 'P103',
    message: 'a field is to be encrypted, and the sync has no `encryption_passphrase`',
    label: 'this needs a passphrase',
    help: ['write `encryption_passphrase: ${env:SYNC_PASSPHRASE}` in the sync']
  }))
}

/** Reports problems of logics, in both spellings of filters. */
function logicsOf(item: JsonObject): ItemProblem[] {
  const { filters: all } = item
  const filters = Array.isArray(all) ? all : []
  const older = { filters, labels: labelsOf(filters), isNewer: false }
  const own = (of: Side) => {
    const key = `${of}_filters`
    const conditions = list(valueAt(item, [key, 'conditions']))
    const typed = conditions.map((one) => ({ ...one, field_type: of }))
    const newer = { filters: typed, labels: labelsOf(typed), of, isNewer: true }
    return [
      ...duplicateLabels([key, 'conditions'], typed),
      ...logicProblems([key, 'logic'], valueAt(item, [key, 'logic']), newer)
    ]
  }
  const targetLogic = valueAt(item, ['target', 'filter_logic'])
  return [
    ...duplicateLabels(['filters'], filters),
    ...logicProblems(['filter_logic'], item.filter_logic, { ...older, of: 'model' }),
    ...logicProblems(['target', 'filter_logic'], targetLogic, { ...older, of: 'target' }),
    ...own('model'),
    ...own('target')
  ]
}

/** Reports identity or filters in both spellings: one of them would be ignored. */
function twoSpellings(item: JsonObject): ItemProblem[] {
  const newer = ['model_filters', 'target_filters'].find((key) => item[key] !== undefined)
  const older = [['filters'], ['filter_logic'], ['target', 'filter_logic']].filter(
    (path) => valueAt(item, path) !== undefined
  )
  const problem = (path: string[], other: string): ItemProblem => ({
    path,
    atKey: true,
    code: 'P109',
    message: `\`${path.join('.')}\` beside \`${other}\``,
    label: 'this is the other spelling of the same',
    help: [`write all of it in one of the two, best as \`${other}\``]
  })
  return [
    ...(item.identity !== undefined && item.identities !== undefined
      ? [problem(['identity'], 'identities')]
      : []),
    ...(newer === undefined ? [] : older.map((path) => problem(path, newer)))
  ]
}

/** Reports several identities without a strategy, which the service requires. */
function strategyProblems({ identities }: JsonObject): ItemProblem[] {
  const count = list(valueAt(identities, ['mappings'])).length
  if (count < 2 || valueAt(identities, ['strategy']) !== undefined) return []
  return [
    {
      path: ['identities'],
      atKey: true,
      code: 'P103',
      message: `${count} identities need a \`strategy\``,
      label: '`strategy` is missing here',
      help: [
        '`strategy: priority`: they are tried in this order, and the first that finds a record decides',
        '`strategy: and`: a record is found where all of them fit'
      ]
    }
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
    ...list(item.overrides).map((_, index) => ['overrides', index, 'field']),
    ...list(item.filters).map((_, index) => ['filters', index, 'value_field']),
    ...list(valueAt(item, ['identities', 'mappings'])).map((_, index) => [
      'identities',
      'mappings',
      index,
      'source'
    ]),
    ...[
      ['model_filters', 'source'],
      ['target_filters', 'value_source']
    ].flatMap(([key = '', part = '']) =>
      list(valueAt(item, [key, 'conditions'])).map((_, index) => [key, 'conditions', index, part])
    )
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

/** Reports mappings with neither a source nor a fixed value, which the service refuses. */
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
  const targets = new Set(allIdentities(writtenIdentity(item)).map(({ target }) => target))
  const fields = list(item.fields)
  return fields.flatMap((field, index) =>
    field.target === undefined || !targets.has(field.target)
      ? []
      : [
          {
            path: ['fields', index, 'target'],
            code: 'P204' as const,
            severity: 'warning' as const,
            message: `\`${textOf(field.target)}\` is mapped by the identity already`,
            label: 'the service drops this mapping',
            help: ['remove it: the identity’s field is written by itself']
          }
        ]
  )
}
