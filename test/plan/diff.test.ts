import { describe, expect, test } from 'vitest'
import { additions } from '../../src/plan/additions.ts'
import { diff } from '../../src/plan/diff.ts'
import type { Field, Rule } from '../../src/state/rule.ts'
import { isObject, type Json, type JsonObject, type Reference } from '../../src/state/value.ts'
import { at } from '../render/builders.ts'

const context = {
  idOf: ({ id, name }: Reference) => id ?? { Users: 'u1', Kunden: 'u1', Orgs: 'o1' }[name ?? ''],
  spanAt: (path: readonly (string | number)[]) => at(path.join('/'), 1)
}

function changes(
  rule: Rule,
  wanted: Json | undefined,
  live: Json | undefined,
  owner: Field['class'] = 'owned'
) {
  const side = (value: Json | undefined): JsonObject => (value === undefined ? {} : { f: value })
  return diff({ f: { class: owner, rule } }, side(wanted), side(live), context).fields
}

const reported = (rule: Rule, wanted: Json | undefined, live: Json | undefined) =>
  changes(rule, wanted, live).map(({ how, path }) => `${how} ${path.join('.')}`)

describe('scalars', () => {
  test.each([undefined, null, '', [], {}])('R5: nothing may be %j', (nothing) => {
    expect(reported({ is: 'scalar' }, undefined, nothing)).toEqual([])
    expect(reported({ is: 'scalar', default: 'd' }, nothing, 'd')).toEqual([])
    expect(reported({ is: 'scalar', default: false }, false, nothing)).toEqual([])
    expect(reported({ is: 'scalar' }, false, nothing)).toEqual(['added f'])
    expect(reported({ is: 'scalar' }, 0, nothing)).toEqual(['added f'])
  })

  test('both sides are told as they are', () => {
    expect(changes({ is: 'scalar' }, 5, '5')).toEqual([
      { path: ['f'], how: 'changed', before: '5', after: 5, span: at('f', 1) }
    ])
  })

  test('long text, and text of several lines, is to be shown by lines', () => {
    expect(changes({ is: 'scalar' }, 'a\nb', 'a')).toMatchObject([{ long: true }])
    expect(changes({ is: 'scalar' }, 'a', 'b'.repeat(121))).toMatchObject([{ long: true }])
    expect(changes({ is: 'scalar' }, 'SELECT 1 ', 'SELECT 1')[0]).not.toHaveProperty('long')
  })
})

describe('references', () => {
  test('two names of one resource are the same, and what is not made yet is not', () => {
    expect(
      reported(
        { is: 'reference', kind: 'model' },
        { $ref: 'model', name: 'Kunden' },
        { $ref: 'model', name: 'Users', id: 'u1' }
      )
    ).toEqual([])
    expect(
      reported(
        { is: 'reference', kind: 'model' },
        { $ref: 'model', name: 'New' },
        { $ref: 'model', name: 'New', id: 'x' }
      )
    ).toEqual(['changed f'])
    expect(reported({ is: 'reference', kind: 'model' }, undefined, { $ref: 'model', id: 'x' })).toEqual([
      'removed f'
    ])
  })
})

const isIdle = (item: Json): boolean => isObject(item) && item['v'] === 'idle'

