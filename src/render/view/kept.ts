import type { Action } from '../../plan/plan.ts'
import { misfit, type Shape } from '../../state/shape.ts'
import { withoutTags, withTags } from '../../state/tags.ts'
import { isObject, type Json } from '../../state/value.ts'
import type { ChangesView, ResourceView } from './changes.ts'
import { planRows } from './plan.ts'

/** A view of a plan without what follows from the rest of it. */
interface KeptView extends Omit<ChangesView, 'resources'> {
  resources: Omit<ResourceView, 'rows'>[]
}

/** The view of a plan as it is kept in a file: plain JSON. */
export function keptView(view: ChangesView): Json {
  const resources = view.resources.map(({ rows: _rows, ...rest }) => rest)
  const kept: KeptView = { ...view, resources }
  const plain: Json = JSON.parse(JSON.stringify(kept))
  return withoutTags(plain)
}

/** The view of a plan that was kept in a file, or a sentence that says why there is none. */
export function viewOfKept(
  kept: Json | undefined
): { ok: true; view: ChangesView } | { ok: false; reason: string } {
  if (kept === undefined || kept === null)
    return { ok: false, reason: 'an older polyctl made it, or it is very large, and it has no view' }
  const json = withoutNulls(withTags(kept))
  const value: unknown = json
  if (!fitsView(value, json))
    return { ok: false, reason: misfit(viewShape, json, 'the view') ?? 'it holds no view' }
  if (!isKnown(value)) return { ok: false, reason: 'another version of polyctl wrote what it shows' }
  const { since } = value
  const resources = value.resources.map((one) => ({ ...one, rows: planRows(one.change, since) }))
  return { ok: true, view: { ...value, resources } }
}

const actions = new Set<Action>(['create', 'update', 'rename', 'delete', 'none'])
const groups = new Set<ResourceView['group']>(['difference', 'pending', 'waiting', 'same'])
const signs = new Set<ResourceView['sign']>(['+', '-', '~', '→', '=', '⧗'])
const ways = new Set(['added', 'removed', 'changed'])
const causes = new Set<string | undefined>(['config', 'drift', 'conflict', undefined])
const severities = new Set(['error', 'warning'])
const arrows = new Set(['from', 'to', 'after'])
const ailments = new Set<string | undefined>(['waits', 'broken', undefined])

/** Values of fields are as they are; elsewhere nothing is null. */
const valueKeys = new Set(['before', 'after', 'base'])

function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isObject(value)) return value
  const entries = Object.entries(value).filter(([, part]) => part !== null)
  return Object.fromEntries(
    entries.map(([key, part]) => [key, valueKeys.has(key) ? part : withoutNulls(part)])
  )
}

function fitsView(_view: unknown, json: Json): _view is KeptView {
  return misfit(viewShape, json, 'the view') === undefined
}

/** Whether all words of a view of the right shape are such as this version knows. */
function isKnown({ resources, problems, failures, elsewhere = {} }: KeptView): boolean {
  const all = [...problems.problems, ...failures.problems]
  return (
    resources.every(
      ({ group, sign, change, arrows: own = [] }) =>
        groups.has(group) &&
        signs.has(sign) &&
        actions.has(change.action) &&
        change.fields.every(({ how, cause }) => ways.has(how) && causes.has(cause)) &&
        own.every(({ as }) => arrows.has(as))
    ) &&
    all.every(({ severity }) => severities.has(severity)) &&
    Object.values(elsewhere).every(({ is }) => ailments.has(is))
  )
}

