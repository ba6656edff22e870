import type { ApplyEvent } from '../apply/events.ts'
import type { FormatName } from '../render/formats.ts'
import type { Answer, OrganizationView, Reported } from '../render/view/answer.ts'

/**
 * How the result is told. A document is for programs: it has no colours, nobody is asked anything, and
 * problems are a part of the answer instead of standing beside it.
 */
export interface OutputOptions {
  /** What standard output is in. */
  format: FormatName
  /** Files that the result is written to as well. */
  formatFiles?: readonly FormatFile[]
  verbose?: boolean
  quiet?: boolean
}

/** A file for the result, and what it is in. `path` may be relative to the folder of the command. */
export interface FormatFile {
  format: FormatName
  path: string
}

/**
 * What a command comes to. It is returned, and printed in one place: standard output can hold nothing beside
 * a document, nor two of them. Without an answer, all was told on the way.
 */
export interface Result {
  code: number
  answer?: Answer
}

/** What a command tells while it runs. All of it is printed by `door.ts`, and nowhere else. */
export interface Output {
  /** One document at the end is wanted: nobody is there who could be asked. */
  readonly isDocument: boolean
  /** The whole result is needed at the end, also what was told on the way. */
  readonly isKept: boolean
  /** An answer that a person must see before the last one, such as a plan before a question. */
  tell(answer: Answer, options?: { inFull?: boolean }): Promise<void>
  /** One organization of many. */
  tellOrganization(view: OrganizationView): Promise<void>
  /** A line for who watches: why it takes a while, say. */
  say(line: string): void
  /** What a person must do now: with the answer, or beside it where that is a document. */
  prompt(text: string): void
  /** What others wait for while the command goes on: in a document it is one line. */
  announce(facts: unknown, text: string): void
  /** Loads what an answer is told with: while something else is waited for. */
  prepare(type: Answer['type']): Promise<void>
  /** Shows what is read while the work runs. */
  reading<T>(work: (reading: ReadingProgress) => Promise<T>): Promise<T>
  /** Shows what happens while a plan is carried out; `waits` says that a person is waited for. */
  follow(options: { waits: boolean }): Promise<Follower>
  /** An output that keeps what it is told, for whoever tells it later. Nobody watches it. */
  keeping(): { output: Output; reported: Reported[] }
}

/** How far something is: of a kind, so many of so many. */
export type ReadingProgress = (kind: string, done: number, of: number) => void

/** Shows events. Whatever goes wrong with that is no reason to stop the work. */
export interface Follower {
  event(event: ApplyEvent): void
  close(): Promise<void>
}
