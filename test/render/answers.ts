import type { Plan } from '../../src/plan/plan.ts'
import type { Answer } from '../../src/render/view/answer.ts'
import { driftView } from '../../src/render/view/drift.ts'
import { planView } from '../../src/render/view/plan.ts'
import { problemsView } from '../../src/render/view/problems.ts'
import { pullView } from '../../src/render/view/pull.ts'
import { reportView } from '../../src/render/view/report.ts'
import { at, diagnostic, header, look, plan } from './builders.ts'
import { mixed } from './reports.ts'
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

export const answers: Record<string, Answer> = {
  'plan-tutorial': planAnswer(plan(tutorial)),
  'plan-everything': planAnswer(situation.everything),
  'plan-delete': planAnswer(plan([situation.deletion])),
  'plan-empty': { type: 'plan', view: planView(plan(situation.unchanged(4)), header, look) },
  'plan-hostile': planAnswer(plan([situation.hostile], situation.everything.unmanaged)),
  'drift-everything': driftAnswer(situation.everything),
  'drift-none': driftAnswer(plan(situation.unchanged(4))),
  'report-mixed': { type: 'report', view: reportView(mixed, header, look) },
  findings,
  pull,
  organizations
}
