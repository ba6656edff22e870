import { problem, warning, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { SimilarNames } from '../diagnostics/similar.ts'
import { derivedApi, keyOf, type Kind, type Kinds } from '../kinds/kind.ts'
import type {
  ServiceAnswer,
  Answers,
  Finding,
  Inquiry,
  Mistake,
  Question,
  PlannedResource,
  Unasked
} from '../state/question.ts'
import { addressText, idKey, type Desired, type DesiredState, type LiveState } from '../state/resource.ts'
import { isReference, sortedText, type Json } from '../state/value.ts'
import { detailsOf, isKept, liveId } from './details.ts'
import { isDifference } from './pending.ts'
import type { Change, Plan } from './plan.ts'

/** Asks the service one question. It never throws for what the service does. */
export type Ask = <A extends keyof Answers>(question: Question<A>) => Promise<ServiceAnswer<Answers[A]>>

/** A plan with what it was decided upon. */
export interface Checkable {
  plan: Plan
  desired: DesiredState
  observed: LiveState
  kinds: Kinds
}

/**
 * R39: Checks what would be made or changed against what the service knows of the connected systems. Each
 * check waits for its own answers only, and each question is asked once. What stays as it is asks nothing.
 */
export async function checkPlan(checkable: Checkable, ask: Ask): Promise<Examined> {
  const { plan, desired, kinds } = checkable
  const checked = plan.changes.flatMap((change) => {
    const kind = kinds.managed.find(({ name }) => name === change.kind)
    return kind?.checks && isKept(change) && change.action !== 'none' ? [{ change, kind }] : []
  })
  if (checked.length === 0) return { problems: [] }
  const inquiry = new Inquiries(subjectsOf(checkable), ask)
  const declared = new Map(desired.resources.map((one) => [addressText(one), one]))
  const found = await Promise.all(
    checked.map(async ({ change, kind }) => ({
      change,
      declared: declared.get(addressText(change)),
      ...(await inquiry.settled(kind, change))
    }))
  )
  return { problems: [...found.flatMap(mistakesOf), ...unaskedProblems(found)], ...uncheckedOf(found) }
}

/** What checking a plan came to. */
export interface Examined {
  problems: Diagnostic[]
  unchecked?: Unchecked
}

/** Resources of which not all could be checked: what they name is in what the same plan makes or changes. */
export interface Unchecked {
  resources: number
  /** `connection "Warehouse"`, in the order of the plan. */
  within: string[]
}

function uncheckedOf(found: readonly CheckedChange[]): Pick<Examined, 'unchecked'> {
  // What waits for a person is not made, and checked when it is.
  const early = found.filter(({ change, postponed }) => isDifference(change) && postponed.size > 0)
  if (early.length === 0) return {}
  const within = new Set(early.flatMap(({ postponed }) => [...postponed]))
  return { unchecked: { resources: early.length, within: [...within] } }
}

interface CheckedChange {
  change: Change
  declared: Desired | undefined
  findings: Finding[]
  /** Addresses of what could not be looked into yet. */
  postponed: ReadonlySet<string>
}

function mistakesOf({ declared, change, findings }: CheckedChange): Diagnostic[] {
  return findings.filter(isMistake).map((mistake) => {
    const { path, code, severity, message, label, notes = [], help = [] } = mistake
    const span = declared?.spanAt(path) ?? change.span
    const make = severity === 'warning' ? warning : problem
    return make(code, message, { labels: [{ span, text: label }], notes, help })
  })
}

function isMistake(finding: Finding): finding is Mistake {
  return 'path' in finding
}

/** One warning for each place that could not tell, at the first resource that wanted to know. */
function unaskedProblems(found: readonly CheckedChange[]): Diagnostic[] {
  const all = found.flatMap(({ change, findings }) =>
    findings.filter((one): one is Unasked => !isMistake(one)).map((unasked) => ({ ...unasked, change }))
  )
  const groups = Map.groupBy(all, ({ unasked }) => idKey(unasked))
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (!first) return []
    const resources = new Set([first, ...others].map(({ change }) => addressText(change)))
    const whys = new Set(others.map(({ why }) => why).filter((why) => why !== first.why))
    return [
      warning('P428', `not all can be checked that is said of ${first.unasked.address}`, {
        labels: [{ span: first.change.span, text: 'mistakes in this show only when it is applied' }],
        notes: [
          first.why,
          ...(whys.size > 0 ? [`and ${whys.size} more of the kind`] : []),
          ...(resources.size > 1 ? [`${resources.size} resources are concerned`] : [])
        ]
      })
    ]
  })
}

