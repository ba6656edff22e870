import type { Location, Log, Result } from 'sarif'
import about from '../../package.json' with { type: 'json' }
import { codes } from '../diagnostics/codes.ts'
import type { Span } from '../diagnostics/diagnostic.ts'
import { dictionary } from '../state/value.ts'
import type { Format } from './format.ts'
import { jsonText } from './json-text.ts'
import { visible } from './plain-text.ts'
import { summaryFormat } from './summary.ts'
import type { Entry, Summary } from './view/summary.ts'
import type { ProblemView } from './view/problems.ts'

/**
 * SARIF 2.1.0, as code scanning reads it: problems by their codes, and what a plan would do or what drifted
 * as results of their own rules, at the lines that declare it. What is live and in no file has no line.
 */
export const sarif: Format = summaryFormat((summary) => jsonText(sarifLog(summary)))

/** What is found, before it becomes a result of the log. */
interface Finding {
  ruleId: string
  level: 'error' | 'warning' | 'note'
  text: string
  place?: Span | undefined
  /** What makes it the same result in the next run. */
  identity: string
}

/** The log of a summary. */
export function sarifLog(summary: Summary): Log {
  const results = resultsOf(summary)
  const ids = [...new Set(results.map(({ ruleId }) => ruleId))].toSorted()
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'polyctl',
            semanticVersion: about.version,
            rules: ids.map((id) => ({ id, shortDescription: { text: ruleText(id) } }))
          }
        },
        columnKind: 'utf16CodeUnits',
        invocations: [
          { executionSuccessful: summary.outcome !== 'failed', exitCodeDescription: summary.closing }
        ],
        results: results.map((result) => resultJson(result, ids))
      }
    ]
  }
}

function resultsOf(summary: Summary): Finding[] {
  const { of, entries, problems, organizations } = summary
  return [
    ...organizations.flatMap(({ label, summary: own }) =>
      resultsOf(own).map((result) => ({
        ...result,
        text: `${label}: ${result.text}`,
        identity: `${label} ${result.identity}`
      }))
    ),
    ...problems.map(problemResult),
    ...entries.map((entry) => entryResult(entry, of))
  ]
}

function problemResult({ code, severity, message, labels, help }: ProblemView): Finding {
  const text = [message, ...help.map((one) => `Help: ${one}`)].map(visible).join('\n')
  return {
    ruleId: code,
    level: severity,
    text,
    place: labels[0]?.span,
    identity: `${code} ${visible(message)}`
  }
}

function entryResult(entry: Entry, of: Summary['of']): Finding {
  const { text, word, tone, place, notes, impacts, lines } = entry
  const isGrave = tone === 'remove' || impacts.length > 0 || of === 'drift'
  return {
    ruleId: `${of}/${word.replaceAll(' ', '-')}`,
    level: tone === 'failed' ? 'error' : isGrave ? 'warning' : 'note',
    text: [`${word}: ${text}`, ...notes, ...impacts, ...lines()].join('\n'),
    place,
    identity: `${of} ${word} ${text}`
  }
}

function resultJson({ ruleId, level, text, place, identity }: Finding, ids: readonly string[]): Result {
  return {
    ruleId,
    ruleIndex: ids.indexOf(ruleId),
    level,
    message: { text },
    ...(place === undefined ? {} : { locations: [locationOf(place)] }),
    partialFingerprints: { 'polyctl/v1': identity }
  }
}

function locationOf({ path, start, end }: Span): Location {
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(path) },
      region: {
        startLine: start.line,
        startColumn: start.column,
        endLine: end.line,
        endColumn: end.column
      }
    }
  }
}

/** A path as a reference of a URI, from the folder where the command ran. */
function uriOf(path: string): string {
  return path.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/')
}

/** What each of the rules that are no codes says. */
const ownRules = dictionary({
  plan: 'What apply would do',
  drift: 'What differs between the service and the files',
  report: 'What apply did',
  pull: 'What is taken over from the service'
})

function ruleText(id: string): string {
  const [of = '', word = ''] = id.split('/')
  const own = ownRules[of]
  return own === undefined ? titleOf(id) : `${own}: ${word.replaceAll('-', ' ')}`
}

function titleOf(code: string): string {
  return Object.entries(codes).find(([name]) => name === code)?.[1].title ?? code
}
