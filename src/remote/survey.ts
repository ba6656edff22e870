import { checked, type Checked } from '../diagnostics/diagnostic.ts'
import { derivedApi, type Kind, type Kinds } from '../kinds/kind.ts'
import type { Live, LiveState, Workspace } from '../state/resource.ts'
import { textOf } from '../state/value.ts'
import { isRefusal, itemOf, kindText, unread } from './derived.ts'
import type { Failure } from './failure.ts'
import { identify } from './identity.ts'
import { EarlyLive, liveResources, type BesideReading, type Item } from './live.ts'
import { countOf, listOf, readItem } from './observe.ts'
import { listed } from './pages.ts'
import { readInFull } from './read.ts'
import { Searching, type SurveyedKind } from './search.ts'
import type { Reader } from './transport.ts'

/** Everything that is live, whatever the files say. */
export interface Survey {
  state: LiveState
  /** Kinds that the service refuses to list, or does not have, with its reason. */
  refused: { kind: string; because: string }[]
  /** Kinds that were not looked for everywhere, and where not. */
  passed: { kind: string; because: string }[]
}

/** What to survey. */
export interface SurveyOptions {
  workspace: Workspace
  kinds: Kinds
  /**
   * Chooses what is read in full, from list items: ids (as `idKey`) are not known before the lists are.
   * `uses` of a list item are complete for what it refers to.
   */
  choose: (listed: readonly Live[]) => ReadonlySet<Live>
  /**
   * What is chosen whatever else is listed: it is read as soon as its page is there, which saves the time
   * that lists take.
   */
  isChosen?: (listed: Live) => boolean
  /** Whether resources of a kind that is in no list are looked for. */
  searches: (kind: Kind) => boolean
  /** Whether they are looked for where they are unlikely, too. */
  searchesAll?: (kind: Kind) => boolean
  /** The parents in which they are looked for; those that are chosen, if it is not given. */
  looksIn?: (listed: Live) => boolean
  beside?: BesideReading
}

/**
 * Reads all lists, then the chosen resources in full, then what is in no list. What the service refuses to
 * list is told, and does not stop the rest; anything else that fails does.
 */
export async function survey(reader: Reader, options: SurveyOptions): Promise<Checked<Survey>> {
  const { kinds, workspace, choose } = options
  const known = kinds.managed.filter(({ api }) => api.since === undefined || api.since <= reader.version)
  const searched = known.filter(options.searches)
  // What is in no list and needs none is read meanwhile: it would wait for the last list otherwise.
  const only = new Map(searched.flatMap((kind) => singleton(reader, kind)))
  const early = new EarlyLive(reader, options.beside)
  const [who, ...lists] = await Promise.all([
    identify(reader, workspace),
    ...known
      .filter(({ api }) => api.access === 'listed')
      .map((kind) => readList(reader, kind, early, options.isChosen))
  ])
  if (!who.ok) return who
  const live = liveResources(lists, reader, early)
  const chosen = idsOf(choose(live))
  const inFull = await Promise.all(lists.map((list) => readChosen(list, chosen)))
  const parents = options.looksIn === undefined ? chosen : idsOf(live.filter(options.looksIn))
  const search = new Searching(reader, inFull, { parents, isThorough: options.searchesAll })
  const derived = await Promise.all(searched.flatMap((kind) => only.get(kind) ?? search.of(kind) ?? []))
  const all = [...inFull, ...derived]
  const { key, self, ...organization } = who.value
  early.end()
  const state: LiveState = {
    organization,
    version: reader.version,
    ...(key === undefined ? {} : { key }),
    ...(self === undefined ? {} : { self }),
    resources: liveResources(all, reader, early),
    kinds: all.flatMap(({ kind, refused }) => (refused === undefined ? [kind.name] : []))
  }
  const refused = all.flatMap(({ kind, refused: because }) =>
    because === undefined ? [] : [{ kind: kind.name, because }]
  )
  const passed = all.flatMap(({ kind, passed: because }) =>
    because === undefined ? [] : [{ kind: kind.name, because }]
  )
  return checked({ state, refused, passed }, [...who.problems, ...all.flatMap(({ problems }) => problems)])
}

function idsOf(live: Iterable<Live>): Set<string> {
  return new Set(Array.from(live, ({ kind, id }) => `${kind}\n${id}`))
}

