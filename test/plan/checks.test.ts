import { expect, test } from 'vitest'
import type { Kind, Kinds } from '../../src/kinds/kind.ts'
import { checkPlan, type Ask } from '../../src/plan/checks.ts'
import { decide } from '../../src/plan/decide.ts'
import type { Inquiry, PlannedResource } from '../../src/state/question.ts'
import { kindNamed } from '../support/exchange.ts'
import { declared, service } from './world.ts'

/** A kind that asks for two objects, the second once it knows the first. */
function kinds(seen: string[]): Kinds {
  const model: Kind = {
    ...kindNamed('model'),
    checks({ address }: PlannedResource, { ask }: Inquiry) {
      const at = {
        kind: 'connection',
        id: address.includes('Slow') ? 'slow' : 'fast',
        address: 'connection'
      }
      const first = ask({ about: 'target', at, object: 'first' })
      if (!first) return []
      const second = ask({ about: 'target', at, object: 'second' })
      seen.push(`${address} ${first.ok} ${second?.ok}`)
      if (!second) return []
      return second.ok ? [] : [{ unasked: at, why: second.words }]
    }
  }
  return { managed: [kindNamed('connection'), model] }
}

const live = service(['connection', 'C', 'c'])
const item = { connection: 'C', configuration: {} }
const resources = ['Slow', 'Fast', 'Other'].map((name) => declared('model', name, item))
const desired = { workspace: {}, resources, removed: [] }

test('R39: each check waits for its own answers only, and equal questions are one', async () => {
  const seen: string[] = []
  const all = kinds(seen)
  const decision = decide(desired, live, all)
  if (!decision.ok) throw new Error('no plan')
  const questions: string[] = []
  const release = Promise.withResolvers<void>()
  const ask: Ask = async (question) => {
    const text = `${question.at.id} ${'object' in question ? question.object : ''}`
    questions.push(text)
    // What is slow is answered when all others know everything.
    if (question.at.id === 'slow') await release.promise
    if (text === 'fast second') setTimeout(() => release.resolve(), 5)
    return { ok: false, refused: false, words: 'down' }
  }
  const problems = await checkPlan({ plan: decision.value, desired, observed: live, kinds: all }, ask)
  expect(questions).toEqual(['fast first', 'slow first', 'fast second', 'slow second'])
  expect(problems.map(({ code, severity, notes }) => [code, severity, notes])).toEqual([
    ['P428', 'warning', ['down', '2 resources are concerned']],
    ['P428', 'warning', ['down']]
  ])
})

test('R39: what stays as it is, or goes, is not checked', async () => {
  const seen: string[] = []
  const all = kinds(seen)
  const there = service(
    ['connection', 'C', 'c'],
    ['model', 'Slow', 'm', { connection_id: 'c', configuration: {} }]
  )
  const same = { ...desired, resources: [resources[0]!], removed: [] }
  const decision = decide(same, there, all)
  if (!decision.ok) throw new Error('no plan')
  expect(decision.value.changes.map(({ action }) => action)).toEqual(['none'])
  const ask: Ask = () => Promise.reject(new Error('nothing is to be asked'))
  expect(
    await checkPlan({ plan: decision.value, desired: same, observed: there, kinds: all }, ask)
  ).toEqual([])
})
