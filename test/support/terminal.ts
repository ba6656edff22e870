import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import xterm from '@xterm/headless'
import { onTestFinished } from 'vitest'

/** Whether this machine can open a pseudo-terminal: `script` of util-linux does it, and `stty` resizes it. */
export const hasTerminal =
  process.platform === 'linux' &&
  /util-linux/.test(spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '') &&
  spawnSync('stty', ['--version']).status === 0

export interface Terminal {
  /** All rows that a person sees or can scroll to, without blanks at their ends. */
  rows(): string[]
  /** The rows as one text. */
  text(): string
  /** Lines that were wider than the window, so that it broke them somewhere. */
  folded(): string[]
  type(text: string): void
  /** Makes the window wider or narrower, as a person would. */
  resize(columns: number): Promise<void>
  /** Waits for a text on the screen; throws with what is there when the program ended without it. */
  sees(what: string | RegExp): Promise<void>
  /** Waits for the end of the program, and gives its exit code. */
  ended(): Promise<number>
}

export interface TerminalOptions {
  cwd: string
  env: Record<string, string>
  columns?: number
}

const height = 200

/** Runs a command on a pseudo-terminal, and draws what it writes as a terminal does. */
export function openTerminal(command: readonly string[], options: TerminalOptions): Terminal {
  const { columns = 80 } = options
  const folder = mkdtempSync(join(tmpdir(), 'polyctl-terminal-'))
  const wanted = join(folder, 'columns')
  const code = join(folder, 'code')
  const started = join(folder, 'started')
  const quoted = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
  // Whoever resizes a window is another program: here it is a loop that waits for a file.
  const line = [
    `exec 3<&0; stty cols ${columns} rows ${height}`,
    `resize() { stty cols "$(cat ${wanted})" <&3; rm -f ${wanted}; printf '\\033]2;resized\\007'; }`,
    `(while sleep 0.02; do [ -f ${wanted} ] && resize; done) &`,
    `loop=$!; sh -c 'echo $$ > ${started}; exec "$@"' sh ${quoted}; echo $? > ${code}; kill $loop`
  ].join('\n')
  const child = spawn('script', ['--quiet', '--flush', '--command', line, join(folder, 'log')], {
    cwd: options.cwd,
    env: { PATH: process.env['PATH'], TERM: 'xterm-256color', SHELL: '/bin/sh', ...options.env },
    stdio: ['pipe', 'pipe', 'inherit']
  })
  const emulator = new xterm.Terminal({
    cols: columns,
    rows: height,
    scrollback: 2_000,
    allowProposedApi: true
  })
  const drawn: Promise<void>[] = []
  // Its title follows all that the program wrote before the window changed, which may be on its way still.
  const titles: string[] = []
  emulator.onTitleChange((title) => titles.push(title))
  child.stdout.on('data', (bytes: Buffer) => {
    drawn.push(new Promise((resolve) => emulator.write(bytes, resolve)))
  })
  const closed = new Promise<void>((resolve) => void child.once('close', () => resolve()))
  let isClosed = false
  void closed.then(() => (isClosed = true))
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await closed
    emulator.dispose()
    rmSync(folder, { recursive: true, force: true })
  })

  function rows(): string[] {
    const { active } = emulator.buffer
    const all = Array.from(
      { length: active.length },
      (_, y) => active.getLine(y)?.translateToString(true) ?? ''
    )
    while (all.at(-1) === '') all.pop()
    return all.map((row) => row.trimEnd())
  }
  const text = (): string => rows().join('\n')

  return {
    rows,
    text,
    folded() {
      const { active } = emulator.buffer
      const isRest = (y: number): boolean => active.getLine(y)?.isWrapped === true
      return Array.from({ length: active.length }, (_, y) => y)
        .filter((y) => !isRest(y) && isRest(y + 1))
        .map((y) => active.getLine(y)?.translateToString(true) ?? '')
    },
    type: (words) => void child.stdin.write(words),
    async resize(to) {
      // For a window this is one moment, in which nothing is written: so the program stands still meanwhile.
      const pid = Number(readFileSync(started, 'utf8'))
      process.kill(pid, 'SIGSTOP')
      // It comes whole: an empty file would leave the window as it was.
      writeFileSync(`${wanted}.next`, String(to))
      renameSync(`${wanted}.next`, wanted)
      const before = titles.length
      while (titles.length === before && child.exitCode === null) {
        await sleep(5)
        await Promise.all(drawn.splice(0))
      }
      emulator.resize(to, height)
      process.kill(pid, 'SIGCONT')
    },
    async sees(what) {
      for (;;) {
        await Promise.all(drawn.splice(0))
        if (typeof what === 'string' ? text().includes(what) : what.test(text())) return
        if (isClosed && drawn.length === 0) throw new Error(`the program ended without ${what}:\n${text()}`)
        await sleep(10)
      }
    },
    async ended() {
      await closed
      await Promise.all(drawn.splice(0))
      return Number(readFileSync(code, 'utf8'))
    }
  }
}