const texts: Shape = { list: 'text' }
const point: Shape = { members: { line: 'scalar', column: 'scalar' }, needs: ['line', 'column'] }
const span: Shape = {
  members: { path: 'text', start: point, end: point },
  needs: ['path', 'start', 'end']
}
const address = { kind: 'text', name: 'text', pin: 'text' } as const
const field: Shape = {
  members: { path: texts, how: 'text', cause: 'text', long: 'scalar', span },
  needs: ['path', 'how', 'span']
}
const impact: Shape = {
  members: { effect: 'text', because: 'text', paths: { list: texts }, reaches: texts },
  needs: ['effect', 'because', 'paths', 'reaches']
}
const change: Shape = {
  members: {
    ...address,
    id: 'text',
    span,
    action: 'text',
    reason: 'text',
    previousName: 'text',
    waiting: 'text',
    cause: 'text',
    fields: { list: field },
    after: texts,
    impacts: { list: impact },
    changed: { members: { at: 'text', by: 'text' } },
    unchanged: 'scalar',
    notStated: texts,
    notCompared: texts,
    notRead: texts,
    hidden: texts
  },
  needs: [
    'kind',
    'name',
    'span',
    'action',
    'reason',
    'fields',
    'after',
    'impacts',
    'unchanged',
    'notStated',
    'notCompared',
    'notRead',
    'hidden'
  ]
}
const arrow: Shape = {
  members: { as: 'text', other: { members: address, needs: ['kind', 'name'] }, object: 'text' },
  needs: ['as', 'other']
}
const left: Shape = { members: { label: 'text', paths: texts }, needs: ['label', 'paths'] }
const resource: Shape = {
  members: {
    group: 'text',
    sign: 'text',
    index: 'scalar',
    change,
    place: span,
    notes: texts,
    leftAlone: { list: left },
    waiting: { members: { because: 'text', connect: 'text' }, needs: ['because'] },
    arrows: { list: arrow },
    unhealthy: 'text'
  },
  needs: ['group', 'sign', 'index', 'change', 'place', 'notes', 'leftAlone']
}
const excerpt: Shape = {
  members: { line: 'scalar', text: 'text', from: 'scalar', to: 'scalar' },
  needs: ['line', 'text', 'from', 'to']
}
const label: Shape = {
  members: { span, text: 'text', excerpt: { list: excerpt } },
  needs: ['span', 'text', 'excerpt']
}
const problem: Shape = {
  members: {
    code: 'text',
    severity: 'text',
    message: 'text',
    labels: { list: label },
    notes: texts,
    help: texts,
    sameAs: 'scalar'
  },
  needs: ['code', 'severity', 'message', 'labels', 'notes', 'help']
}
const problems: Shape = {
  members: { problems: { list: problem }, errors: 'scalar', warnings: 'scalar', files: 'scalar' },
  needs: ['problems', 'errors', 'warnings', 'files']
}
const counted = (...names: readonly string[]): Shape => ({
  members: Object.fromEntries(names.map((name) => [name, 'scalar' as const])),
  needs: names
})
const unmanaged: Shape = {
  members: { kind: 'text', live: 'scalar', declared: 'scalar', names: texts },
  needs: ['kind', 'live', 'declared', 'names']
}
const undeclared: Shape = {
  members: { ...address, id: 'text', span },
  needs: ['kind', 'name', 'id', 'span']
}
const sum: Shape = {
  members: { kind: 'text', effect: 'text', because: 'text', resources: 'scalar' },
  needs: ['kind', 'effect', 'because', 'resources']
}
const header: Shape = {
  members: {
    organization: 'text',
    organizationId: 'text',
    service: 'text',
    apiVersion: 'text',
    environment: 'text',
    variables: 'text',
    appliedLast: 'text',
    files: 'scalar',
    resources: 'scalar'
  },
  needs: ['organization', 'service', 'apiVersion', 'files', 'resources']
}

/** What all formats rely on. */
const viewShape: Shape = {
  members: {
    header,
    organization: { members: { id: 'text', name: 'text' }, needs: ['id', 'name'] },
    since: 'text',
    partial: counted('selected', 'left'),
    counts: counted('create', 'update', 'rename', 'delete', 'none', 'pending', 'waiting'),
    resources: { list: resource },
    impacts: { list: sum },
    noLongerDeclared: { list: undeclared },
    unmanaged: { list: unmanaged },
    coverage: counted('equal', 'secrets', 'uncompared', 'left', 'unread'),
    unchecked: { members: { resources: 'scalar', within: texts }, needs: ['resources', 'within'] },
    closing: { members: { text: 'text', next: 'text' }, needs: ['text'] },
    problems,
    failures: problems,
    kinds: texts,
    elsewhere: { each: { members: { is: 'text', because: 'text' }, needs: ['is', 'because'] } }
  },
  needs: [
    'header',
    'organization',
    'counts',
    'resources',
    'impacts',
    'noLongerDeclared',
    'unmanaged',
    'coverage',
    'closing',
    'problems',
    'failures'
  ]
}
