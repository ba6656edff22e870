import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts'
import { lookalikes } from '../../src/plan/lookalikes.ts'
import { match } from '../../src/plan/match.ts'
import type { Desired, Live } from '../../src/state/resource.ts'
import type { JsonObject } from '../../src/state/value.ts'
import { at, change, diagnostic } from '../render/builders.ts'
import { gadget } from '../support/small-kind.ts'

const fields = Object.fromEntries(
  ['a', 'b', 'c', 'parts', 'of', 's'].map((name) => [
    name,
    {
      class: name === 's' ? ('unreadable' as const) : ('owned' as const),
      rule:
        name === 'of'
          ? ({ is: 'reference', kind: 'gadget' } as const)
          : name === 'parts'
            ? ({ is: 'object', fields: { x: { is: 'scalar' }, y: { is: 'scalar' } } } as const)
            : ({ is: 'scalar' } as const)
    }
  ])
)
const kinds = { managed: [{ ...gadget, name: 'small_gadget', fields }] }

const there = (name: string, id: string, values: JsonObject = {}, more: Partial<Live> = {}): Live => ({
  kind: 'small_gadget',
  name,
  id,
  wire: {},
  fields: values,
  uses: [],
  changed: {},
  partial: false,
  ...more
})

const wanted = (name: string): Desired => ({
  kind: 'small_gadget',
  name,
  fields: {},
  lifecycle: { renamedFrom: [], preventDestroy: false, ignoreChanges: [] },
  span: at(name, 1),
  spanAt: () => at(name, 1),
  uses: []
})

interface Look {
  /** Names of what is declared beside that. */
  declared?: string[]
  reported?: Diagnostic[]
}

/** What is told of creates with these names and fields. */
function findings(
  creates: Record<string, JsonObject>,
  live: Live[],
  { declared = [], reported = [] }: Look = {}
) {
  const resources = [...Object.keys(creates), ...declared].map(wanted)
  const desired = { workspace: {}, resources, removed: [] }
  const state = { organization: { id: 'o', name: 'Acme' }, resources: live, kinds: ['small_gadget'] }
  const changes = Object.entries(creates).map(([name, values]) =>
    change({ action: 'create', kind: 'small_gadget', name, wanted: values, span: at(name, 1) })
  )
  const input = { desired, live: state, kinds, match: match(desired, state, kinds).match, options: {} }
  return lookalikes(changes, input, reported)
}

describe('R20: a new name that differs from a live one', () => {
  test.each([
    ['Users', 'users', 'case'],
    ['Users', 'Us ers', 'blanks'],
    ['Users', 'us ers', 'case, blanks, or the form of its letters'],
    ['Users', 'Us\u200bers', 'case, blanks, or the form of its letters'],
    ['Us\u00e9rs', 'Use\u0301rs', 'the form of its letters']
  ])('%j, %j: by %s', (name, live, difference) => {
    expect(findings({ [name]: {} }, [there(live, 'g1')])).toEqual([
      diagnostic({
        code: 'P412',
        severity: 'warning',
        message: `small gadget ${JSON.stringify(name)} is to be made, and a live small gadget is called ${JSON.stringify(live)}`,
        labels: [{ span: at(name, 1), text: `the same but for ${difference}` }],
        notes: ['live: g1'],
        help: ['if it is the same, write its name as it is there, or pin it with `id: g1`']
      })
    ])
  })

  test('by more is another one; of several the first is told; one that is declared may be meant', () => {
    expect(
      findings({ Users: {} }, [there('User', 'g1'), there('users', 'g2', {}, { kind: 'other' })])
    ).toEqual([])
    expect(findings({ Users: {} }, [there('users', 'g1'), there('USERS', 'g2')])).toMatchObject([
      { notes: ['live: g2'] }
    ])
    expect(findings({ Users: {} }, [there('users', 'g1')], { declared: ['users'] })).toMatchObject([
      { help: ['if both are meant, nothing is to be done; else keep one of the two blocks'] }
    ])
  })
})

