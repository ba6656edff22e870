/** Runs one sync between two tables, with its state in a file: a process that can be killed. */
import { localConnectors } from '../../../src/server/runner/connectors.ts'
import { field, runnerWorld, syncFacts } from './world.ts'

const [configuration = '{}', file = ''] = process.argv.slice(2)
const ends = { type: 'postgresql', configuration: JSON.parse(configuration) as Record<string, string> }
// A mark for each batch that was read or written: at one of them this is killed.
const progress = (): void => void process.stdout.write('.')
const { counts, problem, errors } = await runnerWorld(localConnectors, file, progress).run(
  syncFacts({
    from: ends,
    to: ends,
    model: { configuration: { table: 'public.source' } },
    sync: { fields: [field('name')], target: { connection_id: 'to', object: 'public.target' } }
  })
)
process.stdout.write(
  JSON.stringify({ ...counts, errors, problem: problem instanceof Error ? problem.message : '' })
)
