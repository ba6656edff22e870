import { checked, type Checked } from '../diagnostics/diagnostic.ts'
import { derivedApi, type Kind, type Kinds } from '../kinds/kind.ts'
import type { Live, LiveState, Workspace } from '../state/resource.ts'
import { textOf, type JsonObject } from '../state/value.ts'
import { isRefusal, itemOf, kindText, unread } from './derived.ts'
import type { Failure } from './failure.ts'
import { identify } from './identity.ts'
import { liveResources, type Item } from './live.ts'
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
  /** Whether resources of a kind that is in no list are looked for. */
  searches: (kind: Kind) => boolean
}

/**
 * Reads all lists, then the chosen resources in full, then what is in no list. What the service refuses to
 * list is told, and does not stop the rest; anything else that fails does.
 */
export async function survey(reader: Reader, options: SurveyOptions): Promise<Checked<Survey>> {
  const { kinds, workspace, choose } = options
  const known = kinds.managed.filter(({ api }) => api.since === undefined || api.since <= reader.version)
  const [who, ...lists] = await Promise.all([
    identify(reader, workspace),
    ...known.filter(({ api }) => api.access === 'listed').map((kind) => readList(reader, kind))
  ])
  if (!who.ok) return who
  const chosen = new Set(
    Array.from(choose(liveResources(lists, reader)), ({ kind, id }) => `${kind}\n${id}`)
  )
  const inFull = await Promise.all(lists.map((list) => readChosen(reader, list, chosen)))
  const search = new Searching(reader, inFull, chosen)
  const derived = await Promise.all(
    known.filter(options.searches).flatMap((kind) => readOnly(reader, kind) ?? search.of(kind) ?? [])
  )
  const all = [...inFull, ...derived]
  const { key, self, ...organization } = who.value
  const state: LiveState = {
    organization,
    version: reader.version,
    ...(key === undefined ? {} : { key }),
    ...(self === undefined ? {} : { self }),
    resources: liveResources(all, reader),
    kinds: all.flatMap(({ kind, refused }) => (refused === undefined ? [kind.name] : []))
  }
  const refused = all.flatMap(({ kind, refused: because }) =>
    because === undefined ? [] : [{ kind: kind.name, because }]
  )
  return checked({ state, refused }, [...who.problems, ...all.flatMap(({ problems }) => problems)])
}

async function readList(reader: Reader, kind: Kind): Promise<SurveyedKind> {
  const list = await listOf(reader, kind)
  if (!list.ok) return failedKind(kind, list.failure)
  const found = new Map<string, JsonObject>()
  for await (const page of listed(reader, list, () => false)) {
    if (!page.ok) return failedKind(kind, page.failure)
    for (const wire of page.items) if (!found.has(textOf(wire['id']))) found.set(textOf(wire['id']), wire)
  }
  const partial = kind.api.access === 'listed' && kind.api.lightList?.(reader.version) === true
  const items = Array.from(found.values(), (wire) => ({ wire, partial }))
  return { kind, path: list.path, items, problems: [] }
}

function failedKind(kind: Kind, failure: Failure): SurveyedKind {
  if (isRefusal(failure) || failure.status === 404)
    return { kind, path: '', items: [], problems: [], refused: failure.words }
  return { ...unread(kind, failure, `reading all ${kindText(kind)}s`), path: '' }
}

/** Reads chosen resources in full. Those that were deleted since the list was read are left out. */
async function readChosen(
  reader: Reader,
  list: SurveyedKind,
  chosen: ReadonlySet<string>
): Promise<SurveyedKind> {
  const { kind, path } = list
  const isLight = list.items.some(({ partial }) => partial)
  if (!isLight && (kind.api.parts ?? []).length === 0) return list
  const count = countOf(reader, kind)
  const answers = await Promise.all(
    list.items.map(async (item) => {
      if (!chosen.has(`${kind.name}\n${textOf(item.wire['id'])}`)) return item
      return await count(readItem(reader, kind, item.wire, path, 'anything'))
    })
  )
  return withItems(list, answers)
}

function withItems(list: SurveyedKind, answers: readonly (Item | Failure | undefined)[]): SurveyedKind {
  const failure = answers.find((answer): answer is Failure => answer !== undefined && 'code' in answer)
  if (failure) return { ...list, ...unread(list.kind, failure, `reading ${kindText(list.kind)}s`) }
  return { ...list, items: answers.filter((answer) => answer !== undefined && 'wire' in answer) }
}

/** Reads the only resource of a kind that every organization has. Undefined for all other kinds. */
function readOnly(reader: Reader, kind: Kind): Promise<SurveyedKind> | undefined {
  const id = kind.naming?.only === undefined ? undefined : derivedApi(kind)?.id({}, () => undefined)
  if (id === undefined) return undefined
  const read = async (): Promise<SurveyedKind> => {
    const answer = await readInFull(reader, kind, id, undefined, true)
    if (!answer.ok && isRefusal(answer.failure)) return failedKind(kind, answer.failure)
    return withItems({ kind, path: '', items: [], problems: [] }, [itemOf(answer)])
  }
  return read()
}
