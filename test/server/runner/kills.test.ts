import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isFew } from '../../support/samples.ts'
import { startPostgresql, whyNoPostgresql, type RealPostgresql } from '../../support/postgresql.ts'

const why = whyNoPostgresql()
if (why !== undefined) console.warn(why)

const records = isFew ? 4000 : 20_000
const rounds = isFew ? 2 : 10

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

  /** Runs to its end, or to a `kill -9` after so many batches; returns what it printed at its end. */
  async function run(state: string, batches = Infinity): Promise<string> {
    const script = new URL('kill-child.ts', import.meta.url).pathname
    const child = spawn(process.execPath, [script, JSON.stringify(db.configuration), state])
    let printed = ''
    let marks = 0
    child.stdout.on('data', (piece) => {
      const text = String(piece)
      marks += text.replaceAll(/[^.]/g, '').length
      printed += text.replaceAll('.', '')
      if (marks >= batches) child.kill('SIGKILL')
    })
    child.stderr.on('data', (piece) => (printed += String(piece)))
    await new Promise((resolve) => child.once('exit', resolve))
    return printed
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
        const printed = await run(
          state,
          isKilled ? 1 + Math.floor((Math.random() * records) / 420) : undefined
        )
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
    if (!isFew) expect(inTheMiddle).toBeGreaterThan(0)
    console.log(`${rounds} kills, ${inTheMiddle} of them in the middle of writing`)
  })

  test('a disk that is full ends a run in its middle, and the next one goes on', async () => {
    const state = join(folder, 'full.db')
    await db.sql('TRUNCATE target')
    const [{ n } = { n: 0 }] = await db.sql('SELECT count(*)::int AS n FROM source')
    const script = new URL('kill-child.ts', import.meta.url).pathname
    // Files may grow to half a MiB here: what else is written finds no room.
    const limited = `trap '' XFSZ; ulimit -f 1024; exec "$0" "$@"`
    const words = [process.execPath, script, JSON.stringify(db.configuration), state]
    const full = spawnSync('sh', ['-c', limited, ...words], { encoding: 'utf8' })
    const { problem } = JSON.parse(full.stdout.replaceAll('.', '')) as { problem: string }
    expect(problem).toMatch(/disk/)
    const [{ some } = { some: 0 }] = await db.sql('SELECT count(*)::int AS some FROM target')
    expect(Number(some)).toBeGreaterThan(0)
    expect(Number(some)).toBeLessThan(Number(n))
    expect(JSON.parse(await run(state))).toMatchObject({ problem: '', error: 0 })
    expect(await db.sql('SELECT count(*)::int AS n, count(DISTINCT email)::int AS d FROM target')).toEqual([
      { n, d: n }
    ])
  })
})
