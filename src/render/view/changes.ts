import { inOrder, type Diagnostic, type Span } from '../../diagnostics/diagnostic.ts'
import { shellName } from '../shell.ts'
import { detailsOf, type ChangeDetails } from '../../plan/details.ts'
import { secretPaths } from '../../plan/left-alone.ts'
import type { Unchecked } from '../../plan/checks.ts'
import type { Flows, Health } from '../../plan/flows.ts'
import { isDifference } from '../../plan/pending.ts'
import type { Action, Change, FieldChange, Impact, Plan } from '../../plan/plan.ts'
import type { LiveState } from '../../state/resource.ts'
import type { PlanHeader } from '../header.ts'
import { count } from '../plain-text.ts'
import type { LookedAt } from './bad-run.ts'
import { ageOf } from './last-change.ts'
import { Movements, type Moving } from './moving.ts'
import { inDataOrder } from './order.ts'
import { problemsView, type ProblemsView } from './problems.ts'
import { namingOf, type CallReferences } from './references.ts'
import { rowsOf, toldField, type RowView, type Telling } from './rows.ts'
import type { Sources } from './source.ts'

/**
 * A plan or a drift as data that a person is told: what stands where and in which words, without layout,
 * colour or width. Every output format is a fold of it. Names are as they are: each format makes them
 * harmless itself.
 */
export interface ChangesView extends LookedAt {
  header: PlanHeader
  organization: Plan['organization']
  since: string | undefined
  partial: Plan['partial']
  counts: Counts
  /** All resources in the order in which they are told; those that are as the files say come last. */
  resources: ResourceView[]
  /** What the new resources do to data, summed up: nobody reads it two hundred times. */
  impacts: ImpactSum[]
  noLongerDeclared: Plan['noLongerDeclared']
  unmanaged: Plan['unmanaged']
  coverage: Coverage
  closing: Closing
  /** What was found on the way; and what went wrong afterwards, such as that it could not be saved. */
  problems: ProblemsView
  failures: ProblemsView
  /** Where it was kept, and how to go on from there. */
  saved?: string
  /** What could not be checked yet. */
  unchecked?: Unchecked
  /** Names of all kinds, in their order. */
  kinds?: readonly string[]
  /** What does not work of what no file declares, by address. */
  elsewhere?: Readonly<Record<string, Health>>
}

/** A change as it may be told: without what is only needed to carry it out. */
export type ToldChange = Omit<ChangeDetails, 'wanted' | 'ids' | 'ignored' | 'spelling'>

/** What is told of one resource. */
export interface ResourceView extends Moving {
  /**
   * Why it is told: it differs, it cannot be made before a person acts, it is as the files say and waits
   * for a person, or it is just as the files say.
   */
  group: 'difference' | 'pending' | 'waiting' | 'same'
  sign: '+' | '-' | '~' | '→' | '=' | '⧗'
  /** Where it stands in the plan itself. */
  index: number
  change: ToldChange
  place: Span
  /** Why, and whose work in the service this touches: sentences without a full stop. */
  notes: string[]
  /** What a run of it would do to records; it is among the notes, too. */
  preview?: string
  /** How many seconds ago it was last changed in the service, where that is known. */
  age?: number
  rows: RowView[]
  /** What a comparison says nothing about, for those who ask. */
  leftAlone: { label: string; paths: readonly string[] }[]
  /** What a person must do before it works. */
  waiting?: { because: string; connect?: string }
}

/** How many resources of each sort; `waiting` are those of all sorts that wait for a person. */
export interface Counts {
  create: number
  update: number
  rename: number
  delete: number
  /** Without a difference. */
  none: number
  /** Cannot be made before a person acts: in none of the numbers above. */
  pending: number
  waiting: number
}

/** One effect on data that several resources of a kind have. */
export interface ImpactSum {
  kind: string
  effect: Impact['effect']
  because: string
  resources: number
}

/** How many parts of what is looked at are equal, and how many nobody can tell anything of, or left alone. */
export interface Coverage {
  equal: number
  secrets: number
  /** The same, with all else that nobody can compare. */
  uncompared: number
  left: number
  unread: number
}

/** What it comes to, in a sentence, and what to do next. */
export interface Closing {
  text: string
  next?: string
}

