import type { HttpAnswer } from '../remote/options.ts'
import type { Redaction } from '../state/redaction.ts'
import type { Project } from './project.ts'
import type { Output } from './output.ts'

/** Standard output takes no more: a disk is full, say. An answer that is not whole is a failure. */
export class Unwritable extends Error {}

/** How a request goes: straight, or by way of a proxy. `cut` ends it in place of its own signal. */
export interface RequestWay {
  proxy?: string | undefined
  cut?: AbortSignal
}

/** What the program may touch of the world. `main.ts` gives the real one, tests another. */
export interface WorldIo {
  /** Writes to standard output: the answer. Throws `Unwritable` where not all of it can be written. */
  out(text: string): void
  /** Writes to standard error: progress and problems. */
  err(text: string): void
  cwd: string
  env: Record<string, string | undefined>
  /** Which streams are a person's terminal, and its width in columns, which changes with the window. */
  terminal: { out: boolean; err: boolean; in: boolean; readonly width: number }
  /**
   * Asks one line of a person; only where `terminal.in`. Nothing comes back when the person stops it with
   * Ctrl-C, and null when the input ended (Ctrl-D). What is hidden does not appear while it is typed.
   */
  ask(question: string, options?: { isHidden?: boolean }): Promise<string | null | undefined>
  /** All of standard input. */
  stdin(): Promise<string>
  /** Resolves when the person asks to stop (Ctrl-C). */
  interrupted: Promise<void>
  now(): Date
  /** Ends early when the signal fires. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Rings once after so long, unless what is returned is called before. */
  timer(ring: () => void, ms: number): () => void
  /** Sends a request. */
  fetch(request: Request, way?: RequestWay): Promise<HttpAnswer>
  /** The proxy that the environment names for an address (HTTPS_PROXY, NO_PROXY and the like), or ``. */
  proxyFor(url: string): string
  /** The first wait before a request is repeated, in milliseconds; it doubles each time. */
  backoffMs: number
  /** From 0 to 1, by chance: so that not all who wait go on in the same moment. */
  random(): number
  /** A random UUID, for idempotency keys. */
  newKey(): string
  /** Who runs this and where, for others who find its traces: `ada@host, process 123`. */
  self?(): string
  /** Lets whatever has begun go on, in the middle of long work. */
  turn?(): Promise<void>
  /** Told how many letters of files are held so far: whoever looks after memory may prepare for it. */
  holding?(letters: number): void
  /** Told after each batch of records that a sync moves, for the same. */
  moving?(): void
}

/** What a command may touch. It cannot write: what it tells goes through its output. */
export interface CommandIo extends Omit<WorldIo, 'out' | 'err'> {
  /** Found for commands that read files. */
  project: Project
  /** What a suggested command needs to reach the same service, such as ` --local`. */
  reach?: string
  /** Knows the secrets of the run, as soon as they are known. */
  redaction: Redaction
  output: Output
  /** What is still to be done where the process ends before the command does: quickly, and at once. */
  leaving?(work: () => void): void
}
