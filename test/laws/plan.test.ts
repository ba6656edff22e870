import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { kinds } from '../../src/kinds/index.ts'
import { decide, decideDestroy } from '../../src/plan/decide.ts'
import { match } from '../../src/plan/match.ts'
import { isKept, liveId } from '../../src/plan/details.ts'
import type { Change, Plan } from '../../src/plan/plan.ts'
import { addressText, type Desired, type Live } from '../../src/state/resource.ts'
import { referencesIn } from '../../src/state/value.ts'
import { isFew } from '../support/samples.ts'
import { liveOf, world, type World } from '../support/states.ts'

const runs = { numRuns: Number(process.env['LAW_RUNS'] ?? 150) }

function planOf({ desired, live }: World, limits = { maxDeletes: Infinity }): Plan | undefined {
  const decision = decide(desired, live, kinds, limits)
  return decision.ok ? decision.value : undefined
}

/** Codes of what is refused, without their places. */
function refusals({ desired, live }: World, limits = {}): string[] {
  return decide(desired, live, kinds, limits).problems.map(({ code, message }) => `${code} ${message}`)
}

function byText(plan: Plan): Map<string, Change> {
  return new Map(plan.changes.map((change) => [addressText(change), change]))
}

test('most generated worlds can be planned, and all actions occur: else the laws below say little', () => {
  const plans = fc.sample(world, { numRuns: isFew ? 60 : 200, seed: 1 }).map((one) => planOf(one))
  const actions = new Set(plans.flatMap((plan) => plan?.changes.map(({ action }) => action) ?? []))
  expect([...actions].toSorted()).toEqual(['create', 'delete', 'none', 'rename', 'update'])
  expect(plans.filter((plan) => plan !== undefined).length).toBeGreaterThan(plans.length / 4)
})

test('the order of the input does not matter', () => {
  const shuffled = world.chain((one) =>
    fc
      .tuple(
        fc.shuffledSubarray(one.desired.resources, { minLength: one.desired.resources.length }),
        fc.shuffledSubarray(one.desired.removed, { minLength: one.desired.removed.length }),
        fc.shuffledSubarray(one.live.resources, { minLength: one.live.resources.length })
      )
      .map(([resources, removed, live]) => ({
        one,
        other: {
          desired: { ...one.desired, resources, removed },
          live: { ...one.live, resources: live }
        }
      }))
  )
  fc.assert(
    fc.property(shuffled, ({ one, other }) => {
      const [a, b] = [one, other].map((input) =>
        decide(input.desired, input.live, kinds, { maxDeletes: 2 })
      )
      expect(b!.ok && b!.value).toEqual(a!.ok && a!.value)
      const reported = [a, b].map((decision) => decision!.problems.map(({ code }) => code).toSorted())
      expect(reported[1]).toEqual(reported[0])
    }),
    runs
  )
})

test('a plan is plain data', () => {
  fc.assert(
    fc.property(world, (one) => {
      const plan = planOf(one)
      expect(JSON.parse(JSON.stringify(plan ?? null))).toEqual(plan ?? null)
    }),
    runs
  )
})

test('what the files say already is no change', () => {
  fc.assert(
    fc.property(world, ({ desired }) => {
      // Live things are made of the very items that are wanted, and nothing else.
      const items = desired.resources.map(({ kind, name }) => ({ kind, name }))
      const made = liveOfDesired(desired.resources)
      const plan = decide(
        { ...desired, resources: desired.resources.map(unpinned), removed: [] },
        made,
        kinds
      )
      if (!plan.ok) {
        expect(plan.problems.map(({ code }) => code)).toContain('P402')
        return
      }
      expect(plan.value.changes.map(({ kind, name, action }) => ({ kind, name, action }))).toEqual(
        plan.value.changes.map(({ kind, name }) => ({ kind, name, action: 'none' }))
      )
      expect(plan.value.changes).toHaveLength(items.length)
    }),
    runs
  )
})

test('nothing waits for itself, however far round', () => {
  fc.assert(
    fc.property(world, (one) => {
      const plan = planOf(one)
      const destroyed = decideDestroy(one.desired, one.live, kinds)
      for (const each of [plan, destroyed.ok ? destroyed.value : undefined])
        if (each) expect(stuck(each)).toEqual([])
    }),
    runs
  )
})

test('what is made waits for what it names, and what is deleted waits for what used it', () => {
  fc.assert(
    fc.property(world, ({ desired, live }) => {
      const plan = planOf({ desired, live })
      if (!plan) return
      const changes = byText(plan)
      const declared = match(desired, live, kinds).match
      for (const [text, change] of changes) {
        if (change.action === 'none' || change.action === 'delete') continue
        const needed = referencesIn(change.wanted)
          .map((reference) => addressText({ kind: reference.$ref, name: reference.name ?? '' }))
          .filter(
            (other) => other !== text && !['none', 'delete', undefined].includes(changes.get(other)?.action)
          )
        expect(change.after).toEqual(expect.arrayContaining(needed))
      }
      for (const user of live.resources) {
        const text = addressText(declared.declaredBy(user) ?? user)
        const change = changes.get(text)
        if (!change || liveId(change) !== user.id || change.action === 'none') continue
        for (const used of plan.changes.filter(
          (one) => one.action === 'delete' && user.uses.some((use) => use.id === one.id)
        )) {
          if (addressText(used) === text || waitsFor(changes, text, addressText(used))) continue
          expect(used.after).toContain(text)
        }
      }
    }),
    runs
  )
})

