import type { WorldIo } from '../../src/commands/io.ts'
import type { FaultPlan, ServerOptions } from '../../src/server/index.ts'
import { expect } from 'vitest'
import { memoryConnectors, memorySystem, type MemorySystem } from '../server/runner/memory.ts'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'
import { peopleFile } from './people-file.ts'

/** Two syncs of a system in memory, of a server that runs them. */

export const people = [
  { email: 'ada@example.com', name: 'Ada' },
  { email: 'alan@example.com', name: 'Alan' }
]

/** A model and two syncs of a system in memory; the second runs after the first. */
const files = {
  'configs/a.yaml': `${peopleFile()}
  - <<: *people
    name: Copies
    target: { connection: Store, object: copies }
    schedule: { frequency: runafter, run_after: { syncs: [People] } }
`
}

export interface Setting {
  system?: MemorySystem
  fault?: FaultPlan['faults'][number]
  sleep?: NonNullable<ServerOptions['sleep']>
  io?: Partial<WorldIo>
}

export async function world({
  system = memory(),
  fault,
  io,
  sleep = () => Promise.resolve()
}: Setting = {}): Promise<Sandbox & { system: MemorySystem }> {
  const made = createSandbox({
    files,
    env: { PASSWORD: 'p' },
    server: {
      sleep,
      run: { fetch: (request) => fetch(request), connectors: memoryConnectors(system) }
    },
    ...(io === undefined ? {} : { io })
  })
  const applied = await made.run('apply', '--yes', '--no-check', '--quiet')
  expect(applied).toMatchObject({ code: 0 })
  if (fault !== undefined) made.server.faults.add(fault)
  made.requests()
  return Object.assign(made, { system })
}

export function memory(more: Partial<MemorySystem> = {}): MemorySystem {
  return memorySystem({ rows: new Map([['people', people]]), ...more })
}

/** Refuses Alan. */
export const refusing: MemorySystem['before'] = ({ records }) =>
  records.map(({ values }) =>
    values.includes('Alan')
      ? { state: 'rejected', code: 'INVALID', message: 'is not valid' }
      : { state: 'done' }
  )
