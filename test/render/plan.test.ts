import { expect, test } from 'vitest'
import type { Plan } from '../../src/plan/plan.ts'
import { added, change, changed, header, look, plan, removed, source } from './builders.ts'
import * as situation from './situations.ts'
import { tutorial } from './tutorial.ts'
import { renderPlan } from '../support/rendered.ts'

const short = { verbose: false }

const situations: Record<string, Plan> = {
  'plan-empty': plan(situation.unchanged(4)),
  'plan-nothing-declared': plan([]),
  'plan-one-create': plan(tutorial.slice(0, 1)),
  'plan-tutorial': plan(tutorial),
  'plan-create-by-leaves': plan([situation.createByLeaves]),
  'plan-update-nested': plan([situation.nestedUpdate, ...situation.unchanged(3)]),
  'plan-update-values': plan([situation.valueUpdate]),
  'plan-long-text': plan([situation.sqlUpdate]),
  'plan-rename': plan([situation.rename]),
  'plan-delete': plan([situation.deletion]),
  'plan-waiting': plan([situation.waiting, ...situation.unchanged(2)]),
  'plan-unmanaged': plan(situation.unchanged(2), situation.everything.unmanaged),
  'plan-hostile': plan([situation.hostile], situation.everything.unmanaged),
  'plan-everything': situation.everything,
  'plan-200-changes': situation.many(200)
}

for (const [name, value] of Object.entries(situations)) {
  test(`the text of ${name}`, async () => {
    await expect(renderPlan(value, header, look, short)).toMatchFileSnapshot(`../golden/${name}.txt`)
  })
}

test('verbose names what is left alone, and why things happen in this order', async () => {
  const text = renderPlan(situation.everything, header, look, { verbose: true })
  await expect(text).toMatchFileSnapshot('../golden/plan-everything-verbose.txt')
})

test('a narrow terminal gets narrow lines', async () => {
  const text = renderPlan(situation.everything, header, { ...look, width: 60 }, short)
  await expect(text).toMatchFileSnapshot('../golden/plan-narrow.txt')
})

test('what is deleted is told first, and never folded', () => {
  const deletions = Array.from({ length: 300 }, (_, index) =>
    change({ action: 'delete', kind: 'sync', name: `Gone ${index}` })
  )
  const text = renderPlan(plan([...situation.many(30).changes, ...deletions]), header, look, short)
  expect(text.match(/^- sync/gm)).toHaveLength(301)
  expect(text.indexOf('- sync')).toBeLessThan(text.indexOf('+ sync'))
})

test('many new resources are folded to a line each, and verbose unfolds them', () => {
  const value = situation.many(500)
  expect(renderPlan(value, header, look, short).split('\n').length).toBeLessThan(540)
  expect(renderPlan(value, header, look, { verbose: true }).split('\n').length).toBeGreaterThan(2000)
})

test('a string never looks like a value of another type', () => {
  const texts = ['42', 'true', 'null', '', ' x', '-1e5', '(none)', '[a]', 'a → b']
  const fields = texts.map((text, index) => added(['configuration', `f${index}`], text))
  const text = renderPlan(
    plan([change({ action: 'create', kind: 'model', name: 'A', fields })]),
    header,
    look,
    short
  )
  for (const each of texts) expect(text).toContain(` ${JSON.stringify(each)}\n`)
})

test('a value of a secret is not even looked at', () => {
  const secret = { $secret: 'env MONGODB_PASSWORD', value: 'hunter2' }
  const fields = [
    added(['configuration', 'password'], secret),
    changed(['a'], secret, secret),
    removed(['b'], [secret])
  ]
  const value = plan([
    change({ action: 'update', kind: 'connection', name: 'A', fields, wanted: { a: secret } })
  ])
  expect(renderPlan(value, header, look, { verbose: true })).not.toContain('hunter2')
})

test('two long texts without a line in common take no time to speak of', () => {
  const text = (word: string) => Array.from({ length: 5000 }, (_, index) => `${word} ${index}`).join('\n')
  const fields = [changed(['query'], text('old'), text('new'), { long: true })]
  const began = performance.now()
  const shown = renderPlan(
    plan([change({ action: 'update', kind: 'model', name: 'A', fields })]),
    header,
    look,
    short
  )
  expect(performance.now() - began).toBeLessThan(3000)
  expect(shown.split('\n').length).toBeLessThan(80)
})

test('an item that moved in a list without order is no change, so it is not told', () => {
  const fields = [changed(['fields', '[Email]', 'source', 'field'], 'mail', 'email')]
  const text = renderPlan(
    plan([change({ action: 'update', kind: 'sync', name: 'A', fields, unchanged: 9 })]),
    header,
    look,
    short
  )
  expect(text).toContain('  ~ fields[Email].source  mail → email\n\nPlan: ')
})

test('a mapping reads the same, in one piece or in parts', () => {
  const whole = added(['identity'], { source: source('M', 'email'), target: 'Email' })
  const parts = [
    added(['identity', 'source', 'model'], { $ref: 'model', name: 'M' }),
    added(['identity', 'source', 'field'], 'email'),
    added(['identity', 'target'], 'Email')
  ]
  const text = (fields: typeof parts) =>
    renderPlan(plan([change({ action: 'create', kind: 'sync', name: 'A', fields })]), header, look, short)
  expect(text(parts)).toBe(text([whole]))
})

test('what tells an item from others is said once, and all else of it is said', () => {
  const fields = [
    added(['parts', '[Account]'], { id: 'Account', tracking_field: 'count' }),
    added(['parts', '[Contact]'], { id: 'Contact', fields: [{ id: 'Id' }, { id: 'Email', secret: true }] }),
    added(['parts', '[Lead]'], { id: 'Lead' })
  ]
  const text = renderPlan(
    plan([change({ action: 'create', kind: 'sync', name: 'A', fields })]),
    header,
    look,
    short
  )
  const shown = text.split('\n').map((line) => line.replace(/:\d+$/, '').replace(/ +/g, ' ').trim())
  expect(shown.slice(shown.indexOf('parts') + 1, shown.indexOf('parts') + 6)).toEqual([
    '[Account].tracking_field count',
    '[Contact].fields',
    '[Id]',
    '[Email].secret true',
    '[Lead]'
  ])
})

test('the local service is told by what it is', () => {
  const text = renderPlan(plan([]), { ...header, organization: 'Local', service: 'local' }, look, short)
  expect(text).toMatch(/^Local · local Polytomic · API /)
})
