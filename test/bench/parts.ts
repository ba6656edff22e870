import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { deciders } from './decide.ts'
import { commandOf, type Context } from './context.ts'
import { alone, inTurns } from './pairs.ts'
import { moveOf, moveToPostgresql, moveToSalesforce } from './move-parts.ts'
import type { Command } from './process.ts'
import { aloneRow, pairRow, type Limits, type Row } from './rows.ts'
import { applyOf, importOf, organizationsOf, planOf, throttledApplyOf } from './service-parts.ts'
import { resources, workspace } from './workspaces.ts'

/** A part of the bench. */
export interface Part {
  does: string
  measure: (context: Context) => Promise<Row[]>
}

/** The names of the parts. */
export type PartName =
  | 'help'
  | 'small'
  | 'thousand'
  | 'ten-thousand'
  | 'decide'
  | 'plan'
  | 'apply'
  | 'throttled'
  | 'organizations'
  | 'import'
  | 'move'
  | 'move-postgresql'
  | 'move-salesforce'

/** All that can be measured, with the limits that hold on any machine. */
export const parts: Record<PartName, Part> = {
  help: { does: '`polyctl --help` and `node -e 0`', measure: startUp },
  small: { does: '`validate` of one small file and `node -e 0`', measure: (context) => small(context) },
  thousand: { does: '`validate` of 1,000 resources, and at the base', measure: thousand },
  'ten-thousand': {
    does: "`validate` of 10,000 resources and js-yaml's load of the file",
    measure: tenThousand
  },
  decide: { does: '`decide` of 3,000 syncs of 20 fields, in process, and at the base', measure: deciding },
  plan: { does: '`plan` of 1,000 syncs at 50 ms latency and requests × latency / 10', measure: planOf },
  apply: { does: '`apply` of 1,000 creations', measure: applyOf },
  throttled: {
    does: '`apply` of 500 resources to a service that answers 429 above 20/s',
    measure: throttledApplyOf
  },
  organizations: {
    does: '`apply` and `plan` over 200 organizations × 20 resources',
    measure: organizationsOf
  },
  import: {
    does: '`import` of 1,000 connections, 1,000 models and 2,000 syncs at 50 ms latency',
    measure: importOf
  },
  move: { does: 'the records of syncs: 1 and 4 million rows, new and unchanged', measure: moveOf },
  'move-postgresql': {
    does: '200,000 rows to PostgreSQL, and a program that upserts all of them',
    measure: moveToPostgresql
  },
  'move-salesforce': {
    does: '20,000 contacts to a Salesforce fixture, 300 ms a request',
    measure: moveToSalesforce
  }
}

const bare: Command = { words: [process.execPath, '-e', '0'] }

async function startUp(context: Context): Promise<Row[]> {
  return [await againstBare(context, { part: 'help', what: '`polyctl --help`' }, ['--help'], { cpu: 2 })]
}

async function small(context: Context): Promise<Row[]> {
  const names = { part: 'small', what: `\`validate\` of one small file, ${resources(1)} resources` }
  return [await againstBare(context, names, ['validate', '-f', written(context, 1)], { cpu: 4 })]
}

async function againstBare(
  { processes, program, turns }: Context,
  names: { part: string; what: string },
  words: string[],
  limits: Limits
): Promise<Row> {
  const command = commandOf(program, words)
  const pair = await inTurns(
    () => processes.runs(command),
    () => processes.runs(bare),
    turns(15)
  )
  return pairRow({ ...names, reference: '`node -e 0`' }, pair, limits)
}

async function thousand({ base, ...context }: Context): Promise<Row[]> {
  const { processes, program, turns } = context
  const words = ['validate', '-f', written(context, 1_000)]
  const names = { part: 'thousand', what: '`validate` of 1,000 resources' }
  const subject = commandOf(program, words)
  if (!base) return [aloneRow(names, await alone(() => processes.runs(subject), turns(5)))]
  const reference = commandOf(base, words)
  const pair = await inTurns(
    () => processes.runs(subject),
    () => processes.runs(reference),
    turns(7)
  )
  return [pairRow({ ...names, reference: `the same at ${base.revision}` }, pair, { cpu: 0.4 })]
}

/** A bare program reads the file and makes the values of it, and nothing else. */
async function tenThousand(context: Context): Promise<Row[]> {
  const { folder, processes, program, turns } = context
  const path = written(context, 10_000)
  const script = join(folder, 'load.mjs')
  const parser = pathToFileURL(
    join(program.checkout, 'node_modules', 'js-yaml', 'dist', 'js-yaml.mjs')
  ).href
  writeFileSync(
    script,
    `import { readFileSync } from 'node:fs'\nimport { load } from '${parser}'\nload(readFileSync(process.argv[2], 'utf8'))\n`
  )
  const command = commandOf(program, ['validate', '-f', path])
  const pair = await inTurns(
    () => processes.runs(command),
    () => processes.runs({ words: [process.execPath, script, path] }),
    turns(7)
  )
  const names = {
    part: 'ten-thousand',
    what: '`validate` of 10,000 resources',
    reference: "a bare program that calls js-yaml's `load`"
  }
  return [pairRow(names, pair, { cpu: 3, peak: 250 })]
}

/** The pure part alone: no process is started, nothing is read. */
async function deciding({ program, base, turns }: Context): Promise<Row[]> {
  const own = await deciders(program.checkout, 3_000, 20)
  const others = base ? await deciders(base.checkout, 3_000, 20) : undefined
  const rows: Row[] = []
  for (const [how, decider] of Object.entries(own)) {
    const names = { part: 'decide', what: `\`decide\` of 3,000 syncs of 20 fields, ${how}` }
    const other = others?.[how]
    if (!other || !base) rows.push(aloneRow(names, await alone(() => timed(decider), turns(5))))
    else {
      const pair = await inTurns(
        () => timed(decider),
        () => timed(other),
        turns(5)
      )
      rows.push(pairRow({ ...names, reference: `the same at ${base.revision}` }, pair, { cpu: 1 / 3 }))
    }
  }
  return rows
}

function timed(work: () => void): { cpuMs: number; wallMs: number } {
  const [start, before] = [performance.now(), process.cpuUsage()]
  work()
  const { user, system } = process.cpuUsage(before)
  return { cpuMs: (user + system) / 1000, wallMs: performance.now() - start }
}

/** A file of so many resources. */
function written({ folder }: Pick<Context, 'folder'>, size: number): string {
  const path = join(folder, `resources-${size}.yaml`)
  writeFileSync(path, workspace(syncsOf(size)))
  return path
}

/** One model stands beside ten syncs, and two connections beside them all. */
function syncsOf(size: number): number {
  return Math.max(1, Math.floor((size - 2) / 1.1))
}
