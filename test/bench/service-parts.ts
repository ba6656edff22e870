import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { alone } from './pairs.ts'
import { commandOf, type Context } from './context.ts'
import type { Command } from './process.ts'
import { aloneRow, type Row } from './rows.ts'
import { startServer } from './server-process.ts'
import { resources, scattered, workspace } from './workspaces.ts'

/** Requests of 50 ms, ten at once: what starting, reading and deciding add to that. */
export async function planOf(context: Context): Promise<Row[]> {
  const [syncs, latencyMs] = [1_000, 50]
  const { processes, program, turns } = context
  const path = written(context, 'plan.yaml', workspace(syncs))
  const data = mkdtempSync(join(context.folder, 'plan-'))
  const quick = await startServer(program.launcher, data, [])
  await processes.runs(commandOf(program, ['apply', '-f', path, '--yes', '--quiet'], quick.env))
  await quick.stop()
  const slow = await startServer(program.launcher, data, ['--latency', `${latencyMs}ms`])
  const traced = await processes.runs(commandOf(program, ['plan', '-f', path, '--debug'], slow.env))
  const requests = requestsOf(traced.output).length
  const command = commandOf(program, ['plan', '-f', path], slow.env)
  const costs = await alone(async () => {
    const run = await processes.runs(command)
    if (!run.output.includes('Nothing to do')) throw new Error(run.output.slice(0, 2_000))
    return run
  }, turns(5))
  const bare = { words: [process.execPath, bareLoop(context, requests)], env: slow.env }
  const bareCosts = await alone(() => processes.runs(bare), turns(3))
  await slow.stop()
  const names = {
    part: 'plan',
    what: `\`plan\` of ${syncs.toLocaleString('en')} syncs, ${requests.toLocaleString('en')} requests of ${latencyMs} ms`,
    reference: 'requests × latency / 10'
  }
  const idealMs = (requests * latencyMs) / 10
  const bareNames = { ...names, what: 'as many requests of a bare program, ten at once' }
  return [aloneRow(names, costs, { idealMs, wall: 1.15 }), aloneRow(bareNames, bareCosts, { idealMs })]
}

/** What nobody can undercut on this machine: so many requests, and nothing is done with the answers. */
function bareLoop(context: Context, requests: number): string {
  const text = `import { Agent, get } from 'node:http'
const { POLYTOMIC_URL: url, POLYTOMIC_API_KEY: key } = process.env
const options = { agent: new Agent({ keepAlive: true }), headers: { authorization: 'Bearer ' + key } }
let left = ${requests}
const send = () => {
  if (left-- > 0) get(url + '/api/me', options, (answer) => answer.resume().on('end', send))
}
for (let slot = 0; slot < 10; slot++) send()
`
  return written(context, 'bare.mjs', text)
}

/** Everything is created, each time in an organization of its own. */
export async function applyOf(context: Context): Promise<Row[]> {
  const { processes, program, turns } = context
  const syncs = 907
  const path = written(context, 'apply.yaml', workspace(syncs))
  let requests = 0
  const costs = await alone(async () => {
    const server = await startServer(program.launcher, mkdtempSync(join(context.folder, 'apply-')), [])
    const run = await processes.runs(
      commandOf(program, ['apply', '-f', path, '--yes', '--debug'], server.env)
    )
    await server.stop()
    requests = requestsOf(run.output).length
    return run
  }, turns(3))
  const names = {
    part: 'apply',
    what: `\`apply\` of ${resources(syncs).toLocaleString('en')} creations, ${requests.toLocaleString('en')} requests`
  }
  return [aloneRow(names, costs)]
}

