import type { JsonObject } from '../wire/common.ts'
import type { Rehearsal, RehearsalCase, RehearsalRequest, RehearsedRecord } from '../wire/rehearsal.ts'
import { anonymous } from './authentication.ts'
import type { Call } from './call.ts'
import { openCatalogue } from './catalogue/catalogue.ts'
import { openServerDatabase } from './database.ts'
import { openDirectory } from './directory.ts'
import { openEvents } from './events.ts'
import { understood } from './kinds/sync.ts'
import { createdBy, openRecords } from './records.ts'
import { Refusal } from './refusal.ts'
import { RunProblem } from './runner/connector.ts'
import { connectorsOf, givenJson, sourceType, targetOf } from './runner/given-records.ts'
import type { Job } from './runner/job.ts'
import { mappingOf, type Mapping } from './runner/mapping.ts'
import { previewSync, type SyncFacts } from './runner/open-job.ts'
import type { Decision } from './runner/plan.ts'
import { unsupported } from './runner/possible.ts'
import { noCounts, type RunLog } from './runner/run-log.ts'
import { openRunnerState, type RunnerState } from './runner/state.ts'
import type { StoredSync } from './stored.ts'

/**
 * Says what runs of a sync would do with given rows and records. The sync is understood as a request that
 * creates it is, and the runs are previews: the same code as for real ones, with nothing that could write.
 */
export async function rehearse(request: RehearsalRequest, now: () => Date): Promise<Rehearsal> {
  const database = openServerDatabase(undefined)
  const state = openRunnerState(undefined, () => '')
  try {
    const call = callOf(request, openRecords(database), openDirectory(database), now)
    const at = createdBy(now(), anonymous.actor)
    const sync = { id: 'sync', ...understood(call), ...at, skip_initial_backfill: false }
    call.context.records.put('sync', sync)
    const { type } = request.to
    const plain = targetOf(type, [])
    const facts = factsOf(call, sync)
    const why = unsupported(sync, facts.model)
    if (why !== undefined) return { ok: false, message: why }
    const mapping = mappingOf(facts.sync, facts.model, plain)
    const cases: RehearsedRecord[][] = []
    for (const one of request.cases) cases.push(await tried(facts, one, { state, mapping, now }))
    return { ok: true, reads: [...mapping.reads], writes: namesOf(mapping), cases }
  } catch (error) {
    if (error instanceof RunProblem || error instanceof Refusal)
      return { ok: false, message: error.message }
    throw error
  } finally {
    state.close()
    database.close()
  }
}

function factsOf({ context, body }: Call, sync: StoredSync): SyncFacts {
  const { records } = context
  const model = records.get('model', sync.model_ids[0] ?? '')
  const from = records.get('connection', model?.connection_id ?? '')
  const to = records.get('connection', sync.target.connection_id)
  if (model === undefined || from === undefined || to === undefined)
    throw new RunProblem('model', `the sync ${JSON.stringify(body['name'])} reads from no model`)
  return { sync, model, from, to }
}

const organization = 'rehearsal'

/** The request that creates the sync, on a server that has its model and its connections. */
function callOf(
  { body, from, to }: RehearsalRequest,
  records: ReturnType<typeof openRecords>,
  directory: ReturnType<typeof openDirectory>,
  now: () => Date
): Call {
  let ids = 0
  const clock = { now, randomUUID: () => `id-${(ids += 1)}` }
  const base = { organization_id: organization, policies: [], ...createdBy(now(), anonymous.actor) }
  const connection = { ...base, configuration: {}, status: 'healthy' }
  records.put('connection', { ...connection, id: 'source', name: 'the source', type: sourceType })
  records.put('connection', { ...connection, ...to })
  records.put('model', {
    ...base,
    id: from.id,
    name: from.name,
    type: sourceType,
    version: 1,
    connection_id: 'source',
    configuration: {},
    identifier: from.identifier ?? '',
    fields: [],
    fields_known: false,
    relations: [],
    tracking_columns: from.tracking,
    labels: []
  })
  const context = {
    shape: 'older',
    records,
    directory,
    // No list that ships with polyctl says what a system of a user has.
    catalogue: openCatalogue(undefined, undefined, () => true),
    events: openEvents(records, clock, () => undefined),
    ...clock
  } as const
  return {
    version: '2025-09-18',
    caller: { ...anonymous, class: 'organization', organizationId: organization },
    params: {},
    query: new URLSearchParams(),
    body,
    stale: false,
    publicUrl: '',
    context
  }
}

interface Parts {
  state: RunnerState
  mapping: Mapping
  now: () => Date
}

async function tried(
  facts: SyncFacts,
  given: RehearsalCase,
  { state, mapping, now }: Parts
): Promise<RehearsedRecord[]> {
  const reported: RehearsedRecord[] = []
  const log: RunLog = {
    entry(type, { identity, code }) {
      const because = leftOut.get(code ?? '')
      if (type !== 'warnings' || because === undefined) return
      const names = mapping.identity.matches.map(({ target }) => target)
      const fields = Object.fromEntries(names.map((name, index) => [name, identity[index] ?? '']))
      reported.push({ operation: 'skip', because, fields: withoutEmpty(fields) })
    },
    say: () => undefined,
    progress: () => undefined
  }
  const target = targetOf(facts.to.type, namesOf(mapping))
  const never = new AbortController().signal
  const parts = {
    connectors: connectorsOf(given, facts.to.type, target),
    state,
    parts: {
      fetch: () => Promise.reject(new Error('nothing is reached from here')),
      now,
      sleep: () => Promise.resolve(),
      timeout: () => never
    },
    sleep: () => Promise.resolve(),
    random: () => 0
  }
  const job = { request: { resync: true }, log, signal: never, counts: noCounts() }
  await previewSync(facts, parts, job, (decision, { mapping: own }) => {
    // What takes a place twice is reported by its warning.
    if (decision.reason !== 'claimed') reported.push(rehearsed(decision, own))
  })
  return reported
}

function withoutEmpty(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''))
}

/** Records that never come to a decision. */
const leftOut: ReadonlyMap<string, string> = new Map([
  ['EMPTY_IDENTITY', 'no identity'],
  ['DUPLICATE_IDENTITY', 'duplicate']
])

const operations = {
  insert: 'create',
  update: 'update',
  delete: 'remove',
  skip: 'skip',
  refuse: 'refuse'
} as const

function rehearsed(
  { operation, reason, mapped, without }: Decision,
  mapping: Job['mapping']
): RehearsedRecord {
  const { columns, identity } = mapping
  const isWritten = operation === 'insert' || operation === 'update'
  const found = identity.matches.map(({ target }, index) => [target, mapped[identity.at + index]] as const)
  const written = columns.flatMap(({ name }, index) =>
    isWritten && !without.includes(index) ? [[name, mapped[index]] as const] : []
  )
  const fields = [...found, ...written].flatMap(([name, value]) =>
    value === undefined ? [] : [[name, givenJson(value)] as const]
  )
  return {
    operation: operations[operation],
    ...(reason === undefined ? {} : { because: reason }),
    fields: Object.fromEntries(fields)
  }
}

/** The fields of the target that the sync names. */
function namesOf({ columns, identity, targetFilter }: Mapping): string[] {
  const names = [
    ...identity.matches.map(({ target }) => target),
    ...columns.map(({ name }) => name),
    ...targetFilter.select
  ]
  return [...new Set(names)]
}