/** What a plan came with. Where it was saved, or is asked about next, that is what comes next. */
export interface PlanExtras {
  saved?: string
  isAsked?: boolean
  /** What it comes to beside differences, such as `3 unmanaged`. */
  also?: readonly string[]
  problems?: readonly Diagnostic[]
  failures?: readonly Diagnostic[]
  /** What the plan rests on: it tells how data moves through what goes, and what does not work. */
  observed?: LiveState
  unchecked?: Unchecked | undefined
}

/** What a view is made for, beside the plan. */
export interface ViewContext {
  /** What the places of problems are in. */
  sources?: Sources | undefined
  /** Names of all kinds: the order of those that no reference puts before each other. */
  kinds?: readonly string[] | undefined
  /** The time for which it is told; without it, nobody can say how old a change is. */
  now?: Date | undefined
  /** What a suggested command needs to reach the same service, such as ` --local`. */
  reach?: string | undefined
  /** The kinds that a person can be sent to authorize. */
  connects?: ReadonlySet<string> | undefined
  /** How data moves along references. Absent: nobody asks for that. */
  flows?: Flows | undefined
}

/** From which side the same plan is told: as what will be done, or as what the service has become. */
export interface Perspective {
  signs: Readonly<Record<Action, ResourceView['sign']>>
  /** Where among the others a resource is told: the lowest first, then in the order of the data. */
  rank(group: ResourceView['group'], action: Action): number
  notes(change: ToldChange, since: string | undefined, age: number | undefined): string[]
  telling(action: Action): Telling
  impacts(differing: readonly Change[]): ImpactSum[]
  /** What differs gets its secrets again. */
  sends: boolean
  closing(plan: Plan, counts: Counts, resources: readonly ResourceView[]): Closing
}

/** Makes a view of a plan. */
type ToView = (plan: Plan, header: PlanHeader, context?: ViewContext, extras?: PlanExtras) => ChangesView

/** A plan as data that a person is told, from one of its sides. */
export function seenFrom(perspective: Perspective): ToView {
  return (plan, header, context = {}, extras = {}) =>
    changesView(plan, header, context, extras, perspective)
}

function changesView(
  plan: Plan,
  header: PlanHeader,
  context: ViewContext,
  { problems = [], failures = [], saved, isAsked = false, also = [], observed, unchecked }: PlanExtras,
  perspective: Perspective
): ChangesView {
  const indexes = new Map(plan.changes.map((change, index) => [change, index]))
  const sorted = inDataOrder(plan.changes, plan.changes, context.kinds ?? [])
  const { rank } = perspective
  const naming = namingOf(observed)
  const movements = context.flows && new Movements(plan, context.flows, observed)
  const resources = sorted
    .map((change) => {
      const index = indexes.get(change) ?? 0
      const resource = resourceOf(change, index, plan, { ...context, naming }, perspective)
      return movements ? { ...resource, ...movements.of(detailsOf(change)) } : resource
    })
    .toSorted((a, b) => rank(a.group, a.change.action) - rank(b.group, b.change.action))
  const counts = countsOf(plan)
  const closing = withAlso(perspective.closing(plan, counts, resources), also)
  const sources = context.sources ?? { texts: new Map() }
  return {
    header,
    organization: plan.organization,
    since: plan.since,
    partial: plan.partial,
    counts,
    resources,
    impacts: perspective.impacts(sorted.filter(isDifference)),
    noLongerDeclared: plan.noLongerDeclared,
    unmanaged: plan.unmanaged,
    coverage: coverageOf(plan, perspective.sends),
    ...(unchecked && { unchecked }),
    closing: isAsked || saved !== undefined ? { text: closing.text } : closing,
    ...(saved === undefined ? {} : { saved }),
    ...(movements && { kinds: context.kinds ?? [], elsewhere: movements.elsewhere() }),
    problems: problemsView(inOrder(problems), sources),
    failures: problemsView(inOrder(failures), sources)
  }
}

function withAlso({ text, ...rest }: Closing, also: readonly string[]): Closing {
  return { ...rest, text: also.length === 0 ? text : `${text} Asked for, and found: ${also.join(', ')}.` }
}

