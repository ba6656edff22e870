import { describe, expect, test } from 'vitest'
import { kinds } from '../../src/kinds/index.ts'
import { decideDestroy } from '../../src/plan/decide.ts'
import { actions, changeOf, declared, planFor, removed, service } from './world.ts'

const csv = { type: { id: 'csv' }, configuration: { url: 'u' } }
const model = { connection_id: 'c1', configuration: { table: 't' }, fields: [{ name: 'a' }] }
const sync = {
  mode: 'update',
  fields: [{ source: { model_id: 'm1', field: 'a' }, target: 'A' }],
  filters: [
    { field: { model_id: 'm1', field: 'a' }, function: 'IsNull', label: 'A' },
    { field: { model_id: 'm1', field: 'b' }, function: 'IsNull', label: 'B' }
  ],
  filter_logic: 'A OR B',
  schedule: { frequency: 'manual' },
  target: { connection_id: 'c1', object: 'O' }
}
const c = declared('connection', 'C', { type: 'csv', configuration: { url: 'u' } })
const m = (name = 'M', more = {}) =>
  declared('model', name, { connection: 'C', configuration: { table: 't' } }, more)
const s = (of = 'M', more: object = {}, lifecycle = {}) =>
  declared(
    'sync',
    'S',
    {
      mode: 'update',
      model: of,
      fields: [{ source: 'a', target: 'A' }],
      filters: [
        { field: 'a', function: 'IsNull' },
        { field: 'b', function: 'IsNull' }
      ],
      filter_logic: 'A OR B',
      target: { connection: 'C', object: 'O' },
      schedule: 'manual',
      ...more
    },
    lifecycle
  )
const all = service(['connection', 'C', 'c1', csv], ['model', 'M', 'm1', model], ['sync', 'S', 's1', sync])

test('what is as the files say is no change', () => {
  expect(actions(planFor([s(), m(), c], all))).toEqual(['none connection C', 'none model M', 'none sync S'])
})

test('what is not there is made, after what it names', () => {
  const plan = planFor([s(), m(), c], service())
  expect(actions(plan)).toEqual(['create connection C', 'create model M', 'create sync S'])
  expect([changeOf(plan, 'C').after, changeOf(plan, 'M').after, changeOf(plan, 'S').after]).toEqual([
    [],
    ['connection "C"'],
    ['connection "C"', 'model "M"']
  ])
})

describe('renames', () => {
  test('R1: another name of the same resource is a rename, and nothing else', () => {
    const plan = planFor([m('New', { renamedFrom: ['M'] }), c], all)
    expect(changeOf(plan, 'New')).toMatchObject({
      action: 'rename',
      id: 'm1',
      previousName: 'M',
      fields: []
    })
  })

  test('a sync does not change when its model is renamed: not its fields, filters, overrides nor its logic', () => {
    const plan = planFor([s('New'), m('New', { renamedFrom: ['M'] }), c], all)
    expect(changeOf(plan, 'S')).toMatchObject({ action: 'none', fields: [] })
  })

  test('a reference by id is the same as one by name', () => {
    const id = '248df4b7-aa70-47b8-a036-33ac447e668d'
    const related = { ...model, relations: [{ from: 'a', to: { model_id: id, field: 'id' } }] }
    const live = service(
      ['connection', 'C', 'c1', csv],
      ['model', 'Orgs', id, model],
      ['model', 'M', 'm1', related]
    )
    const wanted = (name: string) =>
      declared('model', 'M', {
        connection: 'C',
        configuration: {},
        relations: [{ from: 'a', to: { model: name, field: 'id' } }]
      })
    expect(changeOf(planFor([wanted('Orgs')], live), 'M').action).toBe('none')
    expect(changeOf(planFor([wanted(id)], live), 'M').action).toBe('none')
    expect(changeOf(planFor([wanted(id.toUpperCase())], live), 'M').action).toBe('none')
  })
})

test('R6: a fixed field that differs is refused', () => {
  const live = service(['connection', 'C', 'c1', { type: { id: 'mysql' }, configuration: {} }])
  expect(planFor([c], live)).toEqual(['P501'])
})

describe('R7', () => {
  test('R7: values that no file states and that are not the default are named', () => {
    const live = service(
      [
        'connection',
        'C',
        'c1',
        {
          type: { id: 'postgresql' },
          configuration: { hostname: 'h', ssh_port: 22, ssh_user: 'ada', ssl: false, username: '' }
        }
      ],
      ['model', 'M', 'm1', { ...model, identifier: 'id', labels: [] }]
    )
    const wanted = declared('connection', 'C', { type: 'postgresql', configuration: { hostname: 'h' } })
    const plan = planFor([wanted, m()], live)
    expect([changeOf(plan, 'C').notStated, changeOf(plan, 'M').notStated]).toEqual([
      ['configuration.ssh_user'],
      ['identifier']
    ])
  })

  test('R7: all fields of the source are the default', () => {
    expect(changeOf(planFor([m()], all), 'M').notStated).toEqual([])
  })
})