describe('R20: a new resource that has all that a live one has', () => {
  const values = { a: 1, b: 2 }
  const looks = (name: string, live: string, id: string) =>
    diagnostic({
      code: 'P407',
      severity: 'warning',
      message: `small gadget "${name}" looks like the live small gadget "${live}" under a new name`,
      labels: [{ span: at(name, 1), text: 'this would be made anew' }],
      notes: [
        `live: ${id}, which no file declares`,
        'a rename keeps the id, and with it everything that uses it'
      ],
      help: [`if it is the same, write \`lifecycle: { renamed_from: "${live}" }\` there`]
    })

  test('is pointed out', () => {
    expect(
      findings({ New: values }, [there('Old', 'g1', values), there('X', 'g2', { a: 1, b: 3 })])
    ).toEqual([looks('New', 'Old', 'g1')])
    const all = {
      a: 1,
      parts: { x: 1, y: 2 },
      s: { $secret: 'env S' },
      of: { $ref: 'small_gadget', name: 'X' }
    }
    const live = { ...all, s: { $secret: 'other' }, of: { $ref: 'small_gadget', name: 'X', id: 'g2' } }
    expect(findings({ New: all }, [there('Old', 'g1', live), there('X', 'g2')])).toEqual([
      looks('New', 'Old', 'g1')
    ])
    const parts = { ...live, parts: { x: 1, y: 3 } }
    expect(findings({ New: all }, [there('Old', 'g1', parts), there('X', 'g2')])).toEqual([])
  })

  test('is not, where one field alone is equal, or the live one has more that counts', () => {
    expect(findings({ New: { a: 1 } }, [there('Old', 'g1', { a: 1 })])).toEqual([])
    expect(findings({ New: values }, [there('Old', 'g1', { ...values, c: 3 })])).toEqual([])
  })

  test('is not, where the live one is declared, somebody else’s, or was not read in full', () => {
    const old = (more: Partial<Live> = {}) => [there('Old', 'g1', values, more)]
    expect(findings({ New: values }, old(), { declared: ['Old'] })).toEqual([])
    expect(findings({ New: values }, old({ readOnly: { because: 'it is shared' } }))).toEqual([])
    expect(findings({ New: values }, old({ partial: true }))).toEqual([])
    expect(findings({ New: values }, old({ kind: 'other' }))).toEqual([])
  })

  test('is attributed to none, where two are alike on either side', () => {
    const old = there('Old', 'g1', values)
    expect(findings({ New: values }, [old, there('Elder', 'g2', values)])).toEqual([])
    expect(findings({ New: values, Other: values }, [old])).toEqual([])
    const two = { New: values, Other: { a: 3, b: 4 }, Third: { a: 1, c: 2 } }
    const live = [old, there('Elder', 'g2', { a: 3, b: 4 }), there('Last', 'g3', { a: 1, c: 2 })]
    expect(findings(two, live)).toEqual([
      looks('New', 'Old', 'g1'),
      looks('Other', 'Elder', 'g2'),
      looks('Third', 'Last', 'g3')
    ])
  })

  test('is told once: not where its name or another message has pointed it out', () => {
    const reported = [diagnostic({ code: 'P407', message: 'm', labels: [] })]
    const live = [there('new', 'g1', values)]
    expect(findings({ New: values }, live).map(({ code }) => code)).toEqual(['P412'])
    expect(findings({ New: values }, live, { reported })).toHaveLength(1)
  })

  test('is looked for among a hundred shapes of files and no more', () => {
    const shapes = Array.from({ length: 101 }, (_, index) => ({ a: 1, b: 2, [`f${index}`]: 1 }))
    const creates = (from: number) =>
      Object.fromEntries([
        ...shapes.slice(from).map((shape, index) => [`N${index}`, shape] as const),
        ['Last', values] as const
      ])
    const live = [there('Old', 'g1', values)]
    expect(findings(creates(1), live)).toEqual([])
    expect(findings(creates(2), live)).toEqual([looks('Last', 'Old', 'g1')])
  })
})
