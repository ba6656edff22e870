/**
 * Moves rows by the engine alone, in a process that can be measured: `ROWS STATE TARGET [CONFIGURATION]`. The
 * rows are made here; the target takes everything (`null`), or is that of the configuration. Prints the counts.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Connector, Source, TargetFacts } from '../../src/server/runner/connector.ts'
import { localConnectors, type Connectors } from '../../src/server/runner/connectors.ts'
import { runSync } from '../../src/server/runner/open-job.ts'
import { ErrorSummary, noCounts } from '../../src/server/runner/run-log.ts'
import { openRunnerState } from '../../src/server/runner/state.ts'
import { openThrift } from '../../src/thrift.ts'
import type { StoredConnection } from '../../src/server/stored.ts'
import { field, identity, syncFacts } from '../server/runner/world.ts'
import { benchFields, benchRow } from './move-rows.ts'

const [many = '0', file = '', type = 'null', configuration = '{}'] = process.argv.slice(2)
const thrift = openThrift((work) => void process.prependOnceListener('exit', work))

const source: Source = {
  objects: () => Promise.resolve([]),
  fields: () => Promise.resolve([]),
  close: () => Promise.resolve(),
  rows: async function* ({ fields, batch }) {
    for (let at = 0; at < Number(many); at += batch) {
      await Promise.resolve()
      yield Array.from({ length: Math.min(batch, Number(many) - at) }, (_one, index) => {
        const row = benchRow(at + index)
        return fields.map((name) => row[name])
      })
    }
  }
}

const facts: TargetFacts = {
  id: 'everything',
  fields: benchFields.map((name) => ({ name, type: 'string' })),
  modes: ['updateOrCreate'],
  functions: ['Equality'],
  batch: 200,
  workers: 6
}
let ids = 0
const nothing: Connector = {
  source: () => Promise.resolve(source),
  writer: () =>
    Promise.resolve({
      describe: () => Promise.resolve(facts),
      lookUp: (_object, { keys }) => Promise.resolve(keys.map(() => [])),
      write: ({ records }) =>
        Promise.resolve(records.map(() => ({ state: 'done', id: `003${(ids += 1)}` }) as const)),
      close: () => Promise.resolve()
    })
}
const rows = { source: true, target: true, load: () => Promise.resolve(nothing) }
const connectors: Connectors = new Map([...localConnectors, ['csv', rows], ['null', rows]])

const state = openRunnerState(file, () => 'secret')
const counts = noCounts()
const job = {
  request: {},
  signal: new AbortController().signal,
  counts,
  errors: new ErrorSummary(),
  log: { entry: () => undefined, say: () => undefined, progress: () => thrift.moving() }
}
const isSalesforce = type === 'salesforce'
const settings = JSON.parse(configuration) as StoredConnection['configuration']
const wait = (ms: number, signal: AbortSignal): Promise<void> => sleep(ms, undefined, { signal })
const parts = {
  fetch: (request: Request) => fetch(request),
  now: () => new Date(),
  sleep: wait,
  timeout: (ms: number) => AbortSignal.timeout(ms)
}
await runSync(
  syncFacts({
    from: { type: 'csv' },
    to: { type, configuration: settings },
    sync: {
      identity: identity(isSalesforce ? 'Email' : 'email', 'email'),
      fields: isSalesforce
        ? [field('LastName', 'name'), field('Phone', 'phone'), field('Title', 'company')]
        : benchFields.slice(1).map((name) => field(name)),
      target: { connection_id: 'to', object: isSalesforce ? 'Contact' : 'public.people' }
    }
  }),
  { connectors, state, parts, sleep: wait, random: Math.random },
  job
)
state.close()
process.stdout.write(JSON.stringify(counts))
process.exit(0)