/** A service that answers 429 to more than so many requests in a second: all is made, in little more than that takes. */
export async function throttledApplyOf(context: Context): Promise<Row[]> {
  const [size, perSecond] = [500, 20]
  const { processes, program } = context
  const path = written(context, 'throttled.yaml', workspace(Math.round((size - 2) / 1.1)))
  const data = mkdtempSync(join(context.folder, 'throttled-'))
  const server = await startServer(program.launcher, data, ['--rate', `${perSecond}/s`])
  const words = ['apply', '-f', path, '--yes', '--debug', '--format', 'json']
  const run = await processes.runs(commandOf(program, words, server.env))
  await server.stop()
  const all = requestsOf(run.output)
  const refused = all.filter((line) => line.endsWith(' 429')).length
  const served = all.length - refused
  const names = {
    part: 'throttled',
    what: `\`apply\` of ${size} resources, ${served.toLocaleString('en')} requests at ${perSecond}/s, ${refused} answered 429`,
    reference: 'requests / rate'
  }
  // The first burst is served at once.
  return [aloneRow(names, [run], { idealMs: ((served - perSecond) / perSecond) * 1000 })]
}

/** One command over many tenants, of which one is broken on purpose. */
export async function organizationsOf(context: Context): Promise<Row[]> {
  const [tenants, syncs] = [200, 16]
  const { processes, program } = context
  const text = workspace(syncs).replace('hostname: pg.example.com', 'hostname: "${var:host}"')
  const path = written(context, 'tenants.yaml', `variables: { host: {} }\n${text}`)
  const data = mkdtempSync(join(context.folder, 'tenants-'))
  const key = 'bench-partner-key-0123456789'
  const server = await startServer(program.launcher, data, ['--partner-key', key])
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  for (let tenant = 0; tenant < tenants; tenant++) {
    const name = `Tenant ${String(tenant).padStart(3, '0')}`
    const body = JSON.stringify({ name })
    await fetch(`${server.env.POLYTOMIC_URL}/api/organizations`, { method: 'POST', headers, body })
    writeFileSync(join(data, `${name}.yaml`), tenant === 7 ? 'host: [' : `host: pg-${tenant}.example.com\n`)
  }
  const env = { POLYTOMIC_URL: server.env.POLYTOMIC_URL, POLYTOMIC_PARTNER_KEY: key }
  const over = ['-f', path, '--organization', 'Tenant *', '--var-file', join(data, '{organization}.yaml')]
  const apply = await processes.run(
    commandOf(program, ['apply', '--yes', '--quiet', '--debug', ...over], env)
  )
  const plan = await processes.run(commandOf(program, ['plan', '--debug', ...over], env))
  await server.stop()
  const wanted = `${tenants} organizations: ${tenants - 1} went through, 1 failed.`
  for (const { output } of [apply, plan])
    if (!output.includes(wanted)) throw new Error(output.slice(-2_000))
  return Object.entries({ apply, plan }).map(([command, run]) => {
    const requests = requestsOf(run.output).length.toLocaleString('en')
    const what = `\`${command}\` over ${tenants} organizations × ${resources(syncs)} resources, ${requests} requests`
    return aloneRow({ part: 'organizations', what }, [run])
  })
}

/** A workspace that somebody clicked together, read with requests of 50 ms, ten at once, and written as files. */
export async function importOf(context: Context): Promise<Row[]> {
  const latencyMs = 50
  const { processes, program, turns } = context
  const path = written(context, 'import.yaml', scattered(1_000, 2_000))
  const data = mkdtempSync(join(context.folder, 'import-'))
  const quick = await startServer(program.launcher, data, [])
  await processes.runs(commandOf(program, ['apply', '-f', path, '--yes', '--quiet'], quick.env))
  await quick.stop()
  const slow = await startServer(program.launcher, data, ['--latency', `${latencyMs}ms`])
  const command = (...more: string[]): Command => ({
    ...commandOf(program, ['import', ...more], slow.env),
    folder: mkdtempSync(join(data, 'out-'))
  })
  const traced = await processes.runs(command('--debug'))
  const requests = requestsOf(traced.output).length
  const costs = await alone(async () => await processes.runs(command()), turns(3))
  await slow.stop()
  const names = {
    part: 'import',
    what: `\`import\` of 4,000 resources, ${requests.toLocaleString('en')} requests of ${latencyMs} ms`,
    reference: 'requests × latency / 10'
  }
  return [aloneRow(names, costs, { idealMs: (requests * latencyMs) / 10, wall: 1.2, peak: 400 })]
}

function requestsOf(output: string): string[] {
  return output.split('\n').filter((line) => /^(?:GET|POST|PUT|PATCH|DELETE) \/api/.test(line))
}

function written({ folder }: Context, name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
