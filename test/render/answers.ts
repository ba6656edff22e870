import type { Plan } from '../../src/plan/plan.ts'
import type { Answer } from '../../src/render/view/answer.ts'
import { driftView } from '../../src/render/view/drift.ts'
import { planView } from '../../src/render/view/plan.ts'
import { problemsView } from '../../src/render/view/problems.ts'
import { pullView } from '../../src/render/view/pull.ts'
import { reportView } from '../../src/render/view/report.ts'
import { at, diagnostic, header, look, plan } from './builders.ts'
import { executionsView } from '../../src/render/view/executions.ts'
import type { Run, SyncRun } from '../../src/executions/events.ts'
import type { Execution } from '../../src/state/execution.ts'
import { done, mixed, report, settled } from './reports.ts'
import * as situation from './situations.ts'
import { tutorial } from './tutorial.ts'

/** Answers of every sort, for what all formats make of them. */

const problems = [
  diagnostic({
    code: 'P421',
    message: 'sync `Out` names the field `first_nme`, which model `Users` does not have',
    labels: [{ span: at('configs/syncs.yaml', 12, 9, 9), text: 'no such field' }],
    help: ['write `first_name`', 'or see `polyctl sources Mongo`']
  }),
  diagnostic({
    code: 'P502',
    severity: 'warning',
    message: '<b>@everyone</b> ]] --> ]]> #12 %0A ::error::x | *bold* ~no~ [a](http://x) ``` `',
    labels: [{ span: at('configs/we,ird:näme #1.yaml', 1), text: 'here' }]
  })
]

export function planAnswer(value: Plan): Answer {
  return { type: 'plan', view: planView(value, header, look, { problems }) }
}

export function driftAnswer(value: Plan): Answer {
  return { type: 'drift', view: driftView(value, header, look) }
}

export const findings: Answer = {
  type: 'findings',
  view: {
    files: 2,
    resources: 3,
    problems: problemsView(problems, { texts: new Map() }),
    interrupted: false
  }
}

const pull: Answer = {
  type: 'pull',
  view: pullView({
    header,
    since: 'a1b2c3d',
    isCheck: false,
    taken: [
      { action: 'update', kind: 'sync', name: 'Users', fields: [{ path: ['mode'], how: 'changed' }] }
    ],
    files: [{ path: 'configs/a.yaml', before: 'a: 1\n', after: 'a: 2\n```\n', isWritten: true }],
    ahead: 1,
    left: [],
    problems: [],
    failures: [],
    sources: undefined
  })
}

const organizations: Answer = {
  type: 'organizations',
  view: {
    organizations: [
      {
        id: '1',
        name: 'Acme',
        label: 'Acme',
        code: 2,
        reported: [],
        answer: driftAnswer(situation.everything),
        closing: ''
      },
      { id: '2', name: 'B<e>ta', label: 'B<e>ta', code: 3, reported: [], answer: findings, closing: '' },
      { id: '3', name: 'Gamma', label: 'Gamma', code: 130, reported: [], closing: 'not begun' }
    ]
  }
}

/** An apply that started syncs, of all states that are told in another way; their names are hostile. */
const hostile = '<b>@everyone</b> `*_~ ::error:: %0A ]]> "x"\u001b[31m'
const applied = reportView(
  report([settled('sync', hostile, 'create', done), settled('model', 'People', 'update', done)]),
  header,
  look
)
const execution = (status: string, more: Partial<Execution> = {}): Execution => ({
  id: 'e-1',
  status,
  counts: { total: 4, inserts: 3, errors: 1 },
  errors: [],
  parts: [],
  ...more
})
const run = (name: string, own: Run): SyncRun => ({ address: { kind: 'sync', name }, id: name, run: own })
const ended = (
  status: 'completed' | 'failed',
  more: Partial<Extract<Run, { outcome: 'ended' }>> = {}
): Run => ({
  outcome: 'ended',
  execution: execution(status, { ended: status, errors: [`INVALID: <i>${hostile}</i>`] }),
  durationMs: 61_000,
  isJoined: false,
  stops: [],
  ...more
})
const started = executionsView(
  [
    run(hostile, ended('completed')),
    run(
      'Clean',
      ended('completed', {
        isJoined: true,
        execution: execution('completed', {
          ended: 'completed',
          counts: { total: 2, updates: 2, errors: 0 }
        })
      })
    ),
    run(
      'Guarded',
      ended('failed', {
        stops: [{ guard: 'removes', count: 40, allowed: 3, identities: ['planted@example.com'] }]
      })
    ),
    run('Going on', { outcome: 'running', execution: execution('running'), isJoined: false }),
    run('After', { outcome: 'skipped', because: `sync "${hostile}", after which it runs, is not done` }),
    run('Busy', {
      outcome: 'failed',
      problem: diagnostic({ code: 'P801', message: 'sync "Busy" runs already' })
    })
  ],
  header,
  look,
  { problems: [], conditions: [], interrupted: false, isNamed: false }
)

export const answers: Record<string, Answer> = {
  'plan-tutorial': planAnswer(plan(tutorial)),
  'plan-everything': planAnswer(situation.everything),
  'plan-delete': planAnswer(plan([situation.deletion])),
  'plan-empty': { type: 'plan', view: planView(plan(situation.unchanged(4)), header, look) },
  'plan-hostile': planAnswer(plan([situation.hostile], situation.everything.unmanaged)),
  'drift-everything': driftAnswer(situation.everything),
  'drift-none': driftAnswer(plan(situation.unchanged(4))),
  'report-mixed': { type: 'report', view: reportView(mixed, header, look) },
  'report-runs': { type: 'report', view: { ...applied, runs: started } },
  findings,
  pull,
  organizations
}
