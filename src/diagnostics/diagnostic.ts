import type { Code } from './codes.ts'

/**
 * A problem is a value: returned, never printed or thrown where it is found. Paths and positions, no text:
 * the renderer looks that up.
 */
export interface Diagnostic {
  code: Code
  severity: 'error' | 'warning'
  /** One line that stands alone: what is wrong, names in backticks, no advice. */
  message: string
  /** The first is the primary one. Problems of the environment (no key, no service) have none. */
  labels: Label[]
  /** Facts. */
  notes: string[]
  /** Actions. */
  help: string[]
}

/**
 * A few words about a place. They are shown beside the carets under it, so they are no sentence and have no
 * full stop.
 */
export interface Label {
  span: Span
  text: string
}

/**
 * A stretch of a file; `end` is the first place after it. The path is as people type it in the working
 * folder.
 */
export interface Span {
  path: string
  start: Position
  end: Position
}

/** Line and column count from 1, in UTF-16 units; the offset counts from 0. */
export interface Position {
  line: number
  column: number
  offset: number
}

/**
 * What a stage returns: its value, and its problems. With an error among them there is no value, and the
 * next stage is not run.
 */
export type Checked<T> =
  | { ok: true; value: T; problems: Diagnostic[] }
  | { ok: false; problems: Diagnostic[] }

/** What a problem has beside its sentence. The first label decides where among the others it is told. */
export interface Details {
  labels?: Label[]
  notes?: string[]
  help?: string[]
}

/** For what must be mended: the stage that finds it gives no value, and the command stops there. */
export function problem(code: Code, message: string, details: Details = {}): Diagnostic {
  return make('error', code, message, details)
}

/** For what may be meant: it is told, and changes neither what is done nor the exit code. */
export function warning(code: Code, message: string, details: Details = {}): Diagnostic {
  return make('warning', code, message, details)
}

function make(severity: Diagnostic['severity'], code: Code, message: string, details: Details): Diagnostic {
  return {
    code,
    severity,
    message,
    labels: details.labels ?? [],
    notes: details.notes ?? [],
    help: details.help ?? []
  }
}

/** A value with its problems; no value as soon as one of them is an error. */
export function checked<T>(value: T, problems: Diagnostic[]): Checked<T> {
  return problems.some(isError) ? { ok: false, problems } : { ok: true, value, problems }
}

/** Separates what stops a command from what is only told. */
export function isError(diagnostic: Diagnostic): boolean {
  return diagnostic.severity === 'error'
}

/** The same problems where warnings count as errors: nothing that is told may be left as it is. */
export function strictly(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.map((diagnostic) => ({ ...diagnostic, severity: 'error' }))
}

/**
 * One order for all output: by place, then code; a problem that names the same place twice under one code
 * is told once.
 */
export function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>()
  return diagnostics
    .toSorted((a, b) => compareText(sortKey(a), sortKey(b)))
    .filter((diagnostic) => {
      const key = `${sortKey(diagnostic)}\n${diagnostic.labels.length === 0 ? diagnostic.message : ''}`
      if (seen.has(key)) return false
      seen.add(key)
      return true
    })
}

function sortKey(diagnostic: Diagnostic): string {
  const span = diagnostic.labels[0]?.span
  const offset = String(span?.start.offset ?? 0).padStart(12, '0')
  return `${span?.path ?? ''}\n${offset}\n${diagnostic.code}`
}

/** Compares by code unit: the same order on every machine, whatever its language. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
