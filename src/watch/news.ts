import type { DriftItem } from './items.ts'

/** Why a look at an organization, or at all of them, came to no end. */
export interface Trouble {
  /** Two of one sort are told once. */
  sort: string
  /** Sentences: what is wrong, each with its code. */
  reasons: string[]
}

/** The organization that something is about; without an id it is about the whole turn. */
export interface Scope {
  id: string
  name: string
}

/**
 * What is worth telling. `new` is found now and was not before, `changed` differs in another way,
 * `resolved` is found no more, `healed` neither, since apply put it back; `passed` came and went before
 * anybody was told. `open` is what a reminder tells.
 */
export type NewsOf = 'new' | 'changed' | 'resolved' | 'healed' | 'passed' | 'open' | 'failed' | 'recovered'

/** One piece of news, as it is kept until it is sent. */
export interface News {
  of: NewsOf
  scope: Scope
  at: number
  /** Since when it is so. */
  since: number
  found?: DriftItem
  trouble?: Trouble
}

/** What is known from the turns before. */
export interface KnownItem {
  digest: string
  since: number
  found: DriftItem
}

/** Compares what is found in an organization with what was known of it. */
export function newsOf(
  scope: Scope,
  known: ReadonlyMap<string, KnownItem>,
  found: readonly DriftItem[],
  { at, healed }: { at: number; healed: ReadonlySet<string> }
): News[] {
  const now = new Set(found.map(({ key }) => key))
  const appeared = found.flatMap((one): News[] => {
    const before = known.get(one.key)
    if (before === undefined) return [{ of: 'new', scope, at, since: at, found: one }]
    if (before.digest === one.digest) return []
    return [{ of: 'changed', scope, at, since: before.since, found: one }]
  })
  const left = [...known].flatMap(([key, { since, found: one }]): News[] =>
    now.has(key) ? [] : [{ of: healed.has(key) ? 'healed' : 'resolved', scope, at, since, found: one }]
  )
  return [...appeared, ...left]
}

/**
 * News that waited together, with one piece for each thing: what came and went meanwhile is told as just
 * that, and what changed twice as it is now. Nothing that is new is left out.
 */
export function merged(news: readonly News[]): News[] {
  const byThing = Map.groupBy(news, ({ scope, found }) => `${scope.id}\n${found?.key ?? ''}`)
  return [...byThing.values()].flatMap((own) => (own[0]?.found === undefined ? own : oneOf(own)))
}

function oneOf(own: readonly News[]): News[] {
  const real = own.filter(({ of }) => of !== 'open')
  const last = real.at(-1) ?? own.at(-1)
  if (last === undefined || real.length < 2) return last === undefined ? [] : [last]
  const ends = last.of === 'resolved' || last.of === 'healed'
  const began = real.findLast(({ of }) => of === 'new')
  // It was known before all this.
  if (began === undefined) return [ends ? last : { ...last, of: 'changed' }]
  const of = last.of === 'healed' ? 'healed' : ends ? 'passed' : 'new'
  return [{ ...last, of, since: began.since }]
}
