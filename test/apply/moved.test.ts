import { describe, expect, test } from 'vitest'
import { openKnowledge } from '../../src/apply/knowledge.ts'
import { removedProblem, movedProblem } from '../../src/apply/moved.ts'
import type { Plan, Update } from '../../src/plan/plan.ts'
import type { Desired, Removed } from '../../src/state/resource.ts'
import type { JsonObject } from '../../src/state/value.ts'
import { changeOf, declared, planFor, removed, service } from '../plan/world.ts'
import { kindNamed } from '../support/exchange.ts'

const csv = { type: { id: 'csv' }, configuration: { url: 'u' } }
const planned = { connection_id: 'c1', configuration: { table: 't', more: 1 }, fields: [{ name: 'a' }] }
const observed = service(['connection', 'C', 'c1', csv], ['model', 'M', 'm1', planned])
const connection = declared('connection', 'C', { type: 'csv', configuration: { url: 'u' } })
const model = (lifecycle: object = {}): Desired =>
  declared('model', 'M', { connection: 'C', configuration: { table: 'new' } }, lifecycle)

/** The notes of the conflict, when the service has this just before the change; none where there is none. */
function reported(
  now: JsonObject,
  resources = [connection, model()],
  gone: Removed[] = [],
  live = observed
) {
  const plan = planFor(resources, live, gone) as Plan
  const knowledge = openKnowledge(plan, live, '2025-09-18')
  const wire = { id: 'm1', name: 'M', ...planned, ...now }
  return movedProblem(changeOf(plan, 'M') as Update, kindNamed('model'), wire, {
    observed: live,
    knowledge
  })
}

const notes = (...given: Parameters<typeof reported>): string[] | undefined => reported(...given)?.notes

describe('R25: what moved between the plan and its change', () => {
  test('is a conflict that names the field, and who moved it when', () => {
    expect(reported({ configuration: { table: 'theirs', more: 1 } })).toMatchObject({
      code: 'P618',
      message: 'model "M" changed after it was planned: nothing was sent',
      labels: [{ text: 'this was planned on other grounds' }],
      notes: ['changed: configuration.table'],
      help: ['run `polyctl plan` to see both sides, then apply again']
    })
    const by = { updated_by: { name: 'Ada' }, updated_at: '2026-01-01' }
    const configuration = { table: 'theirs' }
    expect(notes({ configuration, ...by })?.at(-1)).toBe('last changed at 2026-01-01 by Ada')
    expect(notes({ configuration, updated_at: '2026-01-01' })?.at(-1)).toBe('last changed at 2026-01-01')
    expect(notes({ configuration, updated_by: { name: 'Ada' } })?.at(-1)).toBe('last changed by Ada')
    expect(notes({ configuration, updated_by: 'Ada', updated_at: 1 })).toEqual([
      'changed: configuration.table'
    ])
  })

  test('is nothing where all that is compared is as it was', () => {
    expect(reported({})).toBeUndefined()
    expect(reported({ updated_at: 'later', configuration: { table: 't', more: 2 } })).toBeUndefined()
    expect(reported({ fields: [{ name: 'b' }] })).toBeUndefined()
  })

  test('may be what it refers to', () => {
    expect(notes({ connection_id: 'c2' })).toEqual(['changed: connection'])
    // Another one of the same name is another one.
    const model = ['model', 'M', 'm1', planned] as [string, string, string, object]
    const twins = service(['connection', 'C', 'c1', csv], ['connection', 'C', 'c2', csv], model)
    const gone = [removed('model', 'M')]
    expect(notes({}, [], gone, twins)).toBeUndefined()
    expect(notes({ connection_id: 'c2' }, [], gone, twins)).toEqual(['changed: connection'])
  })

  test('may be its name', () => {
    expect(notes({ name: 'N' })).toEqual(['changed: name'])
  })

  test('may be anything, where it is to be deleted', () => {
    const gone = [removed('model', 'M')]
    expect(notes({}, [connection], gone)).toBeUndefined()
    expect(notes({ configuration: { table: 't', more: 2 } }, [connection], gone)).toEqual([
      'changed: configuration'
    ])
    expect(notes({ name: 'N', fields: [{ name: 'b' }] }, [connection], gone)).toEqual([
      'changed: fields',
      'changed: name'
    ])
  })

  test('is nobody’s business where it is ignored', () => {
    const ignoring = model({ ignore: ['configuration.table'] })
    expect(notes({ configuration: { table: 'theirs' } }, [connection, ignoring])).toBeUndefined()
    expect(notes({ name: 'N', configuration: { table: 'theirs' } }, [connection, ignoring])).toEqual([
      'changed: name'
    ])
  })

  test('is its name alone, where the plan knew nothing else', () => {
    const partial = {
      ...observed,
      resources: observed.resources.map((one) => (one.id === 'm1' ? { ...one, partial: true } : one))
    }
    const gone = [removed('model', 'M')]
    expect(notes({ configuration: { table: 'theirs' } }, [connection], gone, partial)).toBeUndefined()
    expect(notes({ name: 'N' }, [connection], gone, partial)).toEqual(['changed: name'])
  })

  test('cannot be told of what nobody observed', () => {
    const plan = planFor([connection, model()], observed) as Plan
    const knowledge = openKnowledge(plan, observed, '2025-09-18')
    // Another kind may have the same id.
    const others = { ...observed, resources: observed.resources.map((one) => ({ ...one, kind: 'sync' })) }
    const change = changeOf(plan, 'M') as Update
    const wire = { id: 'm1', name: 'N', ...planned }
    expect(movedProblem(change, kindNamed('model'), wire, { observed: others, knowledge })).toBeUndefined()
  })
})

test('what somebody deleted meanwhile is told', () => {
  expect(removedProblem(changeOf(planFor([connection, model()], observed), 'M') as Update)).toMatchObject({
    code: 'P618',
    message: 'model "M" was deleted after it was planned: nothing was sent',
    labels: [{ text: 'this was planned on other grounds' }],
    help: ['run `polyctl plan`: it would be made anew, or is to leave the files']
  })
})
