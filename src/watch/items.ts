import { createHash } from 'node:crypto'
import { nameText, spanText } from '../render/change-text.ts'
import { count, visible } from '../render/plain-text.ts'
import { answerSummary } from '../render/summary.ts'
import type { BadRun } from '../render/view/bad-run.ts'
import type { ChangesView } from '../render/view/changes.ts'
import type { Entry } from '../render/view/summary.ts'

/** What a look at the service may find, in the words of `drift --fail-on`; `degraded` are last runs. */
export const findings = [
  'changed',
  'missing',
  'renamed',
  'not-removed',
  'unmanaged',
  'pending',
  'unhealthy',
  'degraded'
] as const

/** One sort of what is found. */
export type FindingName = (typeof findings)[number]

/** Without another wish these are told: what differs, and what does not work. */
export const reportedByDefault: readonly FindingName[] = [
  'changed',
  'missing',
  'renamed',
  'not-removed',
  'unhealthy'
]

/** One thing that was found, as plain data that is kept and told: no secret is in it. */
export interface DriftItem {
  /** The same for the same thing in each turn. */
  key: string
  finding: FindingName
  /** Who moved, where a base tells that. */
  cause: 'drift' | 'conflict' | 'unknown'
  kind: string
  name: string
  /** `sync "Users"`, harmless on a terminal. */
  text: string
  word: string
  sign: Entry['sign']
  tone: Entry['tone']
  /** `configs/a.yaml:3:5`. */
  place?: string
  notes: string[]
  /** The differences as lines of text: of many, the first. */
  lines: string[]
  /** Changes when what differs does, and not when only its date does. */
  digest: string
}

const mostLines = 30
const look = { colour: false, width: 100 }

/** All that a drift found. What only the files changed, and nobody applied yet, is none of it. */
export function foundIn(view: ChangesView): DriftItem[] {
  const shown = view.resources.filter(({ group }) => group !== 'same')
  const { entries } = answerSummary({ type: 'drift', view }, look)
  const declared = shown.flatMap(({ group, change, waiting }, index): DriftItem[] => {
    const entry = entries[index]
    if (entry === undefined || change.cause === 'config') return []
    const finding = group === 'difference' ? ofActions[change.action] : 'pending'
    const cause = change.cause ?? 'unknown'
    const telling = finding === 'pending' ? [waiting?.because ?? ''] : []
    return finding === undefined ? [] : [found({ finding, cause, sort: 'declared', telling }, entry)]
  })
  const unmanaged = view.unmanaged.flatMap(({ kind, names }) =>
    names.map((name) =>
      found(
        { finding: 'unmanaged', cause: 'unknown', sort: 'unmanaged', telling: [] },
        undeclared(kind, name)
      )
    )
  )
  const unhealthy = view.problems.problems
    .filter(({ code }) => code === 'P410')
    .map(({ message, labels }) => {
      const [, text = message, why = ''] = /^(.* ".*") does not work: ([\s\S]*)$/.exec(message) ?? []
      const [kind = '', name = text] = text.split(/ "(.*)"$/s)
      const place = labels[0]?.span
      const entry = { ...plain, address: { kind, name }, text: visible(text), notes: [visible(why)] }
      const head: Head = { finding: 'unhealthy', cause: 'unknown', sort: 'health', telling: [why] }
      return found(head, place ? { ...entry, place } : entry)
    })
  return apart([...declared, ...unmanaged, ...unhealthy, ...(view.badRuns ?? []).map(degraded)])
}

const ofActions = {
  create: 'missing',
  update: 'changed',
  rename: 'renamed',
  delete: 'not-removed',
  none: undefined
} as const

const plain = {
  word: 'does not work',
  sign: '!',
  tone: 'failed',
  impacts: [],
  rows: 0,
  lines: () => []
} satisfies Partial<Entry>

/** A sync whose last run failed or met a condition. Other numbers in the next run are no news. */
function degraded({ address, is, met, notes }: BadRun): DriftItem {
  const text = nameText(address)
  const word = visible(`last run: ${is}`)
  const entry: Entry = { ...plain, address, text, word, notes: notes.map(visible) }
  return found({ finding: 'degraded', cause: 'unknown', sort: 'run', telling: [is, ...met] }, entry)
}

function undeclared(kind: string, name: string): Entry {
  const text = visible(`${kind.replaceAll('_', ' ')} ${JSON.stringify(name)}`)
  const address = { kind, name }
  return { ...plain, address, text, word: 'in no file', sign: '+', tone: 'add', notes: [] }
}

interface Head extends Pick<DriftItem, 'finding' | 'cause'> {
  /** Among those of one sort a name is one thing. */
  sort: string
  /** What makes it another one, beside what differs: of notes some say how long ago something was. */
  telling: readonly string[]
}

function found({ finding, cause, sort, telling }: Head, entry: Entry): DriftItem {
  const { address, text, word, sign, tone, place, notes } = entry
  const lines = entry.lines()
  const rest = lines.length - mostLines
  return {
    key: [sort, address.kind, address.name].join('\n'),
    finding,
    cause,
    kind: address.kind,
    name: address.name,
    text,
    word,
    sign,
    tone,
    ...(place === undefined ? {} : { place: spanText(place) }),
    notes,
    lines: rest > 0 ? [...lines.slice(0, mostLines), `… and ${rest} more lines`] : lines,
    digest: createHash('sha256')
      .update(JSON.stringify([finding, text, telling, lines]))
      .digest('hex')
  }
}

/** Several may have one name: each gets a key of its own, in the order in which they are told. */
function apart(all: readonly DriftItem[]): DriftItem[] {
  const seen = new Map<string, number>()
  return all.map((one) => {
    const times = (seen.get(one.key) ?? 0) + 1
    seen.set(one.key, times)
    return times === 1 ? one : { ...one, key: `${one.key}\n${times}` }
  })
}

/** `2 differences and 1 degraded sync`: what is open, where something is. */
export function openText(open: number, degradedSyncs: number): string {
  const differences = open - degradedSyncs
  return [
    ...(differences > 0 ? [count(differences, 'difference')] : []),
    ...(degradedSyncs > 0 ? [count(degradedSyncs, 'degraded sync')] : [])
  ].join(' and ')
}

/** How many of them are about last runs of syncs. */
export function degradedIn(all: readonly { found: DriftItem }[]): number {
  return all.filter(({ found: { finding } }) => finding === 'degraded').length
}
