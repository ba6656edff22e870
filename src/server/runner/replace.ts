import { unpacked } from './codec.ts'
import { RunProblem, type Outcome, type TargetWriter, type WriteRecord } from './connector.ts'
import { mustGoOn, namesOf, refuse, type Job } from './job.ts'
import { tokenOf } from './apply.ts'
import type { Staged } from './stage.ts'
import type { Row } from './value.ts'

/**
 * Mode `replace`: all records of the stage take the place of all that the target holds, in one step that
 * nobody sees a part of. Records that the target refuses are left out.
 */
export async function replaceAll(job: Job, writer: TargetWriter): Promise<void> {
  const { sync, mapping, stage, facts, counts } = job
  if (writer.replace === undefined)
    throw new RunProblem('replace', 'its target cannot be replaced as a whole on this server')
  const fields = mapping.columns.map(({ name }) => name)
  const replacement = await writer.replace(sync.target.object ?? '', fields)
  try {
    for (let last = 0; ;) {
      mustGoOn(job)
      const records = stage.after(last, facts.batch)
      if (records.length === 0) break
      last = records.at(-1)?.seq ?? last
      const rows = records.map(({ row }) => unpacked(row))
      const outcomes = await replacement.write(
        records.map((record, index) => writeRecord(job, record, rows[index] ?? []))
      )
      for (const [index, row] of rows.entries()) tell(job, row, outcomes[index])
      job.log.progress(counts)
    }
    const { removed } = await replacement.commit()
    counts.delete += removed
  } catch (error) {
    counts.insert = 0
    await replacement.rollback()
    throw error
  }
}

function writeRecord({ sync, mapping }: Job, record: Staged, row: Row): WriteRecord {
  return { values: row.slice(0, mapping.columns.length), token: tokenOf(sync.id, record) }
}

function tell(job: Job, row: Row, outcome: Outcome | undefined): void {
  if (outcome?.state === 'done') {
    job.counts.insert += 1
    job.log.entry('records', { identity: namesOf(row, job.mapping.identity) })
    job.log.entry('inserts', { identity: namesOf(row, job.mapping.identity) })
  } else refuse(job, row, outcome?.code ?? 'NO_OUTCOME', outcome?.message ?? 'the target gave no answer')
}
