import type { Understood } from '../../src/config/understand.ts'
import { derivedApi, isSameName } from '../../src/kinds/kind.ts'
import { addressText } from '../../src/state/resource.ts'
import { makeClock, type Clock } from './clock.ts'
import { noFaults, swarm, type InjectedFaults } from './faults.ts'
import { kindNamed } from './items.ts'
import type { Case, EditedByOthers } from './case.ts'
import { differences } from './differences.ts'
import { converges, idempotent, laws } from './invariants.ts'
import { run, understood, type Run, type Settings } from './program.ts'
import { makeRandom, type Random } from './random.ts'
import { makeScene, type Scene } from './scene.ts'
import { storyOf } from './story.ts'
import { drawWorld, type Declared, type World } from './world.ts'

/** What a simulation has seen, for those who count. */
export interface Seen {
  /** `planned`: the rest is refused for a reason that the files give. */
  is: 'planned' | 'refused' | 'not valid'
  runs: number
  requests: number
  writes: number
  changes: number
  /** True when a fault could happen and the run was there to see it. */
  met: boolean
  ended: Run['ended']
  codes: string[]
}

/** A law that was broken, with all that it takes to see why. */
export class Broken extends Error {
  override name = 'Broken'
}

export interface Options {
  /** Who decides which answer comes first; by a random latency, if absent. */
  scheduler?: Scheduler
  /** Which faults; drawn from the seed, if absent. */
  faults?: (random: Random) => InjectedFaults
  /** It is known that the world can be planned: nobody looks at first. */
  isPlanned?: true
  /** How the story of a failure ends: the line that makes it happen again. */
  again?: string
}

/** Holds answers back, and lets them go one by one. */
export interface Scheduler {
  schedule(answer: Promise<Response>): Promise<Response>
  /** Lets one go; false when none is held back. */
  release(): Promise<boolean>
}

/** One world, one run with faults, and as many without as it takes to be at rest. */
export async function simulate(world: World, options: Options = {}): Promise<Seen> {
  const clock = makeClock(options.scheduler?.release)
  const work = async (): Promise<Seen> => {
    const scene = await makeScene(world, clock)
    try {
      return await inScene(scene, clock, options)
    } finally {
      scene.service.server.close()
    }
  }
  return await clock.until(work())
}

/** The swarm: everything is drawn from the seed. */
export async function simulateSeed(seed: number): Promise<Seen> {
  return await simulate(drawWorld(seed), { again: `SIM_SEED=${seed} npm run sim` })
}

async function inScene(scene: Scene, clock: Clock, options: Options): Promise<Seen> {
  const random = makeRandom(scene.world.seed ^ 0x51ed)
  const faults = (options.faults ?? swarm)(random.fork())
  const settings: Settings = {
    clock,
    random,
    ...(options.scheduler && { schedule: options.scheduler.schedule })
  }
  const wanted = await understood(scene)
  const seen: Seen = {
    is: 'not valid',
    runs: 0,
    requests: 0,
    writes: 0,
    changes: 0,
    met: false,
    ended: 'refused',
    codes: []
  }
  if (!wanted.value) return { ...seen, codes: wanted.problems.map(({ code }) => code) }

  const runs: Run[] = []
  let looks = await scene.service.looks()
  const check = async (made: Run, calm: boolean): Promise<Run> => {
    runs.push(made)
    if (!sameBytes(made)) looks = await scene.service.looks()
    const all: Case = {
      scene,
      run: made,
      calm,
      looks,
      edited: editedIn(runs),
      recorded: recordedBefore(runs)
    }
    for (const [law, judge] of Object.entries(laws)) fail(law, judge(all), scene, runs, options)
    return made
  }
  const once = async (
    value: Understood,
    what: InjectedFaults,
    extra: Partial<Settings> = {}
  ): Promise<Run> =>
    await check(await run(scene, value, what, { ...settings, ...known(runs), ...extra }), isNothing(what))

  const glance = options.isPlanned ? undefined : await once(wanted.value, noFaults, { onlyPlan: true })
  const first = await once(wanted.value, faults)
  if (glance?.ended === 'refused') {
    const sent = Array.from(first.after).some(([id, bytes]) => first.before.get(id) !== bytes)
    if (sent && first.outsideEdits.length === 0)
      fail(
        '7 honest plan: what is refused is not carried out',
        ['something was written'],
        scene,
        runs,
        options
      )
    return {
      ...seen,
      is: 'refused',
      runs: 2,
      codes: glance.problems.map(({ code }) => code),
      met: isMet(first, faults)
    }
  }
  await comesToRest(scene, wanted.value, once, runs, options)
  const all = runs.flatMap(({ exchanges }) => exchanges)
  return {
    is: 'planned',
    runs: runs.length,
    requests: all.length,
    writes: all.filter(({ method }) => method !== 'GET').length,
    changes: (glance ?? first).plan?.changes.filter(({ action }) => action !== 'none').length ?? 0,
    met: isMet(first, faults),
    ended: first.ended,
    codes:
      first.report?.settled.flatMap(({ outcome }) =>
        outcome.outcome === 'failed' ? [outcome.problem.code] : []
      ) ?? []
  }
}

