import { openText } from './items.ts'
import type { Entry, Summary } from '../render/view/summary.ts'
import { merged, type News, type NewsOf } from './news.ts'

/** What receivers are told at once. It is plain data, kept until it was sent, and holds no secret. */
export interface Message {
  /** The same in each try, so that a receiver can tell a second copy. */
  id: string
  at: number
  news: News[]
  /** How much is found and open after this, in all organizations. */
  open: number
  /** How many of these are about last runs of syncs. */
  degraded?: number
  /** How many organizations are looked at. */
  organizations: number
  /** Where people see more. */
  link?: string
}

/** Puts news that waited into one message. */
export function messageOf(news: readonly News[], rest: Omit<Message, 'news'>): Message {
  return { ...rest, news: merged(news) }
}

/** How many pieces of each sort of news there are, in the order in which they are told. */
const phrases: readonly (readonly [NewsOf, string])[] = [
  ['failed', 'failing'],
  ['new', 'new'],
  ['changed', 'changed'],
  ['healed', 'put back'],
  ['passed', 'came and went'],
  ['resolved', 'resolved'],
  ['recovered', 'working again'],
  ['open', 'still open']
]

/** `2 new, 1 gone` */
export function countsText(news: readonly News[]): string {
  return phrases
    .map(([of, words]) => [news.filter((one) => one.of === of).length, words] as const)
    .filter(([number]) => number > 0)
    .map(([number, words]) => `${number} ${words}`)
    .join(', ')
}

/** The message as a summary, which each format lays out. */
export function summaryOf({ news, open, degraded = 0, organizations, link }: Message): Summary {
  const order = (one: News): number => phrases.findIndex(([of]) => of === one.of)
  const sorted = news.toSorted((a, b) => order(a) - order(b))
  const scopes = [...new Set(news.map(({ scope }) => scope.name))].filter((name) => name !== '')
  const isFailing = news.some(({ of }) => of === 'failed')
  const differs = news.some(({ of }) => !fine.has(of))
  return {
    of: 'drift',
    title: 'Watch',
    about: [
      ...scopes.slice(0, 5),
      ...(scopes.length > 5 ? ['…'] : []),
      ...(link === undefined ? [] : [link])
    ].join(' · '),
    outcome: isFailing ? 'failed' : differs ? 'differs' : 'fine',
    closing: `${countsText(news)}. ${stateText(open, degraded)} open.`,
    ...(differs && open > degraded
      ? { next: 'polyctl plan shows what apply would put back; polyctl pull keeps what is there.' }
      : {}),
    entries: sorted.map((one) => entryOf(one, organizations > 1)),
    remarks: [],
    problems: [],
    patches: [],
    organizations: []
  }
}

function stateText(open: number, degraded: number): string {
  if (open === 0) return 'Nothing is'
  return `${openText(open, degraded)} ${open === 1 ? 'is' : 'are'}`
}

/** After these nothing is to be done. */
const fine: ReadonlySet<NewsOf> = new Set(['resolved', 'healed', 'passed', 'recovered'])

const tones: Readonly<Record<NewsOf, Entry['tone'] | undefined>> = {
  new: undefined,
  changed: undefined,
  open: undefined,
  failed: 'failed',
  resolved: 'same',
  healed: 'same',
  passed: 'same',
  recovered: 'same'
}

function entryOf({ of, scope, found, trouble, since }: News, isOneOfMany: boolean): Entry {
  const where = isOneOfMany && scope.name !== '' ? `${scope.name}: ` : ''
  const about = found === undefined ? 'the check' : found.text
  const words = {
    ...wordsOf,
    new: found?.word ?? 'new',
    changed: `${found?.word ?? ''} again`
  }
  const stays = of === 'new' || of === 'changed'
  return {
    address: { kind: found?.kind ?? '', name: found?.name ?? '' },
    text: `${where}${about}`,
    word: words[of],
    sign: of === 'failed' ? '!' : tones[of] === 'same' ? '=' : (found?.sign ?? '!'),
    tone: tones[of] ?? found?.tone ?? 'change',
    notes: [
      ...(stays && found?.place !== undefined ? [`at ${found.place}`] : []),
      ...(stays ? (found?.notes ?? []) : []),
      ...(trouble?.reasons ?? []),
      ...(stays ? [] : [`since ${instantText(since)}`])
    ],
    impacts: [],
    rows: stays ? (found?.lines.length ?? 0) : 0,
    lines: () => (stays ? (found?.lines ?? []) : [])
  }
}

const wordsOf: Readonly<Record<NewsOf, string>> = {
  new: 'new',
  changed: 'changed',
  resolved: 'resolved',
  healed: 'put back',
  passed: 'came and went',
  open: 'still open',
  failed: 'failed',
  recovered: 'works again'
}

/** `2026-01-02 03:04 UTC` */
export function instantText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
