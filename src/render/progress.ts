import type * as Listr2 from 'listr2'
import type { DefaultRenderer, ListrTaskWrapper, SimpleRenderer } from 'listr2'
import type { ApplyEvent } from '../apply/events.ts'
import { visible } from './plain-text.ts'
import { openPace, type Pace } from './pace.ts'
import { renderEvent } from './report.ts'
import { paint, type Look } from './style.ts'
import { unfolding } from './unfolding.ts'

/** What happens while it happens. It only shows: nothing that it fails at can stop the work. */
export interface Progress {
  event(event: ApplyEvent): void
  /** A line that belongs to no change. */
  say(line: string): void
  /** Shows a title while the work runs; `update` adds how far it is. */
  phase<T>(title: string, work: (update: (text: string) => void) => Promise<T>): Promise<T>
  /** Leaves the terminal as it was found. Safe to call at any time, and more than once. */
  close(): Promise<void>
}

/** The command decides all of this: nothing here asks the terminal or the environment. */
export interface ProgressOptions {
  /** A person watches: lines may be drawn again. */
  live: boolean
  look: Look
  /** Standard error: standard output is for the answer. */
  write: (text: string) => void
  /** Columns of the terminal as it is now; without it, as it was at first. */
  columns?: () => number
  /** The time in milliseconds; without it, nothing is told of how long it will take. */
  now?: () => number
}

/** Drawn in place for a person; otherwise one line after the other, as logs want it. */
export function openProgress(options: ProgressOptions): Progress {
  const write = harmless(options.write)
  const screen = {
    look: options.look,
    write,
    columns: options.columns ?? (() => options.look.width),
    now: options.now
  }
  return options.live ? liveProgress(screen) : plainProgress(options.look, write)
}

/** Where it is drawn, and how wide that is at the moment. */
interface Screen {
  look: Look
  write: (text: string) => void
  columns: () => number
  now: (() => number) | undefined
}

/** Whoever waits that long wants to know for what. In milliseconds. */
const patience = 500

/**
 * Says what is read while the work runs, where a person watches and it takes a while. Nothing of it is left
 * when the work is done; what is said meanwhile stays.
 */
export async function whileReading<T>(
  options: ProgressOptions,
  work: (progress: {
    reading: (kind: string, done: number, of: number) => void
    say: (line: string) => void
  }) => Promise<T>
): Promise<T> {
  const write = harmless(options.write)
  const plain = (line: string): void => write(`${visible(line)}\n`)
  if (!options.live) return await work({ reading: () => undefined, say: plain })
  const screen = {
    look: options.look,
    write,
    columns: options.columns ?? (() => options.look.width),
    now: options.now
  }
  const kinds = new Map<string, string>()
  const title = (): string => `reading ${[...kinds.values()].join(', ') || 'the service'}`
  let display: Display | undefined
  const timer = setTimeout(() => {
    display = openDisplay(import('listr2'), title(), screen, true)
  }, patience)
  try {
    return await work({
      reading(kind, done, of) {
        kinds.set(kind, `${done} of ${of} ${visible(kind)}`)
        display?.show(title(), undefined)
      },
      say(line) {
        if (display === undefined) plain(line)
        else display.show(undefined, visible(line))
      }
    })
  } finally {
    clearTimeout(timer)
    await display?.close(true)
  }
}

/** A closed pipe (`| head`) is no reason to stop applying. */
function harmless(write: (text: string) => void): (text: string) => void {
  let closed = false
  return (text) => {
    if (closed) return
    try {
      write(text)
    } catch {
      closed = true
    }
  }
}

/** What came of each change is in the report, which often goes to the same log: there it is told once. */
function plainProgress(look: Look, write: (text: string) => void): Progress {
  return {
    event(event) {
      if (event.type === 'start' || event.type === 'settled') return
      const line = renderEvent(event, look)
      if (line !== undefined) write(`${line}\n`)
    },
    say: (line) => write(`${visible(line)}\n`),
    async phase(title, work) {
      write(`${visible(title)}\n`)
      return await work(() => undefined)
    },
    async close() {}
  }
}