/** A list that was read, and what reads one of its resources in full, once however often it is asked. */
interface ReadList extends SurveyedKind {
  inFull: (item: Item) => Promise<Item | Failure | undefined>
}

async function readList(
  reader: Reader,
  kind: Kind,
  early: EarlyLive,
  isChosen: ((listed: Live) => boolean) | undefined
): Promise<ReadList> {
  const list = await listOf(reader, kind)
  if (!list.ok) return { ...failedKind(kind, list.failure), inFull: async (item) => item }
  const inFull = readingOf(reader, kind, list.path, early)
  const partial = kind.api.access === 'listed' && kind.api.lightList?.(reader.version) === true
  const found = new Map<string, Item>()
  for await (const page of listed(reader, list, () => false)) {
    if (!page.ok) return { ...failedKind(kind, page.failure), inFull }
    for (const wire of page.items) {
      const id = textOf(wire['id'])
      if (found.has(id)) continue
      const item = { wire, partial }
      found.set(id, item)
      if (!isRead(kind, item)) early.arrived(kind, item)
      const [live] = isChosen ? liveResources([{ kind, items: [item], problems: [] }], reader) : []
      // It is awaited after the last page: until then its error must not end the process.
      if (live && isChosen?.(live) === true) inFull(item).catch(() => undefined)
    }
  }
  const items = [...found.values()]
  if (items.some((item) => isRead(kind, item))) early.listed({ kind, items })
  else early.complete({ kind, items })
  return { kind, items, problems: [], inFull }
}

/** Whether more of it is read than the list tells. */
function isRead(kind: Kind, { partial }: Item): boolean {
  return partial || (kind.api.parts ?? []).length > 0
}

/** Reads resources in full, each once. What a list item tells in full is not requested. */
function readingOf(reader: Reader, kind: Kind, path: string, early: EarlyLive): ReadList['inFull'] {
  const answers = new Map<Item, ReturnType<ReadList['inFull']>>()
  const count = countOf(reader, kind)
  return (item) => {
    if (!isRead(kind, item)) return Promise.resolve(item)
    const known = answers.get(item)
    if (known) return known
    const answer = count(readItem(reader, kind, item.wire, path, 'anything'))
    answers.set(item, answer)
    // Whoever asked for it sees how it failed.
    answer.then(
      (one) => {
        if (one && 'wire' in one) early.arrived(kind, one)
      },
      () => undefined
    )
    return answer
  }
}

function failedKind(kind: Kind, failure: Failure): SurveyedKind {
  if (isRefusal(failure) || failure.status === 404)
    return { kind, items: [], problems: [], refused: failure.words }
  return unread(kind, failure, `reading all ${kindText(kind)}s`)
}

/** Reads chosen resources in full. Those that were deleted since the list was read are left out. */
async function readChosen(
  { inFull, ...list }: ReadList,
  chosen: ReadonlySet<string>
): Promise<SurveyedKind> {
  const isChosen = ({ wire }: Item): boolean => chosen.has(`${list.kind.name}\n${textOf(wire['id'])}`)
  const answers = await Promise.all(
    list.items.map(async (item) => (isChosen(item) ? await inFull(item) : item))
  )
  return withItems(list, answers)
}

function withItems(list: SurveyedKind, answers: readonly (Item | Failure | undefined)[]): SurveyedKind {
  const failure = answers.find((answer): answer is Failure => answer !== undefined && 'code' in answer)
  if (failure) return { ...list, ...unread(list.kind, failure, `reading ${kindText(list.kind)}s`) }
  return { ...list, items: answers.filter((answer) => answer !== undefined && 'wire' in answer) }
}

/** Reads the only resource of a kind that every organization has. Empty for all other kinds. */
function singleton(reader: Reader, kind: Kind): [Kind, Promise<SurveyedKind>][] {
  const id = kind.naming?.only === undefined ? undefined : derivedApi(kind)?.id({}, () => undefined)
  if (id === undefined) return []
  const read = async (): Promise<SurveyedKind> => {
    const answer = await readInFull(reader, kind, id, undefined, true)
    if (!answer.ok && isRefusal(answer.failure)) return failedKind(kind, answer.failure)
    return withItems({ kind, items: [], problems: [] }, [itemOf(answer)])
  }
  const reading = read()
  // It is awaited after the lists: until then its error must not end the process.
  reading.catch(() => undefined)
  return [[kind, reading]]
}