/** The faults are over: two applies are enough, a third has nothing to do, and everything is as the model says. */
async function comesToRest(
  scene: Scene,
  wanted: Understood,
  once: (value: Understood, what: InjectedFaults, extra?: Partial<Settings>) => Promise<Run>,
  runs: Run[],
  options: Options
): Promise<void> {
  const edited = editedIn(runs)
  let last: Run | undefined
  for (let apply = 0; apply < 2 && !isAtRest(last); apply++) {
    const made = await once(wanted, noFaults)
    last = made
    // What others have done may make a name mean two things, or nothing: that is a stop, and rightly so.
    if (made.ended === 'refused' && edited.ids.size > 0) return
    // What was made by hand and is gone may be more than the files know how to make.
    const failed = made.report?.settled.some(({ outcome }) => outcome.outcome === 'failed') === true
    if (failed && edited.deleted.size > 0) return
    if (made.ended === 'refused')
      fail(
        converges,
        made.problems.map(({ code, message }) => `${code} ${message}`),
        scene,
        runs,
        options
      )
  }
  // Who had nothing to do will have nothing to do again.
  if (!last || !isAtRest(last)) last = await once(wanted, noFaults)
  const left = last.plan?.changes.filter((change) => change.action !== 'none' && !isPutBack(change)) ?? []
  fail(
    converges,
    left.map((change) => `${change.action} ${addressText(change)} is left to do`),
    scene,
    runs,
    options
  )
  const writes = last.exchanges.filter(
    ({ method, path }) => method !== 'GET' && !/\/(fields|primary_keys)$/.test(path)
  )
  fail(
    idempotent,
    writes.map(({ method, path }) => `${method} ${path}`),
    scene,
    runs,
    options
  )
  fail(converges, await unlikeTheModel(scene, runs), scene, runs, options)
}

function isAtRest(made: Run | undefined): boolean {
  return (
    made?.plan?.changes.every(
      (change) => (change.action === 'none' && change.waiting === undefined) || isPutBack(change)
    ) === true
  )
}

/**
 * Keys that a source has by itself look like those that somebody set: that they were put back is never seen,
 * and a second destruction does it again, to no effect.
 */
function isPutBack({ action, kind }: { action: string; kind: string }): boolean {
  return action === 'delete' && derivedApi(kindNamed(kind))?.isAsDeclared !== undefined
}

/** The service against the model: what is declared looks as it does in the ideal service, what is removed is gone. */
async function unlikeTheModel(scene: Scene, runs: readonly Run[]): Promise<string[]> {
  const { world } = scene
  const looks = await scene.service.looks()
  const edited = editedIn(runs)
  const find = ({ kind, name }: { kind: string; name: string }) =>
    looks.filter((look) => look.kind === kind && isSameName(kindNamed(kind), look.name, name))
  const isThere = (one: { kind: string; name: string }) => find(one).some(({ reset }) => !reset)
  // Another one of this name is nobody's, where the declared one is pinned by its id.
  const isLeft = (one: Declared): boolean => {
    const pin = one.pinned && one.was !== undefined ? scene.ids[one.was] : undefined
    return pin === undefined ? isThere(one) : find(one).some(({ id, reset }) => id === pin && !reset)
  }
  if (world.operation === 'destroy')
    return world.declared
      .filter((one) => isLeft(one) && !isPutBack({ action: 'delete', kind: one.kind }))
      .map((one) => `${addressText(one)} is still there`)
  const gone = world.removed.filter(isThere)
  return [
    ...gone.map((one) => `${addressText(one)} is still there`),
    ...world.declared.flatMap((one) => {
      const id = one.was === undefined ? undefined : scene.ids[one.was]
      const there = find(one).find((look) => look.id === id) ?? find(one)[0]
      if (!there) return [`${addressText(one)} is not there`]
      // What is in no list is told apart by what it belongs to: for another connection it is another one.
      const isListed = derivedApi(kindNamed(one.kind)) === undefined
      const isOther = isListed && id !== undefined && there.id !== id && edited.ids.size === 0
      return [
        ...(isOther ? [`${addressText(one)} is another one than before`] : []),
        ...differences(scene, one, there, edited)
      ]
    })
  ]
}

/** Between two runs nothing happens. */
function known(runs: readonly Run[]): Partial<Settings> {
  const last = runs.at(-1)
  return last ? { before: last.after } : {}
}

function sameBytes({ before, after }: Run): boolean {
  return before.size === after.size && Array.from(before).every(([id, bytes]) => after.get(id) === bytes)
}

function recordedBefore(runs: readonly Run[]): Set<string> {
  return new Set(runs.slice(0, -1).flatMap(({ exchanges }) => exchanges.flatMap(({ key }) => key ?? [])))
}

function editedIn(runs: readonly Run[]): EditedByOthers {
  const all = runs.flatMap(({ outsideEdits }) => outsideEdits)
  const deleted = all.filter(({ how }) => how === 'delete')
  return { ids: new Set(all.map(({ id }) => id)), deleted: new Set(deleted.map(({ id }) => id)) }
}

function fail(
  law: string,
  wrong: readonly string[],
  scene: Scene,
  runs: readonly Run[],
  options: Options
): void {
  if (wrong.length === 0) return
  throw new Broken(storyOf(law, wrong, scene, runs, options.again ?? `seed ${scene.world.seed}`))
}

function isNothing({ server, way }: InjectedFaults): boolean {
  return server.length === 0 && way.length === 0
}

/** Whether the run was long enough to meet the first of its faults. */
function isMet(made: Run, { server, way }: InjectedFaults): boolean {
  const first = Math.min(
    ...server.map((fault) => fault.request ?? fault.skip ?? 0),
    ...way.map(({ at }) => at)
  )
  return made.exchanges.length > first
}
