import type * as Listr2 from 'listr2'
import type { DefaultRenderer, ListrTaskWrapper, SimpleRenderer } from 'listr2'
import type { ApplyEvent } from '../apply/events.ts'
import { visible } from './plain-text.ts'
import { renderEvent } from './report.ts'
import { paint, type Look } from './style.ts'

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
}

/** Drawn in place for a person; otherwise one line after the other, as logs want it. */
export function openProgress(options: ProgressOptions): Progress {
  const write = harmless(options.write)
  return options.live ? liveProgress(options.look, write) : plainProgress(options.look, write)
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

function liveProgress(look: Look, write: (text: string) => void): Progress {
  const listr = import('listr2')
  listr.catch(() => undefined)
  let current: Display | undefined
  let applying: { display: Display; owned: boolean; done: number; all: number } | undefined

  async function finish(display: Display, worked: boolean): Promise<void> {
    if (current === display) current = undefined
    await display.close(worked)
  }

  return {
    event(event) {
      if (event.type === 'begin' && event.changes.length > 0) {
        applying = {
          display: current ?? openDisplay(listr, '', look, write),
          owned: !current,
          done: 0,
          all: event.changes.length
        }
        current = applying.display
      }
      if (applying === undefined) return
      if (event.type === 'settled') applying.done += 1
      const line = event.type === 'begin' ? undefined : renderEvent(event, look)
      applying.display.show(`apply ${applying.done}/${applying.all}`, line)
      if (event.type === 'end' && applying.owned) void finish(applying.display, !event.report.interrupted)
    },
    say(line) {
      if (current) current.show(undefined, visible(line))
      else write(`${visible(line)}\n`)
    },
    async phase(title, work) {
      // A phase within a phase is a line of it: two displays at a time would draw over each other.
      const outer = current
      const display = outer ?? openDisplay(listr, visible(title), look, write)
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
  look: Look,
  write: (text: string) => void
): Display {
  const lines: string[] = []
  const finished = Promise.withResolvers<void>()
  let shown = title
  let failed = false
  let task: Task | undefined
  let timer: NodeJS.Timeout | undefined

  function draw(): void {
    timer = undefined
    if (task === undefined) return
    task.title = shown
    if (lines.length > 0) task.output = lines.join('\n')
  }

  const running = listr.then((module) =>
    listOf(module, title, look, write, async (started) => {
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

function listOf(
  module: typeof Listr2,
  title: string,
  look: Look,
  write: (text: string) => void,
  work: (task: Task) => Promise<void>
) {
  /**
   * The caller decided that this is a terminal: listr2 would ask standard output, which may well be a
   * file.
   */
  class Renderer extends module.DefaultRenderer {
    static override nonTTY = true
  }
  const stream = module.createWritable(write)
  Object.assign(stream, { columns: look.width, rows: linesBelow + 4 })
  const processOutput = new module.ProcessOutput(
    stream as unknown as NodeJS.WriteStream,
    stream as unknown as NodeJS.WriteStream
  )
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
        showSubtasks: false,
        ...(look.colour ? {} : { color: bare })
      }
    }
  )
}