function liveProgress(screen: Screen): Progress {
  const { look, write } = screen
  const listr = import('listr2')
  listr.catch(() => undefined)
  let current: Display | undefined
  let applying: { display: Display; owned: boolean; pace: Pace } | undefined

  async function finish(display: Display, worked: boolean): Promise<void> {
    if (current === display) current = undefined
    await display.close(worked)
  }

  return {
    event(event) {
      if (event.type === 'begin' && event.changes.length > 0) {
        applying = {
          display: current ?? openDisplay(listr, '', screen),
          owned: !current,
          pace: openPace(event.changes.length, screen)
        }
        current = applying.display
      }
      if (applying === undefined) return
      if (event.type === 'settled') applying.pace.settled(event.outcome.outcome)
      const line = event.type === 'begin' ? undefined : renderEvent(event, look)
      applying.display.show(applying.pace.title(), line)
      if (event.type === 'end' && applying.owned) void finish(applying.display, !event.report.interrupted)
    },
    say(line) {
      if (current) current.show(undefined, visible(line))
      else write(`${visible(line)}\n`)
    },
    async phase(title, work) {
      // A phase within a phase is a line of it: two displays at a time would draw over each other.
      const outer = current
      const display = outer ?? openDisplay(listr, visible(title), screen)
      if (outer) outer.show(undefined, visible(title))
      current = display
      let worked = false
      try {
        const result = await work((text) => {
          if (outer) outer.show(undefined, `${visible(title)}: ${visible(text)}`)
          else display.show(`${visible(title)} ${paint(look, 'dim', visible(text))}`, undefined)
        })
        worked = true
        return result
      } finally {
        if (!outer) await finish(display, worked)
      }
    },
    async close() {
      const displays = [current, applying?.display].filter((display) => display !== undefined)
      await Promise.all(displays.map((display) => finish(display, true)))
    }
  }
}

interface Display {
  show(title: string | undefined, line: string | undefined): void
  close(worked: boolean): Promise<void>
}

type Task = ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof SimpleRenderer>

/** Lines below the title: enough to see what goes on, too few to push the rest away. */
const linesBelow = 4
/** Each drawing costs time that grows with what is drawn, so events are drawn together. In milliseconds. */
const drawEvery = 80

/**
 * One task of listr2. Events must not be tasks of their own: its time to draw grows with the square of
 * their number.
 */
function openDisplay(
  listr: Promise<typeof Listr2>,
  title: string,
  screen: Screen,
  clears = false
): Display {
  const lines: string[] = []
  const finished = Promise.withResolvers<void>()
  let shown = title
  let failed = false
  let task: Task | undefined
  let timer: NodeJS.Timeout | undefined
  let onScreen: string[] = []

  function draw(): void {
    timer = undefined
    if (task === undefined) return
    onScreen = [shown, ...lines]
    task.title = shown
    if (lines.length > 0) task.output = lines.join('\n')
  }

  const running = listr.then((module) =>
    listOf(module, { title, screen, clears, drawn: () => onScreen }, async (started) => {
      task = started
      draw()
      await finished.promise
      clearTimeout(timer)
      draw()
      if (failed) throw new Error(shown)
    }).run()
  )
  const settled = running.then(() => undefined).catch(() => undefined)
  return {
    show(title, line) {
      shown = title ?? shown
      if (line !== undefined) lines.push(line)
      if (lines.length > linesBelow) lines.splice(0, lines.length - linesBelow)
      timer ??= setTimeout(draw, drawEvery)
    },
    async close(worked) {
      failed = !worked
      finished.resolve()
      await settled
      clearTimeout(timer)
    }
  }
}

/** What a display shows; `drawn` are the lines that it has on the screen, the title first. */
interface Drawing {
  title: string
  screen: Screen
  clears: boolean
  drawn: () => string[]
}

function listOf(
  module: typeof Listr2,
  { title, screen, clears, drawn }: Drawing,
  work: (task: Task) => Promise<void>
) {
  /**
   * The caller decided that this is a terminal: listr2 would ask standard output, which may well be a
   * file.
   */
  class Renderer extends module.DefaultRenderer {
    static override nonTTY = true
  }
  const { look } = screen
  const stream = module.createWritable(unfolding(screen, drawn)) as NodeJS.WriteStream
  Object.defineProperty(stream, 'columns', { get: screen.columns })
  Object.assign(stream, { rows: linesBelow + 4 })
  const processOutput = new module.ProcessOutput(stream, stream)
  const styles = module.LISTR_DEFAULT_RENDERER_STYLE
  const bare = Object.fromEntries(
    Object.keys(styles.color ?? {}).map((key) => [key, (text?: string) => text ?? ''])
  )
  return new module.Listr<unknown, typeof Renderer, typeof SimpleRenderer>(
    [
      {
        title: title === '' ? 'apply' : title,
        task: async (_, task) => await work(task),
        rendererOptions: { outputBar: 1 }
      }
    ],
    {
      renderer: Renderer,
      exitOnError: false,
      registerSignalListeners: false,
      rendererOptions: {
        logger: new module.ListrLogger({ useIcons: true, toStderr: [], processOutput }),
        formatOutput: 'truncate',
        clearOutput: clears,
        showSubtasks: false,
        ...(look.colour ? {} : { color: bare })
      }
    }
  )
}
