/** Which functions filters on a field of the target may use, by the type of the field. */
import type { FilterFunctionFacts } from '../../wire/enumeration.ts'
import { filterFunctions } from '../../wire/sync.ts'
import { labelOf } from '../catalogue/catalogue.ts'

const withoutValue = new Set(['IsNull', 'IsNotNull', 'True', 'False'])
const ofLists = new Set(['StringOneOf', 'StringNotOneOf', 'Between'])
const ofNumbers = [
  'Equality',
  'Inequality',
  'GreaterThan',
  'GreaterThanEqual',
  'LessThan',
  'LessThanEqual',
  'Between'
]
const byType: Readonly<Record<string, readonly string[]>> = {
  string: ['Equality', 'Inequality', ...filterFunctions.filter((name) => name.startsWith('String'))],
  number: ofNumbers,
  boolean: ['Equality', 'Inequality', 'True', 'False'],
  datetime: [
    ...ofNumbers,
    'OnOrAfter',
    'OnOrBefore',
    'InTheLast',
    'RelativeOnOrAfter',
    'RelativeOnOrBefore'
  ],
  array: ['ArrayContains', 'ArrayDoesNotContain']
}

/** None of a type that nobody has described: then any function may be used. */
export function filterFunctionsOf(type: string): FilterFunctionFacts[] {
  const own = Object.hasOwn(byType, type) ? byType[type] : undefined
  if (own === undefined) return []
  return [...own, 'IsNull', 'IsNotNull'].map((id) => ({
    id,
    label: labelOf(id),
    requires_value: !withoutValue.has(id),
    multi_value: ofLists.has(id),
    values: []
  }))
}
