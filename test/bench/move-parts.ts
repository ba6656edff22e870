import { join } from 'node:path'
import { startSalesforce } from '../fixtures/salesforce/index.ts'
import { startPostgresql, whyNoPostgresql } from '../support/postgresql.ts'
import type { Context } from './context.ts'
import { inTurns } from './pairs.ts'
import type { Run } from './process.ts'
import { aloneRow, pairRow, type Row } from './rows.ts'

const million = 1_000_000
const engine = new URL('move-child.ts', import.meta.url).pathname
const person = new URL('move-plain.ts', import.meta.url).pathname
const inWords = (rows: number): string => rows.toLocaleString('en')

interface Moved {
  rows: number
  state: string
  type: string
  configuration?: object
}

/** Moves rows by the engine, and returns what its process took. */
async function moved(
  { processes }: Context,
  { rows, state, type, configuration = {} }: Moved,
  expected: object
): Promise<Run> {
  const words = [String(rows), state, type, JSON.stringify(configuration)]
  const run = await processes.runs({ words: [process.execPath, engine, ...words] })
  const counts = JSON.parse(run.output) as Record<string, number>
  for (const [name, count] of Object.entries(expected))
    if (counts[name] !== count) throw new Error(`${name} is not ${count}: ${run.output}`)
  return run
}

function plain({ processes }: Context, rows: number, type: string, configuration: object): Promise<Run> {
  const words = [String(rows), type, JSON.stringify(configuration)]
  return processes.runs({ words: [process.execPath, person, ...words] })
}

/** The engine alone: a target that takes everything at once. */
export async function moveOf(context: Context): Promise<Row[]> {
  const runs: { first: Run[]; unchanged: Run[]; large: Run[] } = { first: [], unchanged: [], large: [] }
  for (let turn = 0; turn < context.turns(1); turn += 1) {
    const state = join(context.folder, `move-${turn}.db`)
    const setting = { rows: million, state, type: 'null' }
    runs.first.push(await moved(context, setting, { insert: million }))
    runs.unchanged.push(await moved(context, setting, { total: 0 }))
    const large = { ...setting, rows: 4 * million, state: join(context.folder, `large-${turn}.db`) }
    runs.large.push(await moved(context, large, { insert: 4 * million }))
    runs.large.push(await moved(context, large, { total: 0 }))
  }
  const names = (what: string, reference: string) => ({ part: 'move', what, reference })
  return [
    aloneRow(names('1,000,000 new rows to a target that takes everything', '25,000 rows/s'), runs.first, {
      idealMs: million / 25,
      wall: 1
    }),
    aloneRow(names('the same rows again, unchanged', '50,000 rows/s'), runs.unchanged, {
      idealMs: million / 50,
      wall: 1
    }),
    aloneRow({ part: 'move', what: '4,000,000 new rows, and again, unchanged' }, runs.large, { peak: 400 })
  ]
}

/** Beside the plainest program: it reads all rows and upserts all of them, each time. */
export async function moveToPostgresql(context: Context): Promise<Row[]> {
  const why = whyNoPostgresql()
  if (why !== undefined) throw new Error(why)
  const rows = 200_000
  const db = await startPostgresql()
  try {
    const table = `DROP TABLE IF EXISTS people; CREATE TABLE people
      (email text UNIQUE, name text, phone text, age int, company text, note text)`
    let turn = 0
    let state = ''
    const subject = (again: boolean) => async (): Promise<Run> => {
      if (!again) {
        await db.sql(table)
        state = join(context.folder, `tables-${(turn += 1)}.db`)
      }
      const setting = { rows, state, type: 'postgresql', configuration: db.configuration }
      return moved(context, setting, again ? { total: 0 } : { insert: rows })
    }
    const reference = (again: boolean) => async (): Promise<Run> => {
      if (!again) await db.sql(table)
      return plain(context, rows, 'postgresql', db.configuration)
    }
    const names = (what: string) => ({
      part: 'move-postgresql',
      what,
      reference: 'a program that upserts all of them'
    })
    const first = await inTurns(subject(false), reference(false), context.turns(3))
    const again = await inTurns(subject(true), reference(true), context.turns(3))
    return [
      pairRow(names(`${inWords(rows)} new rows to PostgreSQL`), first, {}),
      pairRow(names('the same rows again, unchanged'), again, { wall: 1 })
    ]
  } finally {
    await db.stop()
  }
}

/** Requests that take 300 ms each. */
export async function moveToSalesforce(context: Context): Promise<Row[]> {
  const rows = 20_000
  const runs: { ours: Run[]; plain: Run[] } = { ours: [], plain: [] }
  for (let turn = 0; turn < context.turns(1); turn += 1) {
    for (const whose of ['ours', 'plain'] as const) {
      const org = await startSalesforce()
      org.latency = 300
      const { clientId: client_id, clientSecret: client_secret } = org.app
      const app = { domain: org.url, connect_mode: 'clientcredentials', client_id, client_secret }
      const state = join(context.folder, `salesforce-${turn}.db`)
      const setting = { rows, state, type: 'salesforce', configuration: app }
      runs[whose].push(
        whose === 'ours'
          ? await moved(context, setting, { insert: rows })
          : await plain(context, rows, 'salesforce', app)
      )
      if (org.rows('Contact').length !== rows) throw new Error('not all contacts are there')
      await org.close()
    }
  }
  const idealMs = rows / 1.5
  const part = 'move-salesforce'
  const what = `${inWords(rows)} new contacts to a Salesforce fixture, 300 ms a request`
  const bare = 'the same by a program that looks up and writes one batch after the other'
  return [
    aloneRow({ part, what, reference: '1,500 rows/s' }, runs.ours, { idealMs, wall: 1 }),
    aloneRow({ part, what: bare, reference: '1,500 rows/s' }, runs.plain, { idealMs })
  ]
}
