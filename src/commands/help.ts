import { join } from 'node:path'
import { openDisk } from '../config/source/index.ts'
import { problem } from '../diagnostics/diagnostic.ts'
import { similarNames } from '../diagnostics/similar.ts'
import { exit } from './exit.ts'
import type { CommandIo } from './io.ts'
import type { Result } from './output.ts'
import { lookupResult, nothingRead, problemsResult } from './result.ts'
import { topics } from './topics.ts'

/** `polyctl help TOPIC`: a page of the reference, which lies beside the program as Markdown. */
export async function helpCommand(
  word: string,
  commands: readonly string[],
  io: CommandIo
): Promise<Result> {
  const name = word.toLowerCase()
  if (!topics.includes(name)) {
    const near = similarNames(name, [...topics, ...commands])
    const help = [
      ...near.map((other) => `there is \`polyctl help ${other}\``),
      '`polyctl help` lists all commands and topics'
    ]
    const none = problem('P624', `no topic or command is called ${JSON.stringify(word)}`, { help })
    return await problemsResult(io, [none], nothingRead)
  }
  return pageResult(name)
}

/** A page of the reference. */
export function pageResult(topic: string): Result {
  return lookupResult(exit.done, { of: 'page', facts: { topic, markdown: pageOf(topic) } })
}

/** The program runs from `src/commands` in a checkout, and from `.dist` where it is installed. */
function pageOf(name: string): string {
  for (const root of ['../..', '..']) {
    const disk = openDisk(join(import.meta.dirname, root), async () => '')
    const reading = disk.read(`configs/help/${name}.md`)
    if (reading.ok) return reading.text
  }
  throw new Error(`the page configs/help/${name}.md is not where the program was installed`)
}
