import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { decisions } from './decide.ts'
import { measure, once, type Measured } from './measure.ts'
import { startServer } from './server-process.ts'
import { resources, workspace } from './workspaces.ts'

/**
 * `npm run bench`: whole processes of the built program, medians. Printed as a table; nothing here passes or
 * fails. `npm run bench -- throttled` measures that part alone.
 */
const main = join(import.meta.dirname, '..', '..', '.dist', 'main.js')
const launcher = join(import.meta.dirname, '..', '..', '.runtime', 'polyctl.cjs')
const rows: string[][] = []
/** The installed command turns this on by itself. */
const cached = (): Record<string, string> => ({
  NODE_COMPILE_CACHE: join(folder, 'cache'),
  BENCH_PASSWORD: 'x'
})

const folder = mkdtempSync(join(tmpdir(), 'polyctl-bench-'))
try {
  const parts: Record<string, () => Promise<void>> = {
    start: startUp,
    decide: () => deciding(3_000, 20),
    validate: async () => {
      for (const size of [100, 1_000, 10_000]) await validation(size)
    },
    plan: () => planning(1_000, 50),
    throttled: () => throttled(500, 20),
    organizations: () => manyOrganizations(200, 16)
  }
  const asked = process.argv.slice(2)
  for (const [name, part] of Object.entries(parts))
    if (asked.length === 0 || asked.includes(name)) await part()
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

/** CPU time of the pure part alone: no process is started, nothing is read. */
async function deciding(syncs: number, fields: number): Promise<void> {
  for (const [how, { coldMs, warmMs, changes }] of Object.entries(await decisions(syncs, fields)))
    add(
      `decide ${syncs.toLocaleString('en')} syncs of ${fields} fields, ${how} (CPU)`,
      { ms: coldMs, peakMiB: 0, output: '', code: 0 },
      `${Math.round(warmMs)} ms once warm, ${changes} changes`
    )
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

/** A service that answers 429 to more than so many requests in a second: all is made, in little more than that takes. */
async function throttled(size: number, perSecond: number): Promise<void> {
  const syncs = Math.round((size - 2) / 1.1)
  const path = join(folder, 'throttled.yaml')
  writeFileSync(path, workspace(syncs))
  const data = mkdtempSync(join(folder, 'throttled-'))
  const server = await startServer(launcher, data, ['--rate', `${perSecond}/s`])
  const start = performance.now()
  const run = await once([main, 'apply', '-f', path, '--yes', '--debug', '--format', 'json'], {
    env: { ...cached(), ...server.env }
  })
  const ms = performance.now() - start
  await server.stop()
  if (run.code !== 0) throw new Error(run.output.slice(0, 2_000))
  const lines = run.output.split('\n').filter((line) => /^(GET|POST|PUT|PATCH|DELETE) \/api/.test(line))
  const refused = lines.filter((line) => line.endsWith(' 429')).length
  const served = lines.length - refused
  // The first burst is served at once.
  const least = ((served - perSecond) / perSecond) * 1000
  add(
    `apply ${size} resources, ${served} requests at ${perSecond}/s, ${refused} answered 429`,
    { ...run, ms },
    `${(ms / least).toFixed(2)} × ${Math.round(least)} ms`
  )
}

/** One command over many tenants, of which one is broken on purpose. */
async function manyOrganizations(tenants: number, syncs: number): Promise<void> {
  const path = join(folder, 'tenants.yaml')
  const text = workspace(syncs).replace('hostname: pg.example.com', 'hostname: "${var:host}"')
  writeFileSync(path, `variables: { host: {} }\n${text}`)
  const data = mkdtempSync(join(folder, 'tenants-'))
  const key = 'bench-partner-key-0123456789'
  const server = await startServer(launcher, data, ['--partner-key', key])
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  for (let tenant = 0; tenant < tenants; tenant++) {
    const name = `Tenant ${String(tenant).padStart(3, '0')}`
    const body = JSON.stringify({ name })
    await fetch(`${server.env.POLYTOMIC_URL}/api/organizations`, { method: 'POST', headers, body })
    writeFileSync(join(data, `${name}.yaml`), tenant === 7 ? 'host: [' : `host: pg-${tenant}.example.com\n`)
  }
  const env = { ...cached(), POLYTOMIC_URL: server.env.POLYTOMIC_URL, POLYTOMIC_PARTNER_KEY: key }
  const over = ['-f', path, '--organization', 'Tenant *', '--var-file', join(data, '{organization}.yaml')]
  const start = performance.now()
  const applied = await once([main, 'apply', '--yes', '--quiet', '--debug', ...over], { env })
  const ms = performance.now() - start
  const plan = await measure([main, 'plan', '--debug', ...over], { runs: 1, env })
  await server.stop()
  const wanted = `${tenants} organizations: ${tenants - 1} went through, 1 failed.`
  for (const { output } of [applied, plan])
    if (!output.includes(wanted)) throw new Error(output.slice(-2_000))
  const requests = ({ output }: { output: string }): number =>
    output.split('\n').filter((line) => /^[A-Z]+ \/api/.test(line)).length
  const what = `${tenants} organizations × ${resources(syncs)} resources, one broken`
  add(`apply ${what}, ${requests(applied)} requests`, { ...applied, ms }, '')
  add(`plan ${what}, ${requests(plan)} requests`, plan, '')
}

function add(what: string, measured: Measured, note: string): void {
  rows.push([
    what,
    `${Math.round(measured.ms)} ms`,
    measured.peakMiB === 0 ? '' : `${measured.peakMiB} MiB`,
    note
  ])
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
