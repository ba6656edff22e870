import type { ApplyEvent, Report } from '../../src/apply/events.ts'
import type { Understood } from '../../src/config/understand.ts'
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts'
import { kinds } from '../../src/kinds/index.ts'
import type { Plan } from '../../src/plan/plan.ts'
import { carryOut, plan, planDestroy } from '../../src/reconcile.ts'
import type { RemoteOptions } from '../../src/remote/options.ts'
import { openReader, openWriter } from '../../src/remote/transport.ts'
import { read } from '../support/reading.ts'
import type { Clock } from './clock.ts'
import type { InjectedFaults } from './faults.ts'
import { openNetwork, type Exchange, type OutsideEdit } from './network.ts'
import type { Random } from './random.ts'
import type { Scene } from './scene.ts'
import { ourKey } from './service.ts'
import { environmentOf, filesOf, type Operation } from './world.ts'

/** Everything that could be seen of one process: what it sent, what it told, how it ended. */
export interface Run {
  operation: Operation
  faults: InjectedFaults
  ended: 'finished' | 'refused' | 'killed' | 'not listened to'
  plan?: Plan
  /** How many of the exchanges were for the plan. */
  planning: number
  exchanges: Exchange[]
  outsideEdits: OutsideEdit[]
  events: ApplyEvent[]
  report?: Report
  problems: Diagnostic[]
  traces: string[]
  /** What was there before and after, to the byte, by id. */
  before: Map<string, string>
  after: Map<string, string>
  /** Milliseconds. */
  took: number
}

/** What every process of a simulation has in common. */
export interface Settings {
  clock: Clock
  random: Random
  /** Decides which answer comes first, in place of a random latency. */
  schedule?: (answer: Promise<Response>) => Promise<Response>
  /** Only look: plan, and carry nothing out. */
  onlyPlan?: true
  /** What is there, where somebody knows. */
  before?: Map<string, string>
}

/** What the files of the scene mean; undefined where they mean nothing, and why. */
export async function understood(scene: Scene): Promise<{ value?: Understood; problems: Diagnostic[] }> {
  const files = filesOf(scene.world, (was) => scene.ids[was])
  const { result } = await read(files, { env: environmentOf(scene.world) })
  return result.ok ? result : { problems: result.problems }
}

/** One process, from its start to whatever end it has. */
export async function run(
  scene: Scene,
  wanted: Understood,
  faults: InjectedFaults,
  { clock, random, schedule, onlyPlan, before }: Settings
): Promise<Run> {
  const { world, service } = scene
  const interruption = gate()
  const silence = gate()
  const network = openNetwork(service, clock, faults, {
    random,
    pageSize: world.pageSize,
    hooks: { interrupt: interruption.open, stopListening: silence.open },
    ...(schedule && { schedule })
  })
  service.settle()
  service.server.faults.clear()
  service.server.faults.add(...faults.server)
  const result: Run = {
    operation: world.operation,
    faults,
    ended: 'finished',
    planning: 0,
    exchanges: network.exchanges,
    outsideEdits: network.outsideEdits,
    events: [],
    problems: [],
    traces: [],
    before: before ?? service.bytes(),
    after: new Map(),
    took: 0
  }
  const began = clock.now()
  const remote: RemoteOptions = {
    url: 'http://polytomic.test',
    authorization: `Bearer ${ourKey}`,
    version: world.version,
    fetch: network.fetch,
    parallelism: world.parallelism,
    timeoutMs: 30_000,
    timer: clock.timer,
    newKey: () => random.uuid(),
    backoffMs: 300,
    sleep: clock.sleep,
    now: clock.now,
    random: () => random.next(),
    trace: (line) => result.traces.push(line)
  }
  const work = async (): Promise<'done'> => {
    const decided = await (world.operation === 'destroy'
      ? planDestroy(wanted, openReader(remote), kinds)
      : plan(wanted, openReader(remote), kinds, {}))
    result.planning = network.exchanges.length
    result.problems = decided.problems
    if (!decided.ok) {
      result.ended = 'refused'
      return 'done'
    }
    result.plan = decided.value.plan
    if (onlyPlan) return 'done'
    const events = carryOut(decided.value.plan, openWriter(remote), {
      kinds,
      vault: wanted.vault,
      observed: decided.value.observed,
      parallelism: world.parallelism,
      failFast: false,
      wait: false,
      links: true,
      interrupted: interruption.passed
    })
    for await (const event of events) {
      result.events.push(event)
      if (event.type === 'end') result.report = event.report
      if (silence.isOpen()) {
        result.ended = 'not listened to'
        break
      }
    }
    return 'done'
  }
  const end = await Promise.race([work(), network.killed])
  if (end === 'killed') result.ended = 'killed'
  service.server.faults.clear()
  await network.settled()
  clock.forget()
  result.after = service.bytes()
  result.took = clock.now() - began
  return result
}

interface Gate {
  open(): void
  isOpen(): boolean
  passed: Promise<void>
}

function gate(): Gate {
  let opened = false
  let pass: () => void = () => undefined
  const passed = new Promise<void>((resolve) => (pass = resolve))
  return {
    open() {
      opened = true
      pass()
    },
    isOpen: () => opened,
    passed
  }
}
