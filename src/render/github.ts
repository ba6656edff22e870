import type { Span } from '../diagnostics/diagnostic.ts'
import type { Format } from './format.ts'
import { visible } from './plain-text.ts'
import { summaryFormat } from './summary.ts'
import type { Entry, Summary } from './view/summary.ts'
import type { ProblemView } from './view/problems.ts'

/**
 * Commands of GitHub Actions' workflows, which become annotations at the lines of the files. A step shows
 * ten errors, ten warnings and ten notices, so the gravest come first; a log has all of them.
 */
export const github: Format = summaryFormat((summary) =>
  annotationsOf(summary)
    .toSorted((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level))
    .map(commandText)
    .join('')
)

interface Annotation {
  level: 'error' | 'warning' | 'notice'
  title: string
  message: string
  place?: Span | undefined
}

const levels: readonly Annotation['level'][] = ['error', 'warning', 'notice']

function annotationsOf(summary: Summary): Annotation[] {
  const { of, title, closing, outcome, entries, problems, organizations } = summary
  if (organizations.length > 0) {
    return organizations.flatMap(({ label, summary: own }) =>
      annotationsOf(own).map((annotation) => ({ ...annotation, title: `${label}: ${annotation.title}` }))
    )
  }
  const level =
    outcome === 'failed' ? 'error' : of === 'drift' && outcome === 'differs' ? 'warning' : 'notice'
  return [
    ...problems.map(problemOf),
    ...entries.map((entry) => entryOf(entry, of)),
    ...(closing === ''
      ? []
      : [{ level, title: `Polytomic: ${title.toLowerCase()}`, message: closing } as const])
  ]
}

function problemOf({ severity, code, message, labels, help }: ProblemView): Annotation {
  return {
    level: severity === 'error' ? 'error' : 'warning',
    title: code,
    message: [message, ...help.map((text) => `help: ${text}`)].map(visible).join('\n'),
    place: labels[0]?.span
  }
}

function entryOf(entry: Entry, of: Summary['of']): Annotation {
  const { text, word, tone, place, notes, impacts, lines } = entry
  const fields = lines()
  const isGrave = tone === 'remove' || impacts.length > 0 || (of === 'drift' && tone !== 'wait')
  const level = tone === 'failed' ? 'error' : isGrave ? 'warning' : 'notice'
  const more = [...notes, ...impacts.map((impact) => `! ${impact}`), ...fields.slice(0, mostLines)]
  const left = fields.length - mostLines
  const rest = left > 0 ? [`… and ${left} more lines`] : []
  return {
    level,
    title: `${word} ${text}`,
    message: [`${word} ${text}`, ...more, ...rest].join('\n'),
    place
  }
}

/** An annotation is a note beside a line, and no page. */
const mostLines = 12

function commandText({ level, title, message, place }: Annotation): string {
  const properties = [
    ...(place === undefined ? [] : placeProperties(place)),
    ['title', title.slice(0, 200)] as const
  ]
  const shown = properties.map(([key, value]) => `${key}=${property(value)}`).join(',')
  return `::${level} ${shown}::${data(message.slice(0, 4000))}\n`
}

/** Columns are only taken where a place is on one line. */
function placeProperties({ path, start, end }: Span): (readonly [string, string])[] {
  const lines = [
    ['file', path],
    ['line', String(start.line)],
    ['endLine', String(Math.max(start.line, end.line))]
  ] as const
  if (start.line !== end.line) return [...lines]
  return [
    ...lines,
    ['col', String(start.column)],
    ['endColumn', String(Math.max(start.column, end.column))]
  ]
}

/** What ends a command or begins a property is written in another way. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
