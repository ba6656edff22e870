import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { installed, installedAt } from './installed.ts'
import { parts, type PartName } from './parts.ts'
import { Processes } from './process.ts'
import { tableOf, type Row } from './rows.ts'

/** `npm run bench`: see `help`. What it prints is no test: whether a bar is met depends on the machine. */
const help = `npm run bench -- [options]

Measures the built program, started by its launcher, and prints a table. Programs that are compared run in turns, and
the median of the turns' ratios is told with the lowest and the highest: other work on the machine meets both.

  --only PART    measure this part alone; may be repeated
  --base REV     compare with a revision of git too; it is built in a scratch folder
  --turns N      so many turns for each pair (15 for short programs, 5 for long ones)
  --json         print JSON: milliseconds, MiB, ratios, bars
  --help         print this

Parts:
${Object.entries(parts)
  .map(([name, { does }]) => `  ${name.padEnd(15)} ${does}`)
  .join('\n')}
`

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    base: { type: 'string' },
    turns: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false }
  }
})

if (options.help) console.log(help)
else await main()

async function main(): Promise<void> {
  const chosen = options.only.length > 0 ? options.only : Object.keys(parts)
  const unknown = chosen.find((name) => !isPart(name))
  if (unknown !== undefined) {
    console.error(`there is no part \`${unknown}\`\n\n${help}`)
    process.exitCode = 2
    return
  }
  const turns = options.turns === undefined ? undefined : Math.max(1, Number.parseInt(options.turns, 10))
  const folder = mkdtempSync(join(tmpdir(), 'polyctl-bench-'))
  const base = options.base === undefined ? undefined : installedAt(options.base, folder)
  const rows: Row[] = []
  try {
    const context = {
      folder,
      processes: new Processes(folder),
      program: installed(folder),
      ...(base ? { base: { ...base.program, revision: options.base ?? '' } } : {}),
      turns: (usual: number) => turns ?? usual
    }
    for (const name of chosen.filter(isPart)) {
      if (!options.json) console.error(`measuring ${name} …`)
      rows.push(...(await parts[name].measure(context)))
    }
  } finally {
    base?.done()
    rmSync(folder, { recursive: true, force: true })
  }
  const machine = `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? '?'}, ${Math.round(totalmem() / 2 ** 30)} GiB`
  console.log(options.json ? JSON.stringify({ machine, rows }, null, 2) : `${machine}\n\n${tableOf(rows)}`)
}

function isPart(name: string): name is PartName {
  return Object.hasOwn(parts, name)
}
