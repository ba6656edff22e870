import { expect, test } from 'vitest'
import type { Records } from '../../../src/server/records.ts'
import { openBulkRunner } from '../../../src/server/runner/bulk/bulk-runner.ts'
import { openBulkSchedules } from '../../../src/server/runner/bulk/bulk-schedules.ts'
import { openRunnerState } from '../../../src/server/runner/state.ts'
import type { StoredBulkExecution, StoredBulkSchedule, StoredBulkSync } from '../../../src/server/stored.ts'

/** When schedules start bulk syncs, and what becomes of executions of an earlier process. */

const by = { id: 'u', name: 'U', type: 'user' as const }
const at = '2026-03-02T08:59:00Z'
const stamps = { created_at: at, created_by: by, updated_at: at, updated_by: by }

function schedule(id: string, more: Partial<StoredBulkSchedule>): StoredBulkSchedule {
  return { id, frequency: 'hourly', minute: '0', ...stamps, ...more }
}

function bulkSync(more: Partial<StoredBulkSync>): StoredBulkSync {
  return {
    ...stamps,
    id: 'b',
    organization_id: 'o',
    name: 'B',
    source_connection_id: 'from',
    destination_connection_id: 'to',
    mode: 'replicate',
    active: true,
    source_configuration: null,
    destination_configuration: {},
    default_schedule: schedule('first', {}),
    additional_schedules: [],
    schemas: [],
    automatically_add_new_objects: 'none',
    automatically_add_new_fields: 'all',
    normalize_names: 'enabled',
    concurrency_limit: null,
    resync_concurrency_limit: null,
    disable_record_timestamps: false,
    policies: [],
    ...more
  }
}

function execution(id: string, more: Partial<StoredBulkExecution>): StoredBulkExecution {
  return {
    ...stamps,
    id,
    organization_id: 'o',
    name: '',
    sync_id: 'b',
    type: 'manual',
    status: 'completed',
    status_message: '',
    request: {},
    schemas: [],
    log_secret: 's',
    base_url: '',
    ...more
  }
}

/** A bulk sync, and what its schedules started so far. */
function world(sync: StoredBulkSync, before: StoredBulkExecution[] = []) {
  const executions = [...before]
  const records = {
    all: (kind: string) => (kind === 'bulk_sync' ? [sync] : executions),
    get: (kind: string, id: string) =>
      kind === 'bulk_sync' ? undefined : executions.find((one) => one.id === id),
    put: (_kind: string, one: StoredBulkExecution) => {
      const known = executions.findIndex(({ id }) => id === one.id)
      if (known >= 0) executions.splice(known, 1, one)
      else executions.unshift(one)
    },
    remove: () => undefined
  } as unknown as Records
  const state = openRunnerState(undefined, () => 'secret')
  let ids = 0
  const parts = {
    records,
    logs: state.logs,
    transaction: <T>(work: () => T): T => work(),
    now: () => new Date(at),
    randomUUID: () => `x${(ids += 1)}`
  }
  const schedules = openBulkSchedules({ ...parts, begin: () => undefined, baseUrl: () => '' })
  const look = (after: string, until: string): unknown[] => {
    const known = executions.length
    const stretch = { after: Date.parse(after), until: Date.parse(until), begun: Date.parse(at) }
    schedules.look(new Map([['b', [...executions]]]), () => [], stretch)
    return executions
      .slice(0, executions.length - known)
      .map(({ request, schedule: own }) => [own?.id, request])
  }
  const end = (): void =>
    executions.forEach((one, index) =>
      executions.splice(index, 1, { ...one, status: 'completed', completed_at: at })
    )
  return { look, end, parts, executions, close: () => state.close() }
}

test('a schedule starts its schemas once, and the default one what no other names', () => {
  const nightly = schedule('nightly', { schemas: ['big'], resync_mode: 'resync', hour: '9' })
  const { look, end, close } = world(bulkSync({ additional_schedules: [nightly] }))
  expect(look('2026-03-02T08:59:00Z', '2026-03-02T08:59:50Z')).toEqual([])
  expect(look('2026-03-02T08:59:50Z', '2026-03-02T09:00:00Z')).toEqual([['first', { except: ['big'] }]])
  // Both came up together: the other one waits for the end of the first.
  expect(look('2026-03-02T09:00:00Z', '2026-03-02T09:00:10Z')).toEqual([])
  end()
  expect(look('2026-03-02T09:00:10Z', '2026-03-02T09:00:20Z')).toEqual([
    ['nightly', { schemas: ['big'], resync_mode: 'resync' }]
  ])
  end()
  expect(look('2026-03-02T09:00:20Z', '2026-03-02T09:59:00Z')).toEqual([])
  close()
})

test('an inactive one is not started, and neither is a manual one', () => {
  const hour = ['2026-03-02T08:00:00Z', '2026-03-02T09:30:00Z'] as const
  for (const sync of [
    bulkSync({ active: false }),
    bulkSync({ default_schedule: schedule('m', { frequency: 'manual' }) })
  ]) {
    const { look, close } = world(sync)
    expect(look(...hour)).toEqual([])
    close()
  }
})

test('what a process that was killed had begun is interrupted, with each schema that was under way', () => {
  const schema = {
    output_name: 'a',
    status_message: '',
    record_count: 3,
    error_count: 0,
    warning_count: 0,
    created_at: at
  }
  const { parts, executions, close } = world(bulkSync({}), [
    execution('e', {
      status: 'running',
      schemas: [
        { ...schema, schema: 'a', status: 'completed' },
        { ...schema, schema: 'b', status: 'running' }
      ]
    })
  ])
  const runner = openBulkRunner({
    ...parts,
    events: { raise: () => expect.unreachable('no events'), list: () => [] },
    connectors: new Map(),
    parts: {
      fetch: () => expect.unreachable('no requests'),
      now: () => new Date(at),
      sleep: () => Promise.resolve(),
      timeout: () => new AbortController().signal
    },
    moving: () => undefined,
    copiesOf: () => [],
    reasonOf: String,
    ended: () => undefined
  })
  runner.recover()
  expect(executions).toMatchObject([
    {
      id: 'e',
      status: 'interrupted',
      status_message: 'the server ended while it ran; the next execution copies what is left',
      schemas: [{ status: 'completed' }, { status: 'interrupted' }]
    }
  ])
  runner.close()
  close()
})
