import { isObject, textOf, type Json, type JsonObject } from '../state/value.ts'
import { misformsIn, writtenForms } from '../state/written-value.ts'
import { list } from './fields.ts'
import type { ItemProblem } from './kind.ts'
import { worded } from './words.ts'

/** What a test may expect of a record. */
export const expectedOperations = ['create', 'update', 'remove', 'skip', 'refuse'] as const

/** Any value: also one that YAML has no words for. */
const value = {
  description:
    'A value. Moments, decimals, bytes and ids are written as { $date: "2026-03-01T09:30:00Z" }.',
  anyOf: [
    { type: ['null', 'boolean', 'number', 'string', 'array'] },
    {
      type: 'object',
      properties: Object.fromEntries(
        [...writtenForms].map(([name, { description }]) => [name, { description }])
      )
    }
  ]
}

const record = (description: string) => ({ type: 'object', description, additionalProperties: value })

/** The schema of `tests`: what a sync would do with rows that are written down beside it. */
export const testsSchema = {
  type: 'array',
  description: 'What it would do with given rows: `polyctl test` compares. The service never gets them.',
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['name', 'rows'],
    properties: {
      name: { type: 'string', minLength: 1, description: 'What it shows, in a few words.' },
      rows: { type: 'array', items: record('Field → value.'), description: 'Rows of the model.' },
      records: {
        type: 'array',
        items: record('Field → value.'),
        description: 'What the target has before. Absent: nothing.'
      },
      expect: {
        type: 'array',
        description:
          'What is to be done, in any order. What is skipped is compared where one of these is a skip. ' +
          '`polyctl test --update` writes it.',
        items: {
          type: 'object',
          additionalProperties: false,
          minProperties: 1,
          properties: {
            create: record('A new record: all fields that are written.'),
            update: record('A record that is there: by what it is found, and the fields that are written.'),
            remove: record('A record that goes: by what it is found.'),
            skip: record('A record that nothing is done with: by what it is found.'),
            refuse: record('A record that cannot be written: by what it is found.'),
            because: {
              ...worded({
                exists: 'The target has it already.',
                missing: 'The target does not have it.',
                filtered: 'The filters on the target keep it as it is.',
                ambiguous: 'Several records of the target match.',
                duplicate: 'Another row has the same identity, or leads to the same record.',
                'no identity': 'It has no value by which it can be found.'
              }),
              type: 'string',
              description: 'Why it is skipped or refused.'
            }
          }
        }
      }
    }
  }
}

/** Reports tests of one name, and expectations that are none or several at once. */
export function testProblems({ tests }: JsonObject): ItemProblem[] {
  const names = list(tests).map(({ name }) => name)
  const twice = names.flatMap((name, index): ItemProblem[] =>
    names.indexOf(name) === index
      ? []
      : [
          {
            path: ['tests', index, 'name'],
            code: 'P202',
            message: `two tests of the sync are called \`${textOf(name)}\``,
            label: 'another one has this name',
            help: ['give each a name of its own: results name tests by it']
          }
        ]
  )
  const odd = list(tests).flatMap(({ expect }, index) =>
    list(expect).flatMap((one, at): ItemProblem[] => {
      const named = operationsIn(one)
      if (named.length === 1 && (one.because === undefined || isIdle(named[0]))) return []
      return [
        {
          path: ['tests', index, 'expect', at],
          code: 'P109',
          message:
            named.length === 1
              ? '`because` is for `skip` and `refuse` alone'
              : `an expectation is one operation, found ${named.length === 0 ? 'none' : named.join(' and ')}`,
          label: 'this is one expectation',
          help: [`write one of: ${expectedOperations.join(', ')}`]
        }
      ]
    })
  )
  return [...twice, ...odd, ...misforms(tests)]
}

/** Reports values that look like a moment, a decimal, bytes or an id, and are none. */
function misforms(tests: Json | undefined): ItemProblem[] {
  return list(tests).flatMap((test, index) =>
    (['rows', 'records', 'expect'] as const).flatMap((part) =>
      misformsIn(test[part]).map(({ path, name, isKnown }): ItemProblem => {
        const names = [...writtenForms.keys()]
        return {
          path: ['tests', index, part, ...path],
          code: 'P109',
          message: isKnown
            ? `what is written as \`${name}\` is none`
            : `\`${name}\` is no way to write a value`,
          label: isKnown ? 'this cannot be read' : 'no such way is known',
          help: [
            isKnown
              ? (writtenForms.get(name)?.description ?? '')
              : `write one of: ${names.join(', ')}; a name that begins so needs another one beside it`
          ]
        }
      })
    )
  )
}

function operationsIn(one: JsonObject): string[] {
  return expectedOperations.filter((operation) => isObject(one[operation]))
}

function isIdle(operation: Json | undefined): boolean {
  return operation === 'skip' || operation === 'refuse'
}