function resourceOf(
  planned: Change,
  index: number,
  { since }: Plan,
  context: ViewContext & { naming: CallReferences },
  { signs, notes, telling }: Perspective
): ResourceView {
  const change = toldOf(detailsOf(planned), context.naming)
  const { action } = change
  const group = groupOf(planned)
  const age = ageOf(change.changed, context.now)
  return {
    group,
    sign: group === 'pending' || group === 'waiting' ? '⧗' : signs[action],
    index,
    ...commonOf(change, context),
    notes: notes(change, since, age),
    ...(age === undefined ? {} : { age }),
    rows: rowsOf(change, fieldsBesideName(change), telling(action), since)
  }
}

function toldOf(details: ChangeDetails, naming: CallReferences): ToldChange {
  const { wanted: _wanted, ids: _ids, ignored: _ignored, spelling: _spelling, ...change } = details
  return { ...change, fields: change.fields.map((field) => toldField(field, naming)) }
}

function groupOf(change: Change): ResourceView['group'] {
  if (change.action === 'none') return change.waiting === undefined ? 'same' : 'waiting'
  return isDifference(change) ? 'difference' : 'pending'
}

/** Of all resources; `sends` says that what differs gets its secrets again. */
function coverageOf(plan: Plan, sends: boolean): Coverage {
  const coverage = { equal: 0, secrets: 0, uncompared: 0, left: 0, unread: 0 }
  for (const change of plan.changes) {
    if (change.action === 'create' || change.action === 'delete') continue
    coverage.equal += change.unchanged
    coverage.left += change.notStated.length + change.hidden.length
    coverage.unread += change.notRead.length
    if (sends && change.action !== 'none') continue
    coverage.secrets += secretPaths(change.wanted).length
    coverage.uncompared += change.notCompared.length
  }
  return coverage
}

/** The numbers of the closing line. */
function countsOf({ changes }: Plan): Counts {
  const differing = changes.filter(isDifference)
  const number = (action: string): number => differing.filter((change) => change.action === action).length
  return {
    create: number('create'),
    update: number('update'),
    rename: number('rename'),
    delete: number('delete'),
    none: changes.filter(({ action }) => action === 'none').length,
    pending: changes.filter((change) => change.action !== 'none' && !isDifference(change)).length,
    // What is to be deleted waits for nobody.
    waiting: changes.filter(({ action, waiting }) => action !== 'delete' && waiting !== undefined).length
  }
}

/** What is told of a resource, whatever it is told as. */
function commonOf(
  change: ToldChange,
  { connects, reach }: ViewContext
): Pick<ResourceView, 'change' | 'place' | 'leftAlone' | 'waiting'> {
  const named: [label: string, paths: readonly string[]][] = [
    ['not stated in the files, and left as they are', change.notStated],
    ['ignored, and left as they are', change.hidden],
    ['cannot be compared', change.action === 'create' ? [] : change.notCompared],
    ['not told by the service', change.notRead]
  ]
  const leftAlone = named
    .filter(([, paths]) => paths.length > 0)
    .map(([label, paths]) => ({ label, paths }))
  const common = { change, place: change.span, leftAlone }
  if (change.waiting === undefined) return common
  const connect = connects?.has(change.kind) === true ? { connect: connectCommand(change.name, reach) } : {}
  return { ...common, waiting: { because: change.waiting, ...connect } }
}

/** The command as it can be pasted into a shell, whatever the name holds. */
export function connectCommand(name: string, reach: string | undefined): string {
  return `polyctl connect ${shellName(name)}${reach ?? ''}`
}

/** How many resources wait for a person, directly or through what they need. */
export function waitsText({ waiting }: Counts): string {
  return waiting === 0 ? '' : ` ${waiting} ${waiting === 1 ? 'waits' : 'wait'} for a person.`
}

/** What to do where nothing but a person is missing. */
export function connectFirst(resources: readonly ResourceView[]): string | undefined {
  const commands = resources.flatMap(({ waiting }) => waiting?.connect ?? [])
  const [first] = commands
  if (first === undefined) return undefined
  return commands.length === 1 ? `\`${first}\`` : `\`${first}\`, and ${count(commands.length - 1, 'more')}`
}

/** A new name is told in the heading. */
export function fieldsBesideName({ action, fields }: ToldChange): FieldChange[] {
  return action === 'rename' ? fields.filter((field) => field.path.join('.') !== 'name') : fields
}
