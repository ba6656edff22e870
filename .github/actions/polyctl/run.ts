import { appendFileSync } from 'node:fs'
import { contextOf } from './context.ts'
import { run } from './modes.ts'

/** Where the action meets the runner: it reads what it is to do from its environment. */

const say = (text: string): void => void process.stdout.write(`${text}\n`)

/** In one line, as the runner wants commands. */
function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

const pause = process.env['POLYCTL_ACTION_PAUSE_MS']

try {
  process.exitCode = await run(
    contextOf({
      env: process.env,
      append: (path, text) => path !== '' && text !== '' && appendFileSync(path, text),
      say,
      ...(pause === undefined ? {} : { pauseMs: Number(pause) })
    })
  )
} catch (error) {
  say(`::error title=polyctl::${escaped(error instanceof Error ? error.message : String(error))}`)
  process.exitCode = 1
}
