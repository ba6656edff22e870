import { describe, expect, test } from 'vitest'
import type { Answers, Finding, Inquiry, PlannedResource, Question } from '../../src/state/question.ts'
import { isReference, reference, type JsonObject } from '../../src/state/value.ts'
import { kindNamed } from '../support/exchange.ts'

/**
 * R39: a list that the service leaves empty says that it knows nothing, and not that there is nothing: what
 * is named then is neither a mistake nor fine, and that is reported. Each row names what no list has; with
 * a list that has something else it is a mistake.
 */

const read = { uses: [], changed: {}, partial: false }

const connection = (name: string): PlannedResource => ({
  kind: 'connection',
  address: `connection "${name}"`,
  live: { kind: 'connection', name, id: name, wire: {}, fields: {}, ...read },
  wanted: {},
  differs: new Set()
})

const modelOf = (fields: string[], more: JsonObject = {}): PlannedResource => ({
  kind: 'model',
  address: 'model "M"',
  live: {
    kind: 'model',
    name: 'M',
    id: 'm',
    wire: { fields: fields.map((name) => ({ name })) },
    fields: {},
    ...read
  },
  wanted: { connection: reference('connection', 'C'), configuration: { table: 't' }, ...more },
  differs: new Set()
})

const source = { model: reference('model', 'M'), field: 'sought' }
const syncWith = (wanted: JsonObject): PlannedResource => ({
  kind: 'sync',
  address: 'sync "S"',
  wanted: {
    mode: 'update',
    identity: { source: { ...source, field: 'id' }, target: 'id', function: 'Equality' },
    target: { connection: reference('connection', 'C'), object: 'things' },
    ...wanted
  },
  differs: new Set()
})
const bulkWith = (wanted: JsonObject): PlannedResource => ({
  kind: 'bulk_sync',
  address: 'bulk_sync "B"',
  wanted: {
    source: { connection: reference('connection', 'C') },
    destination: { connection: reference('connection', 'C') },
    ...wanted
  },
  differs: new Set()
})

type Answering = { [A in keyof Answers]?: Answers[A] }

function found(subject: PlannedResource, answers: Answering, model = modelOf(['id', 'sought'])): Finding[] {
  const inquiry: Inquiry = {
    ask: <A extends keyof Answers>({ about }: Question<A>) => {
      const value = answers[about]
      return value === undefined
        ? { ok: false as const, refused: false, words: `${about} was not to be asked` }
        : { ok: true as const, value }
    },
    find: (to) =>
      isReference(to) && to.$ref === 'model' ? model : isReference(to) ? connection('C') : undefined,
    postpone: () => undefined,
    addedTo: () => [],
    similar: () => []
  }
  return kindNamed(subject.kind).checks?.(subject, inquiry) ?? []
}

const target = (more: Partial<Answers['target']>): Answering => ({
  target: {
    id: 'things',
    name: 'things',
    refreshed_at: '',
    fields: [{ id: 'id' }, { id: 'a' }],
    modes: [{ mode: 'update', supports_target_filters: true }],
    properties: {},
    ...more
  } as unknown as Answers['target']
})
const targets = (properties: unknown[], values: unknown[] = []): Answering => ({
  targets: { data: [], target_creation: { supported: true, properties } } as unknown as Answers['targets'],
  'creation values': values as Answers['creation values']
})
const sourced = (names: string[]): Answering => ({
  'source fields': names.map((name) => ({ name, label: name, type: 'string', id: name })),
  source: {
    configuration: { table: { items: ['t'] } }
  } as unknown as Answers['source']
})
const copied = (fields: string[], modes: string[]): Answering => ({
  schemas: {
    schemas: [{ id: 's', fields: fields.map((id) => ({ id })) }]
  } as unknown as Answers['schemas'],
  destination: { modes: modes.map((id) => ({ id })) } as unknown as Answers['destination']
})

const mapped = syncWith({ fields: [{ source, target: 'a' }] })
const created = syncWith({
  target: { connection: reference('connection', 'C'), create: { kind: 'sought' } },
  fields: []
})
const listed = bulkWith({ mode: 'sought', schemas: [{ id: 's', tracking_field: 'sought' }] })

type Row = [what: string, unknown: Finding[], other: Finding[], why: RegExp]
const rows: Row[] = [
  [
    'fields of a live model',
    found(mapped, { ...target({}), ...sourced(['other']) }, modelOf([])),
    found(mapped, target({}), modelOf(['id'])),
    /lists no fields of it/
  ],
  [
    'fields of what a new model reads',
    found({ ...modelOf([], { identifier: 'sought' }), differs: new Set(['configuration']) }, sourced([])),
    found(
      { ...modelOf([], { identifier: 'sought' }), differs: new Set(['configuration']) },
      sourced(['other'])
    ),
    /knows no fields of what model "M" reads/
  ],
  [
    'fields of a model that is enriched',
    found(mapped, target({}), modelOf(['id'], { enricher: { connection: 'E' } })),
    found(mapped, target({}), modelOf(['id'])),
    /its enrichment may add it/
  ],
  [
    'fields of a target',
    found(mapped, target({ fields: [] })),
    found(mapped, target({ fields: [{ id: 'other' }] as never })),
    /knows no fields of `things` yet/
  ],
  [
    'modes of a target',
    found(mapped, target({ modes: [] })),
    found(mapped, target({ modes: [{ mode: 'create' }] as never })),
    /names no modes for `things`/
  ],
  [
    'properties of new objects',
    found(created, targets([])),
    found(created, targets([{ id: 'other' }])),
    /names no properties of new objects/
  ],
  [
    'values of a property of new objects',
    found(created, targets([{ id: 'kind', enum: true }])),
    found(created, targets([{ id: 'kind', enum: true }], [{ value: 'other' }])),
    /names no values for `kind`/
  ],
  [
    'fields of a schema that is copied',
    found(listed, copied([], ['sought'])),
    found(listed, copied(['other'], ['sought'])),
    /knows no fields of `s` yet/
  ],
  [
    'modes of a destination',
    found(listed, copied(['sought'], [])),
    found(listed, copied(['sought'], ['other'])),
    /names no modes for bulk syncs/
  ]
]

describe('R39: what is not known is never taken for empty', () => {
  test.each(rows)('%s', (_what, unknown, other, why) => {
    expect(unknown.filter((one) => 'path' in one)).toEqual([])
    expect(unknown.map((one) => ('why' in one ? one.why : '')).join('\n')).toMatch(why)
    expect(other.filter((one) => 'path' in one)).not.toEqual([])
    expect(other.filter((one) => 'why' in one)).toEqual([])
  })
})
