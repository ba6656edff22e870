import type { Change, FieldChange, Impact, Plan } from '../../src/plan/plan.ts'
import { added, at, change, changed, plan, removed, source } from './builders.ts'
import { unchanged } from './situations.ts'

/** What is told when an earlier revision, a selection or pruning is asked for. */

const since = 'a1b2c3d'
const ada = { at: '2026-11-23T18:04:00Z', by: 'Ada Lovelace' }

function impact(parts: Partial<Impact> & Pick<Impact, 'effect' | 'because'>): Impact {
  return { paths: [], reaches: [], ...parts }
}

function by(cause: FieldChange['cause'] & string, field: FieldChange, base?: string): FieldChange {
  return { ...field, cause, ...(base === undefined ? {} : { base }) }
}

const stops = impact({
  effect: 'stops',
  because: 'nothing more is written; what was written stays in the target'
})

/** One resource, moved by both sides, in the same field and in others. */
const threeWay: Change = change({
  action: 'update',
  kind: 'sync',
  name: 'Users to Contacts',
  cause: 'conflict',
  reason: `the files and the service both changed since ${since}`,
  changed: ada,
  fields: [
    by('conflict', changed(['mode'], 'create', 'update', { line: 31 }), 'updateOrCreate'),
    by(
      'config',
      added(['fields', '[Phone]'], { source: source('Users', 'phone'), target: 'Phone' }, { line: 33 })
    ),
    by(
      'drift',
      removed(['fields', '[Fax]'], { source: source('Users', 'fax'), target: 'Fax' }, { line: 32 })
    ),
    by('drift', changed(['schedule', 'frequency'], 'hourly', 'daily', { line: 40 }))
  ],
  impacts: [
    impact({
      effect: 'may duplicate',
      because: 'the mode says whether records are made, overwritten or removed: others may be, from now on',
      paths: [['mode']]
    }),
    impact({
      effect: 'other values',
      because: 'a mapping says what a field of the target is written from',
      paths: [['fields', '[Phone]']]
    }),
    impact({
      effect: 'runs less often',
      because: 'the schedule says how often records are written',
      paths: [['schedule', 'frequency']]
    })
  ]
})

const byFiles: Change = change({
  action: 'update',
  kind: 'model',
  name: 'Users',
  cause: 'config',
  reason: `the files changed since ${since}`,
  changed: ada,
  span: at('configs/models.yaml', 9, 11),
  fields: [by('config', changed(['identifier'], 'id', 'email', { path: 'configs/models.yaml', line: 12 }))],
  impacts: [
    impact({
      effect: 'may duplicate',
      because: 'records are told apart by another field: those known before may count as new',
      paths: [['identifier']],
      reaches: ['sync "Users to Contacts"', 'sync "Users to Leads"']
    })
  ]
})

const byService: Change = change({
  action: 'update',
  kind: 'connection',
  name: 'Warehouse',
  cause: 'drift',
  reason: `the service changed, the files did not since ${since}`,
  changed: ada,
  span: at('configs/connections.yaml', 2, 11),
  fields: [
    by(
      'drift',
      changed(['configuration', 'hostname'], 'temporary.example.net', 'db.example.net', {
        path: 'configs/connections.yaml',
        line: 5
      })
    )
  ],
  impacts: [
    impact({
      effect: 'reads something else',
      because: 'another host, account or database has other data',
      paths: [['configuration', 'hostname']],
      reaches: Array.from({ length: 9 }, (_, index) => `model "Model ${index + 1}"`)
    })
  ]
})

const takenAway: Change = change({
  action: 'create',
  kind: 'sync',
  name: 'Users to Leads',
  cause: 'drift',
  reason: `the files declared it at ${since} already, and the service has no such sync any more`,
  fields: [added(['mode'], 'create')],
  impacts: [
    impact({
      effect: 'first run',
      because: 'a new sync writes all records of its model when it first runs, unless it is made inactive'
    })
  ]
})

const secrets: Change = change({
  action: 'update',
  kind: 'connection',
  name: 'Salesforce',
  cause: 'config',
  reason: `its secrets come from elsewhere since ${since}`,
  changed: ada,
  impacts: [
    impact({
      effect: 'unknown',
      because: 'its secrets are sent again: with other ones it may reach another account'
    })
  ]
})

const then = (line: number) => at(`${since}:configs/old.yaml`, line, 11)

function pruned(kind: string, name: string, reason: string, line: number): Change {
  const impacts =
    kind === 'sync' ? [stops] : [impact({ effect: 'none', because: 'nothing that stays uses it' })]
  return change({ action: 'delete', kind, name, reason, changed: ada, span: then(line), impacts })
}

const gone = `the files declared it at ${since} and do no longer`

const compared = (changes: Change[], more: Partial<Plan> = {}): Plan => ({
  ...plan(changes),
  since,
  ...more
})

export const situations: Record<string, Plan> = {
  'since-three-way': compared([byFiles, threeWay, byService, takenAway, secrets, ...unchanged(2)]),
  'since-no-longer-declared': compared(unchanged(3), {
    noLongerDeclared: [
      { kind: 'model', name: 'Old model', id: '1', span: then(3), revision: since },
      { kind: 'sync', name: 'Old sync', id: '2', span: then(12), revision: since }
    ]
  }),
  'since-prune': compared([
    pruned('model', 'Old model', gone, 3),
    pruned('sync', 'Old sync', gone, 12),
    ...unchanged(3)
  ]),
  'since-cascade': compared([
    pruned('connection', 'Old warehouse', gone, 3),
    pruned('model', 'Somebody’s model', 'it uses connection "Old warehouse", which is deleted', 3),
    pruned('sync', 'Somebody’s sync', 'it uses model "Somebody’s model", which is deleted', 3)
  ]),
  'since-partial': compared([byFiles], { partial: { selected: 1, left: 11 } }),
  'since-partial-nothing': compared([], { partial: { selected: 0, left: 12 } })
}
