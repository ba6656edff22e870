import { expect, test } from 'vitest'
import { makeRandom } from '../simulation/random.ts'
import { isFew } from '../support/samples.ts'
import { createSandbox, type Ran, type Sandbox } from '../support/sandbox.ts'

/**
 * Several apply the same files to the same organization at the same moment, in any order of their requests and
 * answers. The service has no lock, and lets several roles, policies and bulk syncs have one name: nothing but
 * the keys of creates, which all derive alike, stands between them and twins.
 */

const files = {
  'configs/a.yaml': `
connections:
  - { name: Source, type: mongodb, configuration: { hosts: a.example.net } }
  - { name: Store, type: postgresql, configuration: { hostname: h, port: 5432, database: d, username: u, password: p } }
models:
  - { name: Users, connection: Source, configuration: { database: example, collection: users } }
syncs:
  - { name: S0, mode: replace, active: false, model: Users, fields: [{ source: email, target: email }], target: { connection: Store, object: public.users }, schedule: manual }
bulk_syncs:
  - { name: B0, mode: replicate, active: false, source: { connection: Source }, destination: { connection: Store }, default_schedule: manual }
roles: [{ name: readers }, { name: writers }]
policies: [{ name: a, policy_actions: [] }]
`
}
const declared: Record<string, number> = {
  connection: 2,
  model: 1,
  sync: 1,
  bulk_sync: 1,
  role: 2,
  policy: 1
}

type Fault = 'lost-response' | 'error-after' | 'error-before' | 'stale-list' | 'too-many-requests'
type Random = ReturnType<typeof makeRandom>

/** Lets others go on, some number of times: requests and answers of all appliers come in any order. */
async function turns(random: Random): Promise<void> {
  for (let left = random.below(12); left > 0; left--) await new Promise((resolve) => setImmediate(resolve))
}

interface Race {
  world: Sandbox
  ran: Ran[]
}

async function race(seed: number, appliers: number, faults: readonly Fault[]): Promise<Race> {
  const random = makeRandom(seed)
  const world = createSandbox({ files })
  for (const fault of faults) {
    const on = fault === 'stale-list' ? `GET ${random.pick(lists)}` : `POST ${random.pick(lists)}`
    const status = random.pick([500, 502, 503, 504])
    const skip = random.below(3)
    world.server.faults.add(
      fault === 'error-after' || fault === 'error-before'
        ? { fault, on, status, skip }
        : fault === 'stale-list'
          ? { fault, on, skip, times: 1 + random.below(6) }
          : { fault, on, skip }
    )
  }
  const fetch = async (request: Request): Promise<Response> => {
    await turns(random)
    try {
      return await world.server.fetch(request)
    } finally {
      await turns(random)
    }
  }
  const env = { POLYTOMIC_API_KEY: world.server.apiKey }
  const one = () => createSandbox({ env, io: { fetch, cwd: world.folder } }).run('apply', '--yes')
  return { world, ran: await Promise.all(Array.from({ length: appliers }, one)) }
}

const lists = [
  '/api/connections',
  '/api/models',
  '/api/syncs',
  '/api/bulk/syncs',
  '/api/permissions/roles',
  '/api/permissions/policies'
]

/** What there is too much or too little of, after all have ended. */
function wrongIn({ world }: Race): string[] {
  return Object.entries(declared).flatMap(([kind, number]) => {
    const own = world.server.store
      .all(kind as Parameters<typeof world.server.store.all>[0])
      .filter(({ name }) => namesOf(kind).includes(name))
    return own.length === number
      ? []
      : [`${own.length} of ${number} ${kind}: ${own.map(({ id }) => id).join(', ')}`]
  })
}

function namesOf(kind: string): string[] {
  return (
    {
      role: ['readers', 'writers'],
      policy: ['a'],
      bulk_sync: ['B0'],
      sync: ['S0'],
      model: ['Users'],
      connection: ['Source', 'Store']
    }[kind] ?? []
  )
}

const races = isFew ? 12 : 500

/** Runs races, and expects that each applier says that all is done, which is then true. */
async function expectNoneLost(
  appliers: number,
  faultsOf: (seed: number) => readonly Fault[]
): Promise<void> {
  for (let seed = 1; seed <= races; seed++) {
    const faults = faultsOf(seed)
    const one = await race(seed, appliers, faults)
    const what = `seed ${seed}: ${faults.join()}: ${one.ran.map(({ out, err }) => out + err).join('\n---\n')}`
    expect(wrongIn(one), what).toEqual([])
    expect(
      one.ran.map(({ code }) => code),
      what
    ).toEqual(Array.from({ length: appliers }, () => 0))
    expect((await one.world.run('plan', '--detailed-exitcode')).code, what).toBe(0)
  }
}

test.each([2, 3])(
  '%i appliers at once, without faults: no twins, nothing lost, each ends well',
  (appliers) => expectNoneLost(appliers, () => [])
)

test.each([2, 3])('%i appliers at once, with faults', (appliers) => {
  const all: Fault[] = ['lost-response', 'error-after', 'error-before', 'stale-list', 'too-many-requests']
  return expectNoneLost(appliers, (seed) => {
    const random = makeRandom(seed + 7919)
    return Array.from({ length: 1 + random.below(3) }, () => random.pick(all))
  })
})
