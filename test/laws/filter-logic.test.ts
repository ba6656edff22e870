import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mapLogic, printLogic, readLogic, type Logic } from '../../src/kinds/filter-logic.ts'
import { kinds } from '../../src/kinds/index.ts'
import { logicProblem } from '../../src/server/kinds/filter-logic.ts'
import type { Json, JsonObject } from '../../src/state/value.ts'
import { exchangeOf } from '../support/exchange.ts'
import { samples } from '../support/samples.ts'

const letters = ['A', 'B', 'C', 'D']

const tree: fc.Arbitrary<Logic<string>> = fc.letrec<{ node: Logic<string> }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...letters).map((filter) => ({ filter })),
    tie('node').map((not) => ({ not })),
    fc.array(tie('node'), { minLength: 2, maxLength: 3 }).map((all) => ({ all })),
    fc.array(tie('node'), { minLength: 2, maxLength: 3 }).map((any) => ({ any }))
  )
})).node

const labelsOnly = (text: string): Logic<string> | undefined => {
  const read = readLogic(text)
  return read.ok ? mapLogic(read.logic, ({ label }) => ({ filter: label })) : undefined
}

describe('a filter logic', () => {
  test('that is printed and read again is the same tree', () => {
    fc.assert(
      fc.property(tree, (logic) => {
        expect(labelsOnly(printLogic(logic, (label) => label))).toEqual(logic)
      }),
      samples(500)
    )
  })

  test('is read whatever the case of its operators and the blanks around its parentheses', () => {
    fc.assert(
      fc.property(tree, fc.constantFrom('upper', 'lower', 'Title'), (logic, how) => {
        const text = printLogic(logic, (label) => label)
        const spelled = text.replaceAll(/\b(AND|OR|NOT)\b/g, (word) =>
          how === 'upper'
            ? word
            : how === 'lower'
              ? word.toLowerCase()
              : `${word[0]}${word.slice(1).toLowerCase()}`
        )
        expect(labelsOnly(spelled)).toEqual(logic)
        expect(labelsOnly(spelled.replaceAll('(', ' ( ').replaceAll(')', ' )\n'))).toEqual(logic)
      })
    )
  })

  test('is refused by us where the grammar of the service refuses it, and only there', () => {
    const word = fc.constantFrom('A', 'B', 'C', 'Z', 'and', 'OR', 'Not', '(', ')', 'AND', '(A', ')B', 'A)')
    const texts = fc.oneof(
      fc.array(word, { maxLength: 8 }).map((words) => words.join(' ')),
      tree.map((logic) => printLogic(logic, (label) => label)),
      // One word more, or one less, somewhere.
      fc.tuple(tree, fc.nat(20), fc.option(word, { nil: undefined })).map(([logic, at, more]) => {
        const words = printLogic(logic, (label) => label).split(' ')
        words.splice(
          at % (words.length + 1),
          more === undefined ? 1 : 0,
          ...(more === undefined ? [] : [more])
        )
        return words.join(' ')
      })
    )
    fc.assert(
      fc.property(texts, (text) => {
        const refused = text.trim() !== '' && logicProblem(text, letters.slice(0, 3)) !== undefined
        const errors = problemsOf(text).filter(({ severity }) => severity !== 'warning')
        expect(errors.length > 0, text).toBe(refused)
        for (const { within } of errors) {
          expect(within?.text).toBe(text)
          expect(within!.end).toBeGreaterThan(within!.start)
          expect(within!.end).toBeLessThanOrEqual(text.length)
        }
      }),
      samples(3000)
    )
  })

  test('means the same to the service, whatever the labels, the order and the names of fields', () => {
    const names = fc.uniqueArray(
      fc.constantFrom('a', 'A', 'and', '[b]', 'c] OR [d', '( x', 'NOT', '$&', 'two words', ']', '\\'),
      { minLength: 4, maxLength: 4 }
    )
    fc.assert(
      fc.property(
        tree,
        names,
        fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
        (logic, fields, order) => {
          const filters = fields.map((field, index) => ({
            field,
            function: 'IsNull',
            label: `l_${letters[index]}`
          }))
          const item = {
            mode: 'create',
            model: 'M',
            filters: order.map((index) => filters[index]!),
            filter_logic: printLogic(logic, (label) => `l_${label}`),
            target: { connection: 'C', object: 'O' },
            schedule: 'manual'
          }
          const body = exchangeOf('sync').create(item)
          const sent = body['filters'] as { field: { field: string }; label: string }[]
          const meant = (truth: readonly boolean[]) =>
            evaluate(logic, (label) => truth[letters.indexOf(label)]!)
          const text = (body['filter_logic'] as string | undefined) ?? letters.join(' AND ')
          const lettered = labelsOnly(text)!
          for (let bits = 0; bits < 16; bits++) {
            const truth = letters.map((_, index) => (bits & (1 << index)) !== 0)
            const holds = (label: string): boolean =>
              truth[(fields as string[]).indexOf(sent.find((one) => one.label === label)!.field.field)]!
            expect(evaluate(lettered, holds), text).toBe(meant(truth))
          }
        }
      ),
      samples(300)
    )
  })
})

function evaluate(logic: Logic<string>, holds: (label: string) => boolean): boolean {
  if ('filter' in logic) return holds(logic.filter)
  if ('not' in logic) return !evaluate(logic.not, holds)
  if ('all' in logic) return logic.all.every((one) => evaluate(one, holds))
  return logic.any.some((one) => evaluate(one, holds))
}

function problemsOf(text: string) {
  const filters: Json[] = letters.slice(0, 3).map((field) => ({ field, function: 'IsNull' }))
  const item: JsonObject = {
    mode: 'create',
    model: 'M',
    filters,
    filter_logic: text,
    target: { connection: 'C', object: 'O' },
    schedule: 'manual'
  }
  return kinds.managed.find(({ name }) => name === 'sync')!.check!(item)
}
