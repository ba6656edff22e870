import { filterFunctions } from '../wire/sync.ts'
import { isObject, textOf, type Json, type JsonObject } from '../state/value.ts'
import type { ItemProblem } from './kind.ts'

/** Functions that look at one value alone. */
const ofOneValue: ReadonlySet<string> = new Set(['isnull', 'isnotnull', 'true', 'false'])
const known: ReadonlySet<string> = new Set(filterFunctions.map((name) => name.toLowerCase()))

/**
 * Warns of conditions with a value that their function does not look at, and without one that it needs: the
 * service keeps them and finds other records than those that were meant, or refuses them. Only for what a
 * plan makes or changes: what is live like that, the service has taken.
 */
export function valueProblems(
  conditions: Json | undefined,
  path: ItemProblem['path'],
  others: readonly string[] = []
): ItemProblem[] {
  return (Array.isArray(conditions) ? conditions : []).flatMap((condition, index) =>
    isObject(condition) ? valueProblem(condition, [...path, index], others) : []
  )
}

function valueProblem(
  condition: JsonObject,
  path: ItemProblem['path'],
  others: readonly string[]
): ItemProblem[] {
  const name = textOf(condition.function ?? '')
  const folded = name.toLowerCase()
  const isStated = 'value' in condition && condition.value !== null
  if (ofOneValue.has(folded))
    return isStated
      ? [
          {
            path: [...path, 'value'],
            atKey: true,
            code: 'P109',
            severity: 'warning',
            message: `\`value\` means nothing beside \`function: ${name}\``,
            label: 'this is compared with nothing',
            help: ['remove it, or choose a function that compares, such as `Equality`']
          }
        ]
      : []
  if (!known.has(folded) || isStated || others.some((other) => other in condition)) return []
  return [
    {
      path: [...path, 'function'],
      code: 'P103',
      severity: 'warning',
      message: `\`${name}\` compares with a value, and there is none`,
      label: '`value` is missing beside this',
      help: ['write `value: …`, or ask for records without one with `function: IsNull`']
    }
  ]
}