describe('ignored changes', () => {
  const moved = service(
    ['connection', 'C', 'c1', csv],
    ['model', 'M', 'm1', model],
    [
      'sync',
      'S',
      's1',
      {
        ...sync,
        mode: 'create',
        schedule: { frequency: 'daily', hour: '9', minute: '0' },
        fields: [
          { source: { model_id: 'm1', field: 'z' }, target: 'A' },
          { source: { model_id: 'm1', field: 'b' }, target: 'B' }
        ]
      }
    ]
  )
  const ignoring = (...ignore: string[]) => {
    const plan = planFor(
      [
        s(
          'M',
          {
            fields: [
              { source: 'a', target: 'A' },
              { source: 'c', target: 'C' }
            ]
          },
          { ignore }
        )
      ],
      moved
    )
    return changeOf(plan, 'S').fields.map(({ how, path }) => `${how} ${path.join('.')}`)
  }
  const mode = 'changed mode'
  const fields = ['changed fields.[A].source.field', 'removed fields.[B]', 'added fields.[C]']
  const schedule = ['changed schedule.frequency', 'removed schedule.minute', 'removed schedule.hour']

  test.each([
    [[], [mode, ...fields, ...schedule]],
    [['schedule'], [mode, ...fields]],
    [
      ['schedule.hour', 'mode'],
      [...fields, ...schedule.slice(0, 2)]
    ],
    [['fields'], [mode, ...schedule]],
    [['fields[A]'], [mode, ...fields.slice(1), ...schedule]],
    [['fields.[A].source.field'], [mode, ...fields.slice(1), ...schedule]],
    [
      ['fields[B]', 'fields[C]'],
      [mode, fields[0], ...schedule]
    ],
    [
      ['identity.new_field', 'no.such'],
      [mode, ...fields, ...schedule]
    ]
  ])('%j leaves %j', (ignore, left) => {
    expect(ignoring(...ignore)).toEqual(left)
  })

  test('what is ignored is sent as it is in the service', () => {
    const plan = planFor([s('M', {}, { ignore: ['schedule', 'fields[B]'] })], moved)
    expect(changeOf(plan, 'S').wanted).toMatchObject({
      schedule: { frequency: 'daily', hour: 9, minute: 0 },
      fields: [{ target: 'A' }, { target: 'B', source: { field: 'b' } }]
    })
  })
})

