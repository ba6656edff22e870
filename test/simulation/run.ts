import { firstSeed } from './seeds.ts'
import { Broken, simulateSeed, type Seen } from './simulate.ts'

/**
 * The swarm, for as long as one likes: `npm run sim -- --runs 10000 --from 1`. `SIM_SEED=… npm run sim` runs one seed alone.
 */
const numbers = process.argv.slice(2)
const runs = Number(numbers[numbers.indexOf('--runs') + 1] ?? 1000)
const single = process.env['SIM_SEED']
const start = firstSeed()
const from = numbers.includes('--from') ? Number(numbers[numbers.indexOf('--from') + 1]) : start.seed
const first = single === undefined ? from : Number(single)
const count = single === undefined ? (numbers.includes('--runs') ? runs : 1000) : 1

const began = performance.now()
const total = { requests: 0, writes: 0, changes: 0, processes: 0, met: 0 }
const by: Record<string, number> = {}
let broken = 0
let tried = 0
console.log(
  `seeds ${first} to ${first + count - 1} (${single === undefined ? start.because : 'as asked for'})`
)
for (let seed = first; seed < first + count; seed++) {
  tried += 1
  try {
    add(await simulateSeed(seed))
  } catch (error) {
    broken += 1
    console.error(
      error instanceof Broken
        ? error.message
        : `seed ${seed}: ${error instanceof Error ? error.stack : String(error)}`
    )
    if (broken >= 5) break
  }
  if (tried % 1000 === 0 && tried < count) console.log(`${tried} of ${count} worlds, ${broken} broke a law`)
}
const seconds = (performance.now() - began) / 1000
console.log(
  `${tried} worlds, ${broken} broke a law, ${total.processes} processes, ${total.changes} changes, ${total.requests} requests (${total.writes} writes), ${total.met} met a fault, ${seconds.toFixed(1)} s`
)
console.log(JSON.stringify(by))
if (broken > 0) process.exitCode = 1

function add(seen: Seen): void {
  total.processes += seen.runs
  total.requests += seen.requests
  total.writes += seen.writes
  total.changes += seen.changes
  total.met += seen.met ? 1 : 0
  for (const key of [seen.is, ...(seen.is === 'planned' ? [`first run ${seen.ended}`] : seen.codes)])
    by[key] = (by[key] ?? 0) + 1
}
