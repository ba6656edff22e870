/** Holds a preview and a stage in the middle of their work: a process that can be killed. */
import { openRunnerState } from '../../../src/server/runner/state.ts'

const state = openRunnerState(process.argv[2], () => 'secret')
const list = state.openList()
const stage = state.openStage('sync')
const row = 'planted '.repeat(100)
// More than stays in memory.
for (let number = 0; number < 60_000; number += 1) {
  const key = String(number)
  list.add({ number, operation: 'insert', reason: '', key, mark: row, fields: [], same: false })
  stage.add({ key, hash: key, row })
}
process.stdout.write('ready')
setInterval(() => list.after(0), 1000)
