import type { Outcome, Report } from '../../src/apply/events.ts'
import type { Action } from '../../src/plan/plan.ts'
import { at, changed, diagnostic } from './builders.ts'

/** A report with its counts. */
export function report(settled: Report['settled'], interrupted = false): Report {
  const number = (name: Outcome['outcome']) => settled.filter((it) => it.outcome.outcome === name).length
  const counts = {
    done: number('done'),
    failed: number('failed'),
    skipped: number('skipped'),
    pending: number('pending')
  }
  return { settled, counts, interrupted }
}

export function settled(
  kind: string,
  name: string,
  action: Action,
  outcome: Outcome
): Report['settled'][number] {
  return { address: { kind, name }, action, outcome }
}

const id = '248df4b7-aa70-47b8-a036-33ac447e668d'

export const done: Outcome = { outcome: 'done', id, notes: [] }

export const refused: Outcome = {
  outcome: 'failed',
  problem: diagnostic({
    code: 'P601',
    message: 'the service refused model `Broken`',
    labels: [{ span: at('configs/a.yaml', 2, 11, 6), text: 'while this was created' }],
    notes: ['POST /api/models answered 422', 'the service says: collection `users` does not exist'],
    help: ['correct the model, then apply again']
  })
}

export const pending: Outcome = {
  outcome: 'pending',
  id,
  because: 'a person must authorize it',
  authorize: { url: 'https://app.polytomic.com/authorize/abc', code: 'WXYZ-1234' }
}

export const mixed = report([
  settled('connection', 'MongoDB Connection', 'create', done),
  settled('connection', 'Salesforce "Sandbox"', 'create', pending),
  settled('connection', 'HubSpot', 'create', {
    outcome: 'pending',
    because: 'the service waits for the owner'
  }),
  settled('model', 'Broken', 'create', refused),
  settled('model', 'Kept', 'update', {
    outcome: 'failed',
    problem: diagnostic({ code: 'P614', message: 'the service kept something else of model `Kept`' }),
    kept: [
      changed(['schedule', 'minute'], 0, 15),
      changed(['fields', '[Email]', 'source', 'field'], 'a', 'b')
    ]
  }),
  settled('model', 'Renamed', 'rename', {
    ...done,
    notes: ['found by its name after the answer was lost']
  }),
  settled('sync', 'Old', 'delete', done),
  settled('sync', 'Users', 'create', { outcome: 'skipped', because: 'model "Broken" failed' })
])

export const texts = new Map([['configs/a.yaml', 'models:\n  - name: Broken\n']])
