import { dictionary, textOf, type JsonObject } from '../state/value.ts'

/**
 * What `ignore_changes` of a sync may name beside its fields: everything as plans name it, in the newer
 * spelling and as parts of what a file has in one list.
 */

const partsOfIdentity = ['source', 'target', 'function', 'new_field']
const modelParts = dictionary({ source: 'field' })
const targetParts = dictionary({ field: 'field_id', value_source: 'value_field' })

/** Returns the paths of fields that a path in the words of files is about; none: nothing is called so. */
export function ignoredPaths(path: string, { fixed }: JsonObject): string[] {
  const [, top = '', rest = ''] = /^([^.[]*)\.?(.*)$/su.exec(path) ?? []
  if (top === 'identities') return ofIdentities(rest)
  if (top === 'model_filters') return ofFilters(rest, 'model', ['filter_logic'])
  if (top === 'target_filters') return ofFilters(rest, 'target', ['target.filter_logic'])
  if (top !== 'fields') return [path]
  // A target has a mapping or a fixed value. A fixed one may be written and named among the mappings.
  if (rest.startsWith('[')) return [path, `override_fields${rest}`]
  return rest === '' && Array.isArray(fixed)
    ? [path, ...fixed.map((key) => `override_fields${textOf(key)}`)]
    : [path]
}

function ofIdentities(rest: string): string[] {
  if (rest === '') return ['identity']
  if (rest === 'strategy') return ['identity.strategy']
  const [, place, inner = ''] = /^mappings(?:\.?\[(\d+)\](.*))?$/su.exec(rest) ?? [undefined, 'none']
  const first = partsOfIdentity.map((part) => `identity.${part}`)
  if (place === undefined) return [...first, 'identity.others']
  if (place === '0') return inner === '' ? first : [`identity${inner}`]
  return place === 'none' ? [] : [`identity.others[${place}]${inner}`]
}

function ofFilters(rest: string, side: 'model' | 'target', logic: string[]): string[] {
  const all = `filters[*${side}]`
  if (rest === '') return [all, ...logic]
  if (rest === 'logic') return logic
  if (rest === 'conditions') return [all]
  const [, label, inner = ''] = /^conditions\.?(\[.*\])(?:\.([^\]]*))?$/su.exec(rest) ?? []
  if (label === undefined) return []
  const [head = '', ...others] = inner.split('.')
  const names = side === 'model' ? modelParts : targetParts
  return [[`filters${label}`, ...(head === '' ? [] : [names[head] ?? head]), ...others].join('.')]
}
