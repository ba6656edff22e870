import { expect, test } from 'vitest'
import { kinds } from '../../src/kinds/index.ts'
import { decide } from '../../src/plan/decide.ts'
import type { DecideOptions } from '../../src/plan/options.ts'
import { savedPlan } from '../../src/plan/saved.ts'
import type { Desired, LiveState, Removed } from '../../src/state/resource.ts'
import { declared, noOptions, removed, service } from './world.ts'
import { isFew } from '../support/samples.ts'

/**
 * Twice as many resources are twice as much work. What is counted are looks at resources, not seconds: a slow
 * machine changes nothing.
 */

interface Input {
  resources: Desired[]
  live: LiveState
  gone?: Removed[]
  options?: DecideOptions
}

/** `size` models that read from one connection, as they are live and as they are declared. */
function world(size: number, table: { live: string; now: string }, name = 'M'): Input {
  const rows = Array.from({ length: size }, (_, at): [string, string, string, object] => [
    'model',
    `${name}${at}`,
    `m${at}`,
    { connection_id: 'c', configuration: { table: `${table.live}${at}` } }
  ])
  const models = Array.from({ length: size }, (_, at) =>
    declared('model', `M${at}`, { connection: 'C', configuration: { table: `${table.now}${at}` } })
  )
  return {
    live: service(['connection', 'C', 'c', { type: { id: 'csv' } }], ...rows),
    resources: [declared('connection', 'C', { type: 'csv' }), ...models]
  }
}

const same = { live: 'a', now: 'a' }
const baseOf = (resources: Desired[]) => ({ revision: 'a', commit: 'a', resources, secretsMoved: [] })
const connections = ({ resources }: Input): Desired[] =>
  resources.filter(({ kind }) => kind === 'connection')

const shapes: Record<string, (size: number) => Input> = {
  'nothing differs': (size) => world(size, same),
  'everything differs': (size) => world(size, { live: 'a', now: 'b' }),
  'everything is new': (size) => ({
    ...world(size, same),
    live: service(['connection', 'C', 'c', { type: { id: 'csv' } }])
  }),
  'everything looks like something': (size) => ({
    ...world(size, same),
    live: world(size, same, 'Other').live
  }),
  'everything is removed': (size) => {
    const all = world(size, same)
    const gone = all.resources.filter(({ kind }) => kind === 'model')
    return { ...all, resources: connections(all), gone: gone.map(({ name }) => removed('model', name)) }
  },
  'half is removed, and half stays': (size) => {
    const all = world(size, same)
    const [kept, gone] = [all.resources.slice(0, size / 2), all.resources.slice(size / 2)]
    return { ...all, resources: kept, gone: gone.map(({ name }) => removed('model', name)) }
  },
  'everything is pruned': (size) => {
    const all = world(size, same)
    const base = { ...baseOf(all.resources) }
    base.resources = base.resources.map((one) => ({
      ...one,
      lifecycle: { ...one.lifecycle, preventDestroy: true }
    }))
    return { ...all, resources: connections(all), options: { base, prune: true } }
  },
  'everything has a base': (size) => {
    const all = world(size, { live: 'a', now: 'b' })
    return { ...all, options: { base: baseOf(world(size, same).resources) } }
  },
  'everything is renamed': (size) => {
    const all = world(size, same)
    const renamed = all.resources.map((one) =>
      one.kind === 'model'
        ? { ...one, name: `N${one.name}`, lifecycle: { ...one.lifecycle, renamedFrom: [one.name] } }
        : one
    )
    return { ...all, resources: renamed }
  },
  'every reference is wrong': (size) => {
    const all = world(size, same)
    const wrong = Array.from({ length: size }, (_, at) =>
      declared('model', `M${at}`, { connection: `X${at}` })
    )
    return { ...all, resources: [...connections(all), ...wrong] }
  },
  'everything is there twice': (size) => {
    const all = world(size, same)
    const twins = all.live.resources.filter(({ kind }) => kind === 'model')
    const resources = [...all.live.resources, ...twins.map((one) => ({ ...one, id: `${one.id}x` }))]
    return { ...all, live: { ...all.live, resources } }
  }
}

/** How often anything of a resource is looked at, while a plan is made and saved. */
function looks({ resources, live, gone = [], options = {} }: Input): number {
  let count = 0
  const counted = <T extends object>(one: T): T =>
    new Proxy(one, {
      get(target, key) {
        count += 1
        return Reflect.get(target, key) as unknown
      }
    })
  const desired = { workspace: {}, resources: resources.map(counted), removed: gone.map(counted) }
  const observed = { ...live, resources: live.resources.map(counted) }
  const limits = { maxDeletes: Infinity, maxUpdates: Infinity }
  const base = options.base && { ...options.base, resources: options.base.resources.map(counted) }
  const made = decide(desired, observed, kinds, { ...limits, ...options, ...(base && { base }) })
  const literals = { hashOf: () => undefined, keyHash: () => 'k' }
  const making = {
    desired,
    observed,
    kinds,
    service: 's',
    apiVersion: '2025-09-18',
    options: noOptions,
    literals
  }
  if (made.ok) savedPlan(made.value, making)
  return count
}

test.each(Object.entries(shapes))('%s', (_name, shape) => {
  const [once, twice, fourTimes] = (isFew ? [100, 200, 400] : [200, 400, 800]).map((size) =>
    looks(shape(size))
  ) as [number, number, number]
  expect(once).toBeGreaterThan(200)
  expect(twice / once).toBeLessThan(2.2)
  expect(fourTimes / twice).toBeLessThan(2.2)
})
