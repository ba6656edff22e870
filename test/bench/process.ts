import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A program that can be run many times: the words of its command line, and what else is in its environment. */
export interface Command {
  words: string[]
  env?: Record<string, string>
  /** Where it runs, if it writes anything. */
  folder?: string
}

/** What one whole process took. */
export interface Run {
  /** User and system time of all its threads. */
  cpuMs: number
  wallMs: number
  /** The largest resident set. */
  peakMiB: number
  output: string
  code: number
}

/**
 * A file that Node loads first, in whatever is measured: it says what the process took when it ends. Both
 * sides of a pair pay for it.
 */
const reporter = `process.on('exit', () => {
  const { user, system } = process.cpuUsage()
  try {
    require('node:fs').writeSync(3, JSON.stringify([(user + system) / 1000, process.resourceUsage().maxRSS / 1024]))
  } catch {}
})
`

/** Runs whole processes and says what they took. `folder` is for what that needs. */
export class Processes {
  readonly #preload: string

  constructor(folder: string) {
    this.#preload = join(folder, 'reporter.cjs')
    writeFileSync(this.#preload, reporter)
  }

  async run({ words, env, folder }: Command): Promise<Run> {
    const [program = '', ...rest] = words
    const start = performance.now()
    const child = spawn(program, rest, {
      ...(folder === undefined ? {} : { cwd: folder }),
      env: {
        ...process.env,
        NO_COLOR: '1',
        ...env,
        NODE_OPTIONS: `--require ${JSON.stringify(this.#preload)}`
      },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe']
    })
    let output = ''
    let report = ''
    child.stdout?.on('data', (chunk) => (output += String(chunk)))
    child.stderr?.on('data', (chunk) => (output += String(chunk)))
    child.stdio[3]?.on('data', (chunk) => (report += String(chunk)))
    const code = await new Promise<number>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (status) => resolve(status ?? -1))
    })
    const wallMs = performance.now() - start
    const [cpuMs = 0, peakMiB = 0] = report === '' ? [] : (JSON.parse(report) as number[])
    return { cpuMs, wallMs, peakMiB, output, code }
  }

  /** The same, for what must succeed. */
  async runs(command: Command): Promise<Run> {
    const run = await this.run(command)
    if (run.code !== 0) throw new Error(`${command.words.join(' ')}\n${run.output.slice(0, 2_000)}`)
    return run
  }
}
