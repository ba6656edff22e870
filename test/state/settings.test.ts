import { describe, expect, test } from 'vitest'
import { describedSettings, lackingSettings } from '../../src/state/settings.ts'
import type { Json } from '../../src/state/value.ts'

/** A setting in one line: its path, what the service says of it, and what it may be. */
function reported(description: Json): string[] {
  return describedSettings(description).map(({ path, type, required, default: assumed, values, title }) =>
    [
      path.join('.'),
      type,
      required ? 'required' : '',
      JSON.stringify(assumed),
      values.map((value) => JSON.stringify(value)).join('|'),
      title
    ].join(' ; ')
  )
}

const mapping = {
  schema: { default: '', items: null, required: true },
  mirror_schemas: { default: false, items: null, required: true },
  format: { default: null, items: ['csv', 'json'], required: false, type: 'string' },
  advanced: { items: { table_prefix: { default: '', required: true }, truncate_existing: {} } }
}

const schema = {
  $schema: 'http://json-schema.org/draft-04/schema#',
  $ref: '#/definitions/Big~1Query',
  definitions: {
    'Big/Query': {
      type: 'object',
      required: ['dataset', 'advanced'],
      additionalProperties: false,
      properties: {
        dataset: { type: 'string', title: 'Output dataset' },
        format: { type: 'string', enum: ['csv', 'json'], default: 'csv', description: 'Encoding' },
        advanced: { $ref: '#/definitions/Advanced' }
      }
    },
    Advanced: {
      type: 'object',
      required: ['prefix'],
      properties: { prefix: { type: 'string' }, again: { $ref: '#/definitions/Advanced' } }
    }
  }
}

describe('a description of settings', () => {
  test('as a mapping of names', () => {
    expect(reported(mapping)).toEqual([
      'schema ;  ; required ; "" ;  ; ',
      'mirror_schemas ;  ; required ; false ;  ; ',
      'format ; string ;  ; null ; "csv"|"json" ; ',
      'advanced ;  ;  ; null ;  ; ',
      'advanced.table_prefix ;  ; required ; "" ;  ; ',
      'advanced.truncate_existing ;  ;  ; null ;  ; '
    ])
  })

  test('as a JSON Schema, which may refer to itself', () => {
    const lines = reported(schema)
    expect(lines.slice(0, 4)).toEqual([
      'dataset ; string ; required ; null ;  ; Output dataset',
      'format ; string ;  ; "csv" ; "csv"|"json" ; Encoding',
      'advanced ; object ; required ; null ;  ; ',
      'advanced.prefix ; string ; required ; null ;  ; '
    ])
    expect(lines.length).toBeLessThan(20)
  })

  test('of many that refer to themselves, so many are read that it ends', () => {
    const names = Array.from({ length: 60 }, (_, index) => [`k${index}`, { $ref: '#' }])
    expect(reported({ type: 'object', properties: Object.fromEntries(names) })).toHaveLength(500)
  })

  test.each<[string, Json]>([
    ['nothing', null],
    ['a list', []],
    ['a reference to itself', { $ref: '#' }],
    ['a reference to nowhere', { $ref: '#/definitions/Nothing', definitions: {} }],
    ['a reference to what every object has', { $ref: '#/constructor/prototype' }],
    ['properties that are no mapping', { type: 'object', properties: [] }]
  ])('%s lists nothing', (_what, description) => {
    expect(reported(description).filter((line) => line.includes('required'))).toEqual([])
  })

  test('names of keys of a schema may be names of settings', () => {
    expect(reported({ properties: { required: true }, type: { required: false } })).toEqual([
      'properties ;  ; required ; null ;  ; ',
      'type ;  ;  ; null ;  ; '
    ])
  })
})

describe('what a configuration lacks', () => {
  test.each<[string, Json, string[]]>([
    ['nothing stated', {}, ['schema']],
    ['empty', { schema: '' }, ['schema']],
    ['stated', { schema: 'raw' }, []],
    [
      'inside of what is stated',
      { schema: 'raw', advanced: { truncate_existing: true } },
      ['advanced.table_prefix']
    ],
    ['all', { schema: 'raw', advanced: { table_prefix: 'a_' } }, []]
  ])('%s', (_what, stated, lacking) => {
    const found = lackingSettings(describedSettings(mapping), stated as Record<string, Json>)
    expect(found.map(({ path }) => path.join('.'))).toEqual(lacking)
  })
})
