import {
  array,
  assert,
  boolean,
  constant,
  dictionary,
  integer,
  letrec,
  oneof,
  property,
  record,
  string
} from 'fast-check'
import { expect, test } from 'vitest'
import { misfit, type Shape } from '../../src/state/shape.ts'
import { isObject, type Json } from '../../src/state/value.ts'

/** What a shape means, said once more and without a place for what is wrong. */
function has(value: Json | undefined, shape: Shape, isItem = false): boolean {
  if (shape === 'anything') return true
  if (value === undefined || value === null) return !(isItem && value === null)
  if (shape === 'text') return typeof value === 'string'
  if (shape === 'scalar') return typeof value !== 'object'
  if (shape === 'mapping') return isObject(value)
  if ('either' in shape) return shape.either.some((one) => has(value, one))
  if ('list' in shape) return Array.isArray(value) && value.every((item) => has(item, shape.list, true))
  if (!isObject(value)) return false
  if ('each' in shape) return Object.values(value).every((inner) => has(inner, shape.each, true))
  const isWhole = (shape.needs ?? []).every((name) => (value[name] ?? null) !== null)
  return isWhole && Object.entries(shape.members).every(([name, inner]) => has(value[name], inner))
}

const names = oneof(constant('a'), constant('b'))
const { shape } = letrec<{ shape: Shape }>((tie) => ({
  shape: oneof(
    { maxDepth: 3 },
    ...(['anything', 'text', 'scalar', 'mapping'] as const).map(constant),
    record({ list: tie('shape') }),
    record({ each: tie('shape') }),
    record({ members: dictionary(names, tie('shape')), needs: array(names, { maxLength: 1 }) }),
    record({ either: array(tie('shape'), { minLength: 1, maxLength: 2 }) })
  )
}))
const { value } = letrec<{ value: Json }>((tie) => ({
  value: oneof(
    { maxDepth: 3 },
    constant(null),
    string(),
    integer(),
    boolean(),
    array(tie('value'), { maxLength: 2 }),
    dictionary(names, tie('value'))
  )
}))

test('an answer is told to be wrong just where it has not the shape', () => {
  const seen = new Set<boolean>()
  assert(
    property(shape, value, (of, answer) => {
      const isRight = has(answer, of)
      seen.add(isRight)
      expect(misfit(of, answer, 'data') === undefined).toBe(isRight)
    })
  )
  expect(seen.size).toBe(2)
})
