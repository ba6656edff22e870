import { thrownText } from '../diagnostics/thrown.ts'
import { formatOf, type FormatName } from '../render/formats.ts'
import { organizationPrinted, printed, type Piece } from '../render/format.ts'
import type { Look } from '../render/style.ts'
import type { Answer, Reported } from '../render/view/answer.ts'
import { openRedaction, type Redaction } from '../state/redaction.ts'
import { exit } from './exit.ts'
import type { WorldIo } from './io.ts'
import type { Output, OutputOptions, Result } from './output.ts'

/** The one door to both streams. What goes out has been looked through for secrets. */
export interface Door {
  /** What the parser of the command line says: help, and what it does not understand. */
  out(text: string): void
  err(text: string): void
  redaction: Redaction
  /** The output of a command. */
  open(options: OutputOptions & { debug?: boolean }): Output
  /** Prints what a command came to, and gives its exit code. Of documents only the first is printed. */
  end(result: Result, options: OutputOptions): Promise<number>
}

/** Opens the door to the streams of the world. No secret is known yet. */
export function openDoor(world: WorldIo): Door {
  const redaction = openRedaction()
  const write = (to: Piece['to'], text: string): void => world[to](redaction.shown(text))
  const writeAll = (pieces: readonly Piece[]): void => pieces.forEach(({ to, text }) => write(to, text))
  let hasEnded = false
  return {
    out: (text) => write('out', text),
    err: (text) => write('err', text),
    redaction,
    open(options) {
      const isDocument = options.format !== 'text'
      const look = lookOf(world, options)
      const isWatched =
        world.terminal.err && !isDocument && options.quiet !== true && options.debug !== true
      const sink: Sink = {
        write,
        async tell(answer, { inFull = false } = {}) {
          const full = inFull ? { ...look, quiet: false } : look
          writeAll(await printed(redaction.data(answer), await formatOf(options.format), full))
        },
        async tellOrganization(view) {
          writeAll(await organizationPrinted(redaction.data(view), await formatOf(options.format), look))
        },
        async prepare(type) {
          await (await formatOf(options.format)).prepare?.(type)
        }
      }
      return openOutput(sink, {
        world,
        redaction,
        look,
        isDocument,
        isKept: isDocument || (options.formatFiles ?? []).length > 0,
        isWatched,
        quiet: options.quiet === true
      })
    },
    async end({ code, answer }, options) {
      const isDocument = options.format !== 'text'
      if (answer === undefined || (isDocument && hasEnded)) return code
      hasEnded = true
      const look = lookOf(world, options)
      const open = redaction.data(answer)
      writeAll(await shownSomehow(open, options.format, look))
      if (options.formatFiles === undefined) return code
      const { saveFormats } = await import('./format-files.ts')
      const failures = await saveFormats(whole(open), options.formatFiles, {
        cwd: world.cwd,
        look,
        shown: redaction.shown
      })
      writeAll(failures)
      return failures.length > 0 && isFine(code) ? exit.failure : code
    }
  }
}

/** A file gets all of an answer, also what was told on the way. */
function whole(answer: Answer): Answer {
  return answer.type === 'report' ? { ...answer, view: { ...answer.view, isReportTold: false } } : answer
}

/** Where the command itself came to its end, whatever it found. */
function isFine(code: number): boolean {
  return code === exit.done || code === exit.differences || code === exit.waiting
}

/** However a report looks: what was done must be known. */
async function shownSomehow(answer: Answer, format: FormatName, look: Look): Promise<Piece[]> {
  try {
    return await printed(answer, await formatOf(format), look)
  } catch (error) {
    if (answer.type !== 'report') throw error
    const { jsonText } = await import('../render/json-text.ts')
    const sentence = `The report cannot be shown as it should: ${thrownText(error)}\n`
    return [
      { to: 'err', text: format === 'text' ? sentence : '' },
      { to: 'out', text: jsonText(answer.view) }
    ]
  }
}