describe('sets', () => {
  const set: Rule = {
    is: 'set',
    key: (item) => (item as { k: string }).k,
    item: { is: 'object', fields: { k: { is: 'scalar' }, v: { is: 'scalar' } } }
  }

  test('items are paired by key; positions are those of the files', () => {
    const found = changes(
      set,
      [null, { k: 'b', v: 1 }, { k: 'a', v: 1 }],
      [
        { k: 'a', v: 2 },
        { k: 'c', v: 1 }
      ]
    )
    expect(found).toEqual([
      { path: ['f', '[a]', 'v'], how: 'changed', before: 2, after: 1, span: at('f/2/v', 1) },
      { path: ['f', '[b]'], how: 'added', after: { k: 'b', v: 1 }, span: at('f/1', 1) },
      { path: ['f', '[c]'], how: 'removed', before: { k: 'c', v: 1 }, span: at('f/-1', 1) }
    ])
  })

  test('items of one key are as many as there are', () => {
    const twice = [
      { k: 'a', v: 1 },
      { k: 'a', v: 2 }
    ]
    expect(reported(set, twice, twice.toReversed())).toEqual([])
    expect(reported(set, twice, twice.slice(0, 1))).toEqual(['added f.[a (2)]'])
    expect(reported(set, twice.slice(0, 1), twice)).toEqual(['removed f.[a (2)]'])
  })

  test('what says nothing but its key is there once, however often it is written', () => {
    const names: Rule = { is: 'set', key: String, item: { is: 'scalar' } }
    expect(reported(names, ['a', 'b', 'a'], ['b', 'a'])).toEqual([])
    expect(reported(names, ['a'], ['a', 'a', 'b'])).toEqual(['removed f.[b]'])
  })

  describe('may be left open to the service', () => {
    const open: Rule = { ...set, open: (_item, whole) => whole['adds'] === true, idle: isIdle }
    const found = (wanted: JsonObject, live: JsonObject, base?: JsonObject) => {
      const fields: Record<string, Field> = { f: { class: 'owned', rule: open } }
      const { fields: changed, unstated } = diff(fields, wanted, live, context, base)
      return [
        ...changed.map(({ how, path, cause = '' }) => `${how} ${path.join('.')} ${cause}`.trim()),
        ...unstated.map(({ node, live: value }) => `left ${node.path.join('.')} ${JSON.stringify(value)}`)
      ]
    }
    const [a, b] = [{ k: 'a' }, { k: 'b', v: 1 }]

    test('what only the service has is then no difference; it is told, unless it has no effect', () => {
      expect(found({ f: [a], adds: true }, { f: [a, b] })).toEqual(['left f.[b] {"k":"b","v":1}'])
      expect(found({ f: [a], adds: true }, { f: [a, { k: 'b', v: 'idle' }] })).toEqual([])
      expect(found({ f: [a], adds: false }, { f: [a, b] })).toEqual(['removed f.[b]'])
      expect(found({ f: [a, b], adds: true }, { f: [a] })).toEqual(['added f.[b]'])
    })

    test('whether the service has moved is judged by what the files meant at the base', () => {
      const [closed, opened] = [{ f: [a] }, { f: [a], adds: true }]
      expect(found(closed, { f: [a, b] }, closed)).toEqual(['removed f.[b] drift'])
      expect(found(closed, { f: [a, b] }, opened)).toEqual(['removed f.[b] config'])
    })
  })

  test('keys follow what references stand for, at any depth', () => {
    const nested: Rule = { is: 'set', key: (item) => JSON.stringify(item), item: { is: 'json' } }
    expect(
      reported(
        { ...nested, item: { is: 'object', fields: {} } },
        [{ a: { $ref: 'model', name: 'Kunden' } }],
        [{ a: { $ref: 'model', name: 'Users', id: 'u1' } }]
      )
    ).toEqual([])
    const references: Rule = {
      is: 'set',
      key: (item) => (item as Reference).name ?? (item as Reference).id ?? '',
      item: { is: 'reference', kind: 'model' }
    }
    expect(
      reported(
        references,
        [{ $ref: 'model', name: 'Kunden' }],
        [
          { $ref: 'model', name: 'Users', id: 'u1' },
          { $ref: 'model', id: 'z' }
        ]
      )
    ).toEqual(['removed f.[z]'])
  })
})

describe('what is only compared where it is stated', () => {
  test('free keys are compared at any depth, and secrets are not', () => {
    const wanted = {
      a: 1,
      deep: { b: true, s: { $secret: 'env S' } },
      list: [{ n: 1, s: { $secret: 'env S' } }, 2]
    }
    expect(
      reported({ is: 'stated' }, wanted, {
        a: 1,
        deep: { b: true, other: 1 },
        list: [2, { n: 1 }],
        more: 1
      })
    ).toEqual([])
    expect(reported({ is: 'stated' }, wanted, { a: 2, deep: {}, list: [2] })).toEqual([
      'changed f.a',
      'added f.deep.b',
      'changed f.list'
    ])
  })

  test('R5: an empty whole states nothing, an empty part clears', () => {
    expect(reported({ is: 'stated' }, {}, { a: 1 })).toEqual([])
    expect(reported({ is: 'stated' }, { a: {} }, { a: { b: 1 } })).toEqual(['removed f.a'])
    expect(reported({ is: 'stated' }, { a: [] }, { a: [1] })).toEqual(['removed f.a'])
  })

  test('R6: carried fields and parts are compared where they are stated', () => {
    expect(changes({ is: 'scalar' }, undefined, 'x', 'carried')).toEqual([])
    expect(changes({ is: 'scalar' }, '', 'x', 'carried')).toMatchObject([{ how: 'removed' }])
    const part: Rule = { is: 'object', fields: { a: { is: 'scalar', carried: true }, b: { is: 'unread' } } }
    expect(reported(part, {}, { a: 1, b: 2 })).toEqual(['removed f'])
    expect(reported(part, { b: 1 }, { a: 1, b: 2 })).toEqual([])
  })

  test.each(['unreadable', 'once'] as const)('R6: what is %s is never compared', (owner) => {
    expect(changes({ is: 'scalar' }, 'x', 'y', owner)).toEqual([])
  })
})

test('of something new all that is stated is told, set items whole', () => {
  const rules: Record<string, Field> = {
    name: { class: 'owned', rule: { is: 'scalar' } },
    part: { class: 'owned', rule: { is: 'object', fields: { a: { is: 'scalar' }, b: { is: 'scalar' } } } },
    free: { class: 'carried', rule: { is: 'stated' } },
    set: { class: 'owned', rule: { is: 'set', key: String, item: { is: 'json' } } },
    words: { class: 'owned', rule: { is: 'set', key: String, item: { is: 'scalar' } } },
    hidden: { class: 'unreadable', rule: { is: 'scalar' } }
  }
  const wanted = {
    name: 'x',
    part: { a: 1, b: '' },
    free: { deep: { c: 1 }, s: { $secret: 'env S' } },
    set: [null, 'i'],
    words: ['a', 'b'],
    hidden: { $secret: 'env H' }
  }
  expect(additions(rules, wanted, context).map(({ path, after }) => [path.join('.'), after])).toEqual([
    ['name', 'x'],
    ['part.a', 1],
    ['free.deep.c', 1],
    ['free.s', { $secret: 'env S' }],
    ['set.[i]', 'i'],
    ['words', ['a', 'b']],
    ['hidden', { $secret: 'env H' }]
  ])
})