/** Runs checks until they ask nothing new. Answers, and names that were looked up, are kept for all. */
class Inquiries {
  readonly #subjects: Resources
  readonly #ask: Ask
  readonly #known: { [A in keyof Answers]: Map<string, ServiceAnswer<Answers[A]>> } = {
    source: new Map(),
    'source fields': new Map(),
    targets: new Map(),
    'creation values': new Map(),
    target: new Map(),
    schemas: new Map(),
    destination: new Map(),
    types: new Map()
  }
  readonly #underWay = new Map<string, Promise<void>>()
  readonly #names = new Map<string, SimilarNames>()

  constructor(subjects: Resources, ask: Ask) {
    this.#subjects = subjects
    this.#ask = ask
  }

  async settled(kind: Kind, change: Change): Promise<Pick<CheckedChange, 'findings' | 'postponed'>> {
    const subject = this.#subjects.of(change)
    for (;;) {
      const open: Promise<void>[] = []
      const postponed = new Set<string>()
      const findings = kind.checks?.(subject, this.#inquiry(open, postponed)) ?? []
      if (open.length === 0) return { findings, postponed }
      await Promise.all(open)
    }
  }

  #inquiry(open: Promise<void>[], postponed: Set<string>): Inquiry {
    return {
      ask: (question) => {
        const key = keyOfQuestion(question)
        const known = this.#known[question.about].get(key)
        if (!known) open.push(this.#answering(key, question))
        return known
      },
      find: (reference, from) => this.#subjects.find(reference, from),
      postpone: ({ address }) => void postponed.add(address),
      addedTo: (inspected) => this.#subjects.addedTo(inspected),
      similar: (name, scope, candidates) => {
        const names = this.#names.get(scope) ?? new SimilarNames(candidates)
        this.#names.set(scope, names)
        return names.of(name)
      }
    }
  }

  #answering<A extends keyof Answers>(key: string, question: Question<A>): Promise<void> {
    const underWay = this.#underWay.get(key)
    if (underWay) return underWay
    const answers = this.#known[question.about]
    const answering = this.#ask(question).then((answer) => void answers.set(key, answer))
    this.#underWay.set(key, answering)
    return answering
  }
}

/** Equal questions have equal keys. Types are the same wherever one looks. */
function keyOfQuestion<A extends keyof Answers>(question: Question<A>): string {
  return sortedText({ ...question, at: question.about === 'types' ? '' : idKey(question.at) })
}

/** Finds what a reference stands for, as it will be. */
interface Resources {
  of(change: Change): PlannedResource
  find(reference: Json | undefined, from: PlannedResource): PlannedResource | undefined
  addedTo(parent: { kind: string; id: string }): readonly string[]
}

function subjectsOf({ plan, observed, kinds }: Checkable): Resources {
  const key = keyOf(kinds)
  const live = new Map(observed.resources.map((one) => [idKey(one), one]))
  const changes = plan.changes.filter(isKept)
  const byAddress = new Map(changes.map((change) => [addressText(change), change]))
  const byKey = new Map(changes.map((change) => [key(change), change]))
  const byId = new Map(
    changes.flatMap((change) => {
      const id = liveId(change)
      return id === undefined ? [] : [[idKey({ kind: change.kind, id }), change] as const]
    })
  )
  const of = (change: Change): PlannedResource => {
    const { kind, wanted, fields } = detailsOf(change)
    const id = liveId(change)
    const there = id === undefined ? undefined : live.get(idKey({ kind, id }))
    return {
      kind,
      address: addressText(change),
      wanted,
      ...(there && { live: there }),
      differs: new Set(fields.map(({ path: [top = ''] }) => top))
    }
  }
  const find: Resources['find'] = (reference, from) => {
    if (!isReference(reference)) return undefined
    const { $ref: kind, name = '' } = reference
    const asker = byAddress.get(from.address)
    const id = reference.id ?? asker?.ids[addressText({ kind, name })]
    const change = id === undefined ? byKey.get(key({ kind, name })) : byId.get(idKey({ kind, id }))
    if (change) return of(change)
    const there = id === undefined ? undefined : live.get(idKey({ kind, id }))
    return there && { kind, address: addressText(there), live: there, differs: new Set<string>() }
  }
  const added = addedNames(changes.map(of), find, kinds)
  return { of, find, addedTo: (parent) => added.get(idKey(parent)) ?? [] }
}

/** Returns the names of the fields that a plan adds, by the parents that it adds them to. */
function addedNames(
  planned: readonly PlannedResource[],
  find: Resources['find'],
  { managed }: Kinds
): Map<string, string[]> {
  const added = new Map<string, string[]>()
  for (const resource of planned) {
    const kind = managed.find(({ name }) => name === resource.kind)
    const names = kind && derivedApi(kind)?.adds?.(resource.wanted ?? {})
    if (!names) continue
    for (const value of Object.values(resource.wanted ?? {})) {
      const parent = find(value, resource)?.live
      if (parent) added.set(idKey(parent), [...(added.get(idKey(parent)) ?? []), ...names])
    }
  }
  return added
}
