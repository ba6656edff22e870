import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { measure, type Measured } from './measure.ts'
import { startServer } from './server-process.ts'
import { resources, workspace } from './workspaces.ts'

/** `npm run bench`: whole processes of the built program, medians. Printed as a table; nothing here passes or fails. */
const main = join(import.meta.dirname, '..', '..', '.dist', 'src', 'main.js')
const launcher = join(import.meta.dirname, '..', '..', '.runtime', 'polyctl.cjs')
const rows: string[][] = []
/** The installed command turns this on by itself. */
const cached = (): Record<string, string> => ({
  NODE_COMPILE_CACHE: join(folder, 'cache'),
  BENCH_PASSWORD: 'x'
})

const folder = mkdtempSync(join(tmpdir(), 'polyctl-bench-'))
try {
  await startUp()
  for (const size of [100, 1_000, 10_000]) await validation(size)
  await planning(1_000, 50)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
print()

async function startUp(): Promise<void> {
  const bare = await measure(['-e', '0'], { runs: 15 })
  add('node -e 0', bare, '')
  const help = await measure([main, '--help'], {
    runs: 15,
    env: cached()
  })
  add('polyctl --help', help, `${(help.ms / bare.ms).toFixed(2)} × node -e 0`)
  const checkout = await measure([launcher, '--help'], { runs: 15 })
  add('polyctl --help, from a checkout', checkout, `${(checkout.ms / bare.ms).toFixed(2)} × node -e 0`)
}

async function validation(size: number): Promise<void> {
  const syncs = Math.round(size / 1.1)
  const path = join(folder, `validate-${size}.yaml`)
  writeFileSync(path, workspace(syncs))
  const run = await measure([main, 'validate', '-f', path], {
    runs: size > 1_000 ? 3 : 5,
    env: cached()
  })
  if (run.code !== 0) throw new Error(run.output)
  add(`validate ${resources(syncs).toLocaleString('en')} resources`, run, '')
}

async function planning(syncs: number, latencyMs: number): Promise<void> {
  const path = join(folder, 'plan.yaml')
  writeFileSync(path, workspace(syncs))
  const env = cached()
  const quick = await startServer(launcher, folder, [])
  const applied = await measure([main, 'apply', '-f', path, '--yes', '--quiet'], {
    runs: 1,
    env: { ...env, ...quick.env }
  }).catch(() => undefined)
  await quick.stop()
  if (applied?.code !== 0) throw new Error(applied?.output ?? 'apply failed')
  const slow = await startServer(launcher, folder, ['--latency', `${latencyMs}ms`])
  const traced = await measure([main, 'plan', '-f', path, '--debug'], {
    runs: 1,
    env: { ...env, ...slow.env }
  })
  const requests = traced.output.split('\n').filter((line) => line.startsWith('GET /api')).length
  const plan = await measure([main, 'plan', '-f', path], { runs: 5, env: { ...env, ...slow.env } })
  await slow.stop()
  if (plan.code !== 0 || !plan.output.includes('Nothing to do'))
    throw new Error(plan.output.slice(0, 2_000))
  const ideal = (requests * latencyMs) / 10
  add(
    `plan ${syncs.toLocaleString('en')} syncs, ${requests} requests of ${latencyMs} ms, 10 at once`,
    plan,
    `${(plan.ms / ideal).toFixed(2)} × ${ideal} ms`
  )
}

function add(what: string, measured: Measured, note: string): void {
  rows.push([what, `${Math.round(measured.ms)} ms`, `${measured.peakMiB} MiB`, note])
}

function print(): void {
  const head = ['what', 'median', 'peak', '']
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]!.length)))
  console.log(
    `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? '?'}, ${Math.round(totalmem() / 2 ** 30)} GiB\n`
  )
  for (const row of all)
    console.log(
      row
        .map((cell, column) =>
          column === 0 || column === 3 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)
        )
        .join('  ')
        .trimEnd()
    )
}
