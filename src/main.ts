import { randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CommandIo } from './commands/io.ts'
import { createProgram } from './commands/program.ts'

/** The edge of the program: the only file that touches the process. */
async function main(): Promise<void> {
  // A reader that leaves early (`| head`) is no failure of ours.
  process.stdout.on('error', quietly)
  process.stderr.on('error', quietly)
  try {
    process.exitCode = await createProgram(world()).run(process.argv.slice(2))
    // Questions that were left in their middle would keep the process waiting for their answers.
    if (process.exitCode === 130) process.exit()
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    process.stderr.write(`error: polyctl failed in a way that it should not: ${words}\n`)
    if (process.env['POLYCTL_STACK'] !== undefined && error instanceof Error)
      process.stderr.write(`${error.stack}\n`)
    else process.stderr.write('Set POLYCTL_STACK=1 to see where, and please report it.\n')
    process.exitCode = 1
  }
}

function quietly(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return
  process.stderr.write(`error: the output cannot be written: ${error.message}\n`, () => process.exit(1))
}

function world(): CommandIo {
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    cwd: process.cwd(),
    env: process.env,
    terminal: {
      out: process.stdout.isTTY,
      err: process.stderr.isTTY,
      in: process.stdin.isTTY,
      width: process.stdout.columns ?? 100
    },
    async ask(question) {
      const lines = createInterface({ input: process.stdin, output: process.stderr })
      let stopped = false
      lines.on('SIGINT', () => {
        stopped = true
        lines.close()
      })
      try {
        return await lines.question(question)
      } catch {
        // The question's line is still open.
        process.stderr.write('\n')
        return stopped ? undefined : ''
      } finally {
        lines.close()
      }
    },
    async stdin() {
      const chunks: Buffer[] = []
      for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
      return Buffer.concat(chunks).toString('utf8')
    },
    interrupted: interruption(),
    now: () => new Date(),
    sleep: async (ms, signal) => {
      await sleep(ms, undefined, signal ? { signal } : {})
    },
    random: () => Math.random(),
    fetch: (request) => fetch(request),
    backoffMs: 300,
    newKey: () => randomUUID()
  }
}

/** The first Ctrl-C asks to stop in order, the second stops at once. */
function interruption(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false
    const stop = (): void => {
      if (asked) process.exit(130)
      asked = true
      resolve()
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
  })
}

await main()
