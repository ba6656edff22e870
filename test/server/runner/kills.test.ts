import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isFew } from '../../support/samples.ts'
import { startPostgresql, whyNoPostgresql, type RealPostgresql } from '../../support/postgresql.ts'

const why = whyNoPostgresql()
if (why !== undefined) console.warn(why)

const records = isFew ? 4000 : 20_000
const rounds = isFew ? 4 : 30

describe.skipIf(why !== undefined)('killed at any point', () => {
  let db: RealPostgresql
  const folder = mkdtempSync(join(tmpdir(), 'polyctl-kills-'))

  beforeAll(async () => {
    db = await startPostgresql()
    // Nothing but the runner itself keeps a record from being there twice.
    await db.sql(`CREATE TABLE source (email text, name text); CREATE TABLE target (email text, name text);
      CREATE INDEX ON target (email)`)
  })
  afterAll(async () => {
    await db.stop()
    rmSync(folder, { recursive: true })
  })

  /** Runs to its end, or to a `kill -9` so long after its first write; returns what it printed at its end. */
  async function run(state: string, killAfter?: number): Promise<string> {
    const script = new URL('kill-child.ts', import.meta.url).pathname
    const child = spawn(process.execPath, [script, JSON.stringify(db.configuration), state])
    let printed = ''
    let timer: NodeJS.Timeout | undefined
    child.stdout.on('data', (piece) => {
      printed += String(piece)
      if (killAfter !== undefined) timer ??= setTimeout(() => void child.kill('SIGKILL'), killAfter)
    })
    child.stderr.on('data', (piece) => (printed += String(piece)))
    await new Promise((resolve) => child.once('exit', resolve))
    clearTimeout(timer)
    return printed.replace('writing ', '')
  }

  test(`${records} records are there once each, after ${rounds} kills`, async () => {
    await db.sql(
      `INSERT INTO source SELECT 'p' || i || '@x.example', 'n' FROM generate_series(1, $1::int) i`,
      [records]
    )
    let inTheMiddle = 0
    for (let round = 0, number = 0; round < rounds; number += 1) {
      const state = join(folder, `state-${number}.db`)
      await db.sql('TRUNCATE target')
      for (let isOver = false; !isOver;) {
        const isKilled = round < rounds
        const printed = await run(state, isKilled ? Math.random() * 600 : undefined)
        const [{ n } = { n: 0 }] = await db.sql('SELECT count(*)::int AS n FROM target')
        if (isKilled) round += 1
        if (Number(n) > 0 && Number(n) < records) inTheMiddle += 1
        isOver = printed !== ''
        if (isOver) expect(JSON.parse(printed)).toMatchObject({ problem: '', errors: [], error: 0 })
      }
      expect(
        await db.sql('SELECT count(*)::int AS n, count(DISTINCT email)::int AS d FROM target')
      ).toEqual([{ n: records, d: records }])
      expect(JSON.parse(await run(state))).toMatchObject({ total: 0, insert: 0, update: 0 })
    }
    if (!isFew) expect(inTheMiddle).toBeGreaterThan(3)
    console.log(`${rounds} kills, ${inTheMiddle} of them in the middle of writing`)
  })
})
