import { CommanderError } from 'commander'
import { GitStopped } from '../config/git-stopped.ts'
import { commandLine } from './command-line.ts'
import type { Settle } from './commands.ts'
import { exit } from './exit.ts'
import { isFormat, type FormatName } from '../render/formats.ts'
import { openDoor } from './door.ts'
import { Unwritable, type CommandIo, type WorldIo } from './io.ts'
import { notPair, type FileOptions } from './options.ts'
import type { Result } from './output.ts'
import { failedResult, interruptedResult, problemsResult, wrongWordsResult } from './result.ts'

/** The command line, ready for words. Nothing is run, and no command is loaded, before they come. */
export interface Program {
  /** Runs what the words ask for and gives the exit code. */
  run(words: string[]): Promise<number>
  /** Nothing more is waited for. Whoever asked for a document gets one, once, whatever comes later. */
  giveUp(words: readonly string[]): Promise<void>
}

/**
 * All commands with their help. Each command's code, and the packages behind it, are loaded only when it is
 * run: `--help` must be instant.
 */
export function createProgram(world: WorldIo): Program {
  const door = openDoor(world)
  const { out: _out, err: _err, ...rest } = world
  let code: number = exit.done
  const left: (() => void)[] = []
  const settle: Settle = async (options, run) => {
    const output = door.open(options)
    const leaving = (work: () => void): void => void left.push(work)
    const io: CommandIo = { ...rest, redaction: door.redaction, output, project: { folder: '.' }, leaving }
    code = await door.end(await inProject(options, io, run), options)
  }
  return {
    async run(words) {
      let stopped = false
      void world.interrupted.then(() => (stopped = true))
      try {
        const command = await commandLine(words, door, settle)
        await command.parseAsync(words, { from: 'user' })
        return code
      } catch (error) {
        const format = formatIn(words)
        const isDocument = format !== 'text'
        // While git runs nothing else is heard: what stopped it is about to reach us too.
        if (error instanceof GitStopped) await Promise.race([world.interrupted, world.sleep(gitStoppedMs)])
        if (error instanceof GitStopped && stopped)
          return await door.end(await interruptedResult(), { format })
        if (!(error instanceof CommanderError)) {
          if (isDocument && !(error instanceof Unwritable))
            await door.end(await (stopped ? interruptedResult() : failedResult(error)), { format })
          throw error
        }
        if (error.exitCode === 0) return exit.done
        // Without a command the help is what was wanted, and has been printed.
        if (error.code === 'commander.help') return isDocument ? exit.invalid : exit.done
        const { helpOn } = await import('./other-tools.ts')
        const help = helpOn(error)
        if (isDocument) return await door.end(await wrongWordsResult(error.message, help), { format })
        if (error.code === notPair('').code) door.err(`${error.message}\n`)
        door.err(`${help}\n`)
        return exit.invalid
      }
    },
    async giveUp(words) {
      for (const work of left.splice(0)) work()
      const format = formatIn(words)
      if (format !== 'text') await door.end(await interruptedResult(), { format })
    }
  }
}

const gitStoppedMs = 500

/** Runs a command with what its project says, if it is one that reads files. */
async function inProject<Options extends object>(
  options: Options,
  io: CommandIo,
  run: (io: CommandIo, options: Options) => Promise<Result>
): Promise<Result> {
  if (!takesFiles(options)) return await run(io, options)
  const { projectOf } = await import('./project.ts')
  const { reachOf } = await import('./reach.ts')
  const ownIo = { ...io, project: projectOf(io.cwd), reach: reachOf(options) }
  const { inEnvironment } = await import('./environments.ts')
  const found = inEnvironment(options, ownIo)
  return found.ok
    ? await run(ownIo, found.value)
    : await problemsResult(ownIo, found.problems, { texts: found.texts, files: 0 })
}

function takesFiles(options: object): options is FileOptions {
  return 'file' in options && 'envFile' in options
}

/** Whoever asks for a document gets one even where the words cannot be understood. */
function formatIn(words: readonly string[]): FormatName {
  const end = words.indexOf('--')
  const options = end < 0 ? words : words.slice(0, end)
  const named = options.flatMap((word, at) => {
    const name = word === '--format' ? options[at + 1] : /^--format=(.*)$/.exec(word)?.[1]
    return name !== undefined && isFormat(name) ? name : []
  })
  return named.find((name) => name !== 'text') ?? 'text'
}