describe('deleting', () => {
  test('R16: what is not declared is counted and named, and left alone', () => {
    const plan = planFor(
      [c, m()],
      service(
        ...['C', 'D', 'E'].map((name, index): [string, string, string, object] => [
          'connection',
          name,
          `c${index + 1}`,
          csv
        ]),
        ['model', 'M', 'm1', model]
      )
    )
    expect(plan).toMatchObject({
      unmanaged: [
        { kind: 'connection', live: 3, declared: 1, names: ['D', 'E'] },
        { kind: 'model', live: 1, declared: 1, names: [] }
      ]
    })
    expect(actions(plan)).toEqual(['none connection C', 'none model M'])
  })

  test('R17: deletes come from `removed`, users before what they use, and are harmless once done', () => {
    const gone = [
      removed('connection', 'C'),
      removed('model', 'M'),
      removed('sync', 'S'),
      removed('sync', 'Never there')
    ]
    const plan = planFor([], all, gone)
    expect(actions(plan)).toEqual(['delete connection C', 'delete model M', 'delete sync S'])
    expect([changeOf(plan, 'C').after, changeOf(plan, 'M').after, changeOf(plan, 'S').after]).toEqual([
      ['model "M"', 'sync "S"'],
      ['sync "S"'],
      []
    ])
    expect(actions(planFor([], service(), gone))).toEqual([])
  })

  test('R17: what is removed is not named as unmanaged', () => {
    const plan = planFor(
      [m(), c],
      service(['connection', 'C', 'c1', csv], ['model', 'M', 'm1', model], ['model', 'Old', 'm2', model]),
      [removed('model', 'Old')]
    )
    expect(plan).toMatchObject({
      unmanaged: [{ kind: 'connection' }, { kind: 'model', live: 2, declared: 1, names: [] }]
    })
  })

  test('R17: a removed name that two live resources have is a stop', () => {
    expect(
      planFor([], service(['sync', 'S', 's1', sync], ['sync', 'S', 's2', sync]), [removed('sync', 'S')])
    ).toContain('P401')
  })

  test('R17: what was renamed is not removed under its former name', () => {
    expect(actions(planFor([m('New', { renamedFrom: ['M'] }), c], all, [removed('model', 'M')]))).toEqual([
      'none connection C',
      'rename model New'
    ])
  })

  test('R18: what something undeclared uses is not deleted', () => {
    expect(planFor([c], all, [removed('model', 'M')])).toEqual(['P502'])
    expect(planFor([], all, [removed('model', 'M'), removed('connection', 'C')])).toEqual(['P502', 'P502'])
  })

  test('R18: what a declared resource goes on using is not deleted; what it stops using is, after it has', () => {
    const live = service(
      ['connection', 'C', 'c1', csv],
      ['model', 'M', 'm1', model],
      ['model', 'N', 'm2', model],
      ['sync', 'S', 's1', sync]
    )
    expect(planFor([s()], live, [removed('model', 'M')])).toEqual(['P502'])
    const plan = planFor([s('N')], live, [removed('model', 'M')])
    expect(actions(plan)).toEqual(['delete model M', 'update sync S'])
    expect(changeOf(plan, 'M').after).toEqual(['sync "S"'])
  })

  test('R18: what is only about to be made counts as a user', () => {
    const live = service(['connection', 'C', 'c1', csv], ['model', 'M', 'm1', model])
    expect(planFor([s()], live, [removed('model', 'M')])).toEqual(['P502'])
  })

  test('R18: what a file leaves as it is in the service counts as used', () => {
    const enriched = { ...model, enricher: { connection_id: 'c2', enricher_id: 'e' } }
    const live = service(
      ['connection', 'C', 'c1', csv],
      ['connection', 'E', 'c2', csv],
      ['model', 'M', 'm1', enriched]
    )
    expect(planFor([m()], live, [removed('connection', 'E')])).toEqual(['P502'])
    const other = service(
      ['connection', 'C', 'c1', csv],
      ['model', 'M', 'm1', model],
      ['model', 'N', 'm2', model],
      ['sync', 'S', 's1', sync]
    )
    expect(
      planFor([s('N', { filters: [], filter_logic: '' }, { ignore: ['fields'] })], other, [
        removed('model', 'M')
      ])
    ).toEqual(['P502'])
  })

  test('R19: more deletes than the limit are refused, with the number to pass', () => {
    const rows = ['a', 'b', 'c', 'd'].map((name): [string, string, string, object] => [
      'sync',
      name,
      name,
      sync
    ])
    const gone = rows.map(([kind, name]) => removed(kind, name))
    expect(planFor([], service(...rows), gone.slice(1))).not.toContain('P504')
    expect(planFor([], service(...rows), gone)).toEqual(['P504'])
    expect(actions(planFor([], service(...rows), gone, { maxDeletes: 4 }))).toHaveLength(4)
    expect(planFor([], service(...rows), gone.slice(0, 2), { maxDeletes: 1 })).toEqual(['P504'])
  })

  test('R19: the limit grows with the service: a tenth of it', () => {
    const rows = Array.from({ length: 50 }, (_, index): [string, string, string, object] => [
      'sync',
      `s${index}`,
      `s${index}`,
      sync
    ])
    const gone = rows.map(([kind, name]) => removed(kind, name))
    expect(actions(planFor([], service(...rows), gone.slice(0, 5)))).toHaveLength(5)
    expect(planFor([], service(...rows), gone.slice(0, 6))).toEqual(['P504'])
  })

  test('live resources that use each other in a circle can be deleted together', () => {
    const joined = (id: string) => ({
      ...model,
      relations: [{ from: 'a', to: { model_id: id, field: 'id' } }]
    })
    const plan = planFor(
      [],
      service(['model', 'A', 'm1', joined('m2')], ['model', 'B', 'm2', joined('m1')]),
      [removed('model', 'A'), removed('model', 'B')]
    )
    expect([changeOf(plan, 'A').after, changeOf(plan, 'B').after]).toEqual([['model "B"'], []])
  })
})

describe('destroying', () => {
  const destroy = (resources = [c, m(), s()], live = all) => {
    const decision = decideDestroy({ workspace: {}, resources, removed: [] }, live, kinds)
    return decision.ok ? actions(decision.value) : decision.problems.map(({ code }) => code)
  }

  test('all that is declared and there goes, and no limit applies', () => {
    expect(destroy()).toEqual(['delete connection C', 'delete model M', 'delete sync S'])
    expect(destroy([c, m(), s()], service(['connection', 'C', 'c1', csv]))).toEqual(['delete connection C'])
  })

  test('what has a former name is not destroyed: it may be somebody else’s by now', () => {
    const renamed = {
      ...m('N'),
      lifecycle: { renamedFrom: ['M'], preventDestroy: false, ignoreChanges: [] }
    }
    const live = service(['connection', 'C', 'c1', csv], ['model', 'M', 'm1', model])
    expect(destroy([renamed], live)).toEqual([])
  })

  test('what is pinned and gone already does not hold up the rest', () => {
    const pinned = m('M', { id: '9f1c9b1e-0000-4000-8000-000000000009' })
    expect(destroy([c, pinned], service(['connection', 'C', 'c1', csv]))).toEqual(['delete connection C'])
  })

  test('R18: what something undeclared uses stays', () => {
    expect(destroy([c, m()])).toEqual(['P502', 'P502'])
  })

  test('R14: what is protected stays, and with it the rest', () => {
    const safe = { ...m(), lifecycle: { renamedFrom: [], preventDestroy: true, ignoreChanges: [] } }
    expect(destroy([c, safe, s()])).toEqual(['P503'])
  })
})