/** Where it goes: to the streams, or to whoever tells it later. */
interface Sink {
  write(to: Piece['to'], text: string): void
  tell: Output['tell']
  tellOrganization: Output['tellOrganization']
  prepare: Output['prepare']
}

interface Setting {
  world: WorldIo
  redaction: Redaction
  look: Look
  isDocument: boolean
  isKept: boolean
  /** A person watches: lines may be drawn again. */
  isWatched: boolean
  quiet: boolean
}

function openOutput(sink: Sink, setting: Setting): Output {
  const { world, redaction, look, isDocument, isKept, isWatched, quiet } = setting
  const err = (text: string): void => sink.write('err', text)
  // Lines between what is drawn in place would be drawn over: whoever draws says them.
  let sayBeside: ((line: string) => void) | undefined
  const screen = { live: isWatched, look, write: err, columns: () => world.terminal.width }
  return {
    isDocument,
    isKept,
    async tell(answer, options) {
      if (!isDocument) await sink.tell(answer, options)
    },
    async tellOrganization(view) {
      if (!isDocument) await sink.tellOrganization(view)
    },
    prepare: (type) => sink.prepare(type),
    say(line) {
      if (sayBeside) sayBeside(line)
      else err(`${line}\n`)
    },
    prompt: (text) => sink.write(isDocument ? 'err' : 'out', text),
    announce: (facts, text) =>
      sink.write('out', isDocument ? `${JSON.stringify(redaction.data(facts))}\n` : text),
    async reading(work) {
      if (!isWatched) return await work(() => undefined)
      const { whileReading } = await import('../render/progress.ts')
      return await whileReading(screen, async (progress) => {
        sayBeside = progress.say
        try {
          return await work(progress.reading)
        } finally {
          sayBeside = undefined
        }
      })
    },
    async follow({ waits }) {
      const isSilent = quiet || isDocument
      const { openProgress } = await import('../render/progress.ts')
      const write = isSilent ? () => undefined : err
      const progress = openProgress({ ...screen, write, now: () => world.now().getTime() })
      if (isWatched) sayBeside = progress.say
      const attempt = attempting(err)
      return {
        event(event) {
          // Where nobody waits for a person, the report is there in a moment, and says the same.
          if (event.type !== 'note' || waits) void attempt(() => progress.event(redaction.data(event)))
          // Who waits for a person must tell that person, however quiet.
          if (isSilent && waits && event.type === 'note') err(`${event.text}\n`)
        },
        async close() {
          sayBeside = undefined
          await attempt(() => progress.close())
        }
      }
    },
    keeping() {
      const reported: Reported[] = []
      const kept: Sink = {
        write: (_to, text) => void reported.push({ type: 'lines', text }),
        tell: async (answer) => void reported.push(answer),
        tellOrganization: async () => undefined,
        prepare: async () => undefined
      }
      return { output: openOutput(kept, { ...setting, isWatched: false }), reported }
    }
  }
}

/** What is shown meanwhile is no reason to lose the report: it is tried until it fails once. */
function attempting(err: (text: string) => void): (what: () => void | Promise<void>) => Promise<void> {
  let works = true
  return async (what) => {
    try {
      if (works) await what()
    } catch (error) {
      works = false
      err(`Progress cannot be shown any more: ${thrownText(error)}\n`)
    }
  }
}

/**
 * How to print here. FORCE_COLOR wins over NO_COLOR, and a document is never coloured. Where no terminal
 * tells its width, lines may have 100 columns.
 */
function lookOf({ env, terminal }: WorldIo, { format, verbose, quiet }: OutputOptions): Look {
  const forced = env['FORCE_COLOR']
  const refused = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb'
  const wanted = forced === undefined ? terminal.out && !refused : forced !== '0' && forced !== 'false'
  const colour = format === 'text' && wanted
  const page = terminal.out
    ? { width: Math.max(40, terminal.width), wraps: true, isTerminal: format === 'text' }
    : { width: 100 }
  return { colour, ...page, verbose: verbose === true, quiet: quiet === true }
}