test('nothing is deleted but what `removed` names', () => {
  fc.assert(
    fc.property(world, ({ desired, live }) => {
      const plan = planOf({ desired, live })
      const asked = new Set(desired.removed.map(addressText))
      const deleted = plan?.changes.filter(({ action }) => action === 'delete') ?? []
      expect(deleted.filter((change) => !asked.has(addressText(change)))).toEqual([])
      const cautious = planOf({ desired: { ...desired, removed: [] }, live })
      expect(cautious?.changes.some(({ action }) => action === 'delete') ?? false).toBe(false)
    }),
    runs
  )
})

test('a live resource is at most one declared one, of its kind', () => {
  fc.assert(
    fc.property(world, ({ desired, live }) => {
      const { match: found, problems } = match(desired, live, kinds)
      const pairs = desired.resources.flatMap((one) => found.liveOf(one) ?? [])
      if (!problems.some(({ code }) => code === 'P405')) expect(new Set(pairs).size).toBe(pairs.length)
      for (const one of desired.resources) expect([one.kind, undefined]).toContain(found.liveOf(one)?.kind)
    }),
    runs
  )
})

test('a resource is ambiguous if and only if two candidates remain', () => {
  fc.assert(
    fc.property(world, ({ desired, live }) => {
      const resources = desired.resources.map((one) => ({ ...one, uses: [] }))
      const { problems } = match({ ...desired, resources }, live, kinds)
      const reported = problems.filter(({ code }) => code === 'P401')
      expect(reported).toHaveLength(
        resources.filter((one) => candidates(one, resources, live.resources).length > 1).length
      )
    }),
    runs
  )
})

test('with one removal less, a plan is refused only because something goes on using something else', () => {
  fc.assert(
    fc.property(world, fc.nat(5), ({ desired, live }, at) => {
      const fewer = { ...desired, removed: desired.removed.filter((_, index) => index !== at) }
      const [before, after] = [
        refusals({ desired, live }, { maxDeletes: 1 }),
        refusals({ desired: fewer, live }, { maxDeletes: 1 })
      ]
      const added = after.filter((text) => !before.includes(text))
      expect(added.filter((text) => !text.startsWith('P502') && !text.startsWith('P504 '))).toEqual([])
      if (!before.some((text) => text.startsWith('P504')))
        expect(after.some((text) => text.startsWith('P504'))).toBe(false)
    }),
    runs
  )
})

test('a resource that something will use is never deleted', () => {
  fc.assert(
    fc.property(world, ({ desired, live }) => {
      const plan = planOf({ desired, live })
      const deleted = new Set(
        plan?.changes.flatMap((change) => (change.action === 'delete' ? change.id : []))
      )
      const used =
        plan?.changes.flatMap((change) => (isKept(change) ? Object.values(change.ids) : [])) ?? []
      expect(used.filter((id) => deleted.has(id))).toEqual([])
    }),
    runs
  )
})

test('what is neither declared nor removed is counted and named', () => {
  fc.assert(
    fc.property(world, ({ desired, live }) => {
      const plan = planOf({ desired, live })
      for (const { kind, live: all, declared, names } of plan?.unmanaged ?? []) {
        const own = live.resources.filter((one) => one.kind === kind)
        const touched = plan!.changes.filter((change) => change.kind === kind && change.action !== 'create')
        const deleted = touched.filter(({ action }) => action === 'delete').length
        expect([all, declared]).toEqual([own.length, touched.length - deleted])
        expect(names).toHaveLength(own.length - touched.length)
      }
    }),
    runs
  )
})

function unpinned({ id: _id, ...one }: Desired): Desired {
  return { ...one, lifecycle: { ...one.lifecycle, renamedFrom: [] } }
}

/** A service that holds exactly what is wanted. */
function liveOfDesired(resources: readonly Desired[]) {
  return liveOf(resources.map(({ kind, name, fields }) => ({ kind, name, item: {}, fields })))
}

/** Changes that never can start. */
function stuck(plan: Plan): string[] {
  const waiting = byText(plan)
  for (let moved = true; moved;) {
    moved = false
    for (const [text, change] of waiting) {
      if (change.after.some((other) => waiting.has(other))) continue
      waiting.delete(text)
      moved = true
    }
  }
  return [...waiting.keys()]
}

/** Whether, directly or not, one waits for the other. */
function waitsFor(changes: ReadonlyMap<string, Change>, one: string, other: string): boolean {
  const seen = new Set<string>()
  const queue = [one]
  for (const text of queue) {
    if (text === other) return true
    if (seen.has(text)) continue
    seen.add(text)
    queue.push(...(changes.get(text)?.after ?? []))
  }
  return false
}

/** The live resources that a declared one could be: a pin decides, and takes its resource away from the others; then names, in their order. */
function candidates(one: Desired, declared: readonly Desired[], live: readonly Live[]): Live[] {
  if (one.id !== undefined) return []
  const pins = new Set(declared.map(({ id }) => id))
  for (const name of [one.name, ...one.lifecycle.renamedFrom]) {
    const all = live.filter((other) => other.kind === one.kind && other.name === name)
    const found = all.length > 1 ? all.filter((other) => !pins.has(other.id)) : all
    if (found.length > 0) return found
  }
  return []
}
