import type { Diagnostic, Span } from '../diagnostics/diagnostic.ts'
import type { PlanHeader } from './header.ts'
import type { ProblemsView } from './view/problems.ts'

/**
 * The output formats for programs. Each has a schema in `schemas/`; a change that could break a reader
 * raises the version. What is not known is null, so that every key is always there.
 */
export const formatVersion = 1

/** Where it was looked. */
export function headJson(header: PlanHeader) {
  return {
    format_version: formatVersion,
    organization: { id: header.organizationId ?? null, name: header.organization },
    service: header.service,
    api_version: header.apiVersion,
    environment: header.environment ?? null,
    files: header.files,
    resources: header.resources
  }
}

/** A place in a file; null where there is none. */
export function placeJson(span: Span | undefined) {
  return { file: span?.path ?? null, line: span?.start.line ?? null, column: span?.start.column ?? null }
}

/** Problems, in the order of the views. */
export function problemsJson(...views: readonly ProblemsView[]) {
  return views.flatMap(({ problems }) => problems.map(problemJson))
}

/** One problem. */
export function problemJson({ code, severity, message, labels, notes, help }: Diagnostic) {
  return {
    code,
    severity,
    message,
    ...placeJson(labels[0]?.span),
    labels: labels.map(({ span, text }) => ({
      ...placeJson(span),
      end_line: span.end.line,
      end_column: span.end.column,
      text
    })),
    notes,
    help
  }
}
