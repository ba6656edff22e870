import type { ConnectorEntry, Connectors } from '../../../src/server/runner/connectors.ts'
import type {
  Connector,
  FieldFacts,
  Hit,
  LookUp,
  Outcome,
  RefusalOf,
  TargetFacts,
  WriteRecord,
  WriteRequest
} from '../../../src/server/runner/connector.ts'
import { belongs } from '../../../src/server/runner/identity.ts'
import { partOf, type Cell, type Row, type Value } from '../../../src/server/runner/value.ts'
import { identityFunctions, syncModes } from '../../../src/wire/sync.ts'
import { runnerWorld, type RunnerWorld } from './world.ts'

export type MemoryRecord = Record<string, Value>

/** A system in memory: objects with records, and what it is to do wrong. */
export interface MemorySystem {
  objects: Map<string, Map<string, MemoryRecord>>
  fields: FieldFacts[]
  batch: number
  workers: number
  /** Which records it could not write. */
  refusalOf?: RefusalOf
  /** It does not tell what it does with records. */
  isBlind?: boolean
  /** False: it cannot say how many records it holds. */
  counts?: boolean
  /** Called with each request before and after it is carried out; what it throws is the answer. */
  before: (request: WriteRequest) => Outcome[] | undefined | void
  after: (request: WriteRequest) => void
  /** Each request waits for it. */
  gate: (request: WriteRequest) => Promise<void>
  /** How often it was written to, and looked at. */
  writes: WriteRequest[]
  lookUps: number
  /** Rows that a source gives, by object. */
  rows: Map<string, readonly Record<string, Cell>[]>
}

export function memorySystem(more: Partial<MemorySystem> = {}): MemorySystem {
  return {
    objects: new Map([['people', new Map()]]),
    fields: ['email', 'name', 'phone', 'age'].map((name) => ({ name, type: 'string' })),
    batch: 3,
    workers: 2,
    before: () => undefined,
    after: () => undefined,
    gate: () => Promise.resolve(),
    writes: [],
    lookUps: 0,
    rows: new Map(),
    ...more
  }
}

/** Connectors that lead `postgresql` and `salesforce` to a system in memory. */
export function memoryConnectors(system: MemorySystem, types = ['postgresql', 'salesforce']): Connectors {
  const entry: ConnectorEntry = {
    source: true,
    target: true,
    load: () => Promise.resolve(memoryConnector(system))
  }
  return new Map(types.map((type) => [type, entry]))
}

function memoryConnector(system: MemorySystem): Connector {
  const facts: TargetFacts = {
    id: 'people',
    fields: system.fields,
    modes: syncModes,
    functions: identityFunctions,
    batch: system.batch,
    workers: system.workers,
    ...(system.isBlind === true ? { isBlind: true } : {}),
    ...(system.refusalOf === undefined ? {} : { refusalOf: system.refusalOf })
  }
  const reader = {
    describe: () => Promise.resolve(facts),
    lookUp: (object: string, request: LookUp) => {
      system.lookUps += 1
      return Promise.resolve(request.keys.map((key) => hits(system, object, request, key)))
    },
    ...(system.counts === false
      ? {}
      : { count: (object: string) => Promise.resolve(objectOf(system, object).size) }),
    close: () => Promise.resolve()
  }
  return {
    source: () => Promise.resolve(sourceOf(system)),
    reader: () => Promise.resolve(reader),
    writer: () =>
      Promise.resolve({
        ...reader,
        write: async (request) => {
          await system.gate(request)
          system.writes.push(request)
          const answer = system.before(request)
          const outcomes = request.records.map((record, index) => {
            const own = answer?.[index]
            return own !== undefined && own.state !== 'done' ? own : written(system, request, record)
          })
          system.after(request)
          return outcomes
        },
        replace: (object, fields) => {
          const before = objectOf(system, object)
          const records = new Map<string, MemoryRecord>()
          return Promise.resolve({
            write: (batch) =>
              Promise.resolve(
                batch.map(({ values }): Outcome => {
                  records.set(String(records.size), recordOf(fields, values))
                  return { state: 'done' }
                })
              ),
            commit: () => {
              system.objects.set(object, records)
              return Promise.resolve({ removed: before.size })
            },
            rollback: () => Promise.resolve()
          })
        }
      })
  }
}

function sourceOf(system: MemorySystem): Awaited<ReturnType<NonNullable<Connector['source']>>> {
  return {
    objects: () => Promise.resolve([]),
    fields: () => Promise.resolve(system.fields),
    rows: async function* ({ configuration, fields, batch }) {
      const all =
        system.rows.get(typeof configuration['table'] === 'string' ? configuration['table'] : '') ?? []
      for (let at = 0; at < all.length; at += batch) {
        await Promise.resolve()
        yield all.slice(at, at + batch).map((row): Row =>
          fields.map((path) => {
            const [first = '', ...rest] = path.split('.')
            return partOf(row[first], rest)
          })
        )
      }
    },
    close: () => Promise.resolve()
  }
}

export function objectOf(system: MemorySystem, object: string): Map<string, MemoryRecord> {
  const records = system.objects.get(object) ?? new Map<string, MemoryRecord>()
  system.objects.set(object, records)
  return records
}

function hits(system: MemorySystem, object: string, request: LookUp, key: readonly Value[]): Hit[] {
  return [...objectOf(system, object)]
    .filter(([, record]) =>
      request.matches.every((match, index) =>
        belongs(
          match.function,
          key[index] ?? null,
          record[match.target],
          system.fields.find(({ name }) => name === match.target)
        )
      )
    )
    .map(([id, record]) => ({ id, values: request.select.map((name) => record[name] ?? null) }))
}

let ids = 0

function written(
  system: MemorySystem,
  { object, operation, fields }: WriteRequest,
  record: WriteRecord
): Outcome {
  const records = objectOf(system, object)
  const { id = `r${(ids += 1)}`, values } = record
  if (operation === 'delete') records.delete(id)
  else records.set(id, { ...records.get(id), ...recordOf(fields, values) })
  return { state: 'done', id }
}

function recordOf(fields: readonly string[], values: readonly Cell[]): MemoryRecord {
  return Object.fromEntries(
    fields.flatMap((name, index): [string, Value][] => {
      const value = values[index]
      return value === undefined ? [] : [[name, value]]
    })
  )
}

/** A runner between two parts of a system in memory, which holds these people. */
export function memoryWorld(
  rows: Record<string, unknown>[],
  more: Partial<MemorySystem> = {}
): RunnerWorld & { system: MemorySystem } {
  const system = memorySystem({ rows: new Map([['people', rows as never]]), ...more })
  return { ...runnerWorld(memoryConnectors(system)), system }
}
