import type { Format } from './format.ts'
import { spanText } from './change-text.ts'
import { visible } from './plain-text.ts'
import { summaryFormat } from './summary.ts'
import type { Entry, Summary } from './view/summary.ts'
import type { ProblemView } from './view/problems.ts'

/**
 * A report of tests, as CI systems read it: a suite for each kind, a test for each resource that differs or
 * was changed, and one suite for problems. What differs in a drift and what failed in an apply is a failure;
 * what a plan would do is none; what was skipped or waits for a person is skipped.
 */
export const junit: Format = summaryFormat((summary) => junitText(summary))

interface Case {
  suite: string
  name: string
  /** Nothing where it passes. */
  verdict?: { element: 'failure' | 'error' | 'skipped'; message: string; text: string } | undefined
  output?: string | undefined
}

function junitText(summary: Summary): string {
  const suites = Map.groupBy(casesOf(summary, ''), ({ suite }) => suite)
  const all = [...suites.values()].flat()
  const head = `<testsuites name="polyctl" ${countsOf(all, wholeCounts)}>`
  const inner = [...suites].map(([name, cases]) => suiteText(name, cases))
  return ['<?xml version="1.0" encoding="UTF-8"?>', head, ...inner, '</testsuites>', ''].join('\n')
}

function casesOf(summary: Summary, prefix: string): Case[] {
  const { of, title, closing, outcome, entries, problems, organizations } = summary
  if (organizations.length > 0)
    return organizations.flatMap(({ label, summary: own }) => casesOf(own, `${label}: `))
  const grave = problems.some(({ severity }) => severity === 'error')
  const whole: Case = {
    suite: `${prefix}polytomic`,
    name: title === '' ? 'run' : title.toLowerCase(),
    verdict:
      outcome === 'failed' && !grave ? { element: 'error', message: closing, text: closing } : undefined,
    output: closing
  }
  return [
    whole,
    ...problems.map((problem) => problemCase(problem, prefix)),
    ...entries.map((entry) => entryCase(entry, of, prefix))
  ]
}

function problemCase({ severity, code, message, labels, help }: ProblemView, prefix: string): Case {
  const [label] = labels
  const place = label === undefined ? '' : ` at ${spanText(label.span)}`
  const text = [`${message}${place}`, ...help.map((one) => `help: ${one}`)].map(visible).join('\n')
  return {
    suite: `${prefix}problems`,
    name: `${code}${place}`,
    ...(severity === 'error'
      ? { verdict: { element: 'error' as const, message: visible(message), text } }
      : { output: text })
  }
}

function entryCase(entry: Entry, of: Summary['of'], prefix: string): Case {
  const { address, text: name, word, tone, place, notes, impacts, lines } = entry
  const at = place === undefined ? [] : [spanText(place)]
  const text = [...at, ...notes, ...impacts.map((impact) => `! ${impact}`), ...lines()].join('\n')
  const message = notes[0] === undefined ? word : `${word}: ${notes[0]}`
  const verdict = { message, text }
  const common = {
    suite: `${prefix}${address.kind.replaceAll('_', ' ')}`,
    name
  }
  if (tone === 'wait') return { ...common, verdict: { element: 'skipped', ...verdict } }
  const isFailure = tone === 'failed' || (of === 'drift' && tone !== 'same')
  if (isFailure) return { ...common, verdict: { element: 'failure', ...verdict } }
  return { ...common, output: `${word}${text === '' ? '' : `\n${text}`}` }
}

/** A whole report says less than its suites: no schema lets it count what was skipped. */
const wholeCounts = ['tests', 'failures', 'errors'] as const
const suiteCounts = [...wholeCounts, 'skipped'] as const

function countsOf(cases: readonly Case[], names: readonly (typeof suiteCounts)[number][]): string {
  const number = (element: string): number =>
    cases.filter(({ verdict }) => verdict?.element === element).length
  const counts = {
    tests: cases.length,
    failures: number('failure'),
    errors: number('error'),
    skipped: number('skipped')
  }
  return names.map((name) => `${name}="${counts[name]}"`).join(' ')
}

function suiteText(name: string, cases: readonly Case[]): string {
  return [
    `  <testsuite name="${escaped(name)}" ${countsOf(cases, suiteCounts)}>`,
    ...cases.map(caseText),
    '  </testsuite>'
  ].join('\n')
}

function caseText({ suite, name, verdict, output }: Case): string {
  const open = `    <testcase classname="${escaped(suite)}" name="${escaped(name)}"`
  if (verdict === undefined && output === undefined) return `${open}/>`
  const inner =
    verdict === undefined ? `<system-out>${escaped(output ?? '')}</system-out>` : verdictText(verdict)
  return `${open}>\n      ${inner}\n    </testcase>`
}

function verdictText({ element, message, text }: NonNullable<Case['verdict']>): string {
  return `<${element} message="${escaped(message)}">${escaped(text)}</${element}>`
}

/** What XML cannot hold at all is shown by its code already: texts are made visible before. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')
}
