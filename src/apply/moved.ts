import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Kind } from '../kinds/kind.ts'
import { fingerprint, fingerprintOfAll, movedPaths, type Fingerprint } from '../plan/fingerprint.ts'
import { withIgnored } from '../plan/ignore.ts'
import { isKept } from '../plan/details.ts'
import type { Change, Create } from '../plan/plan.ts'
import { addressText, type LiveState } from '../state/resource.ts'
import { isObject, textOf, type JsonObject } from '../state/value.ts'
import type { Knowledge } from './knowledge.ts'

/** The state that a change was planned upon, and the ids that references stand for. */
export interface PlanBasis {
  observed: LiveState
  knowledge: Knowledge
}

/**
 * R25: Returns the problem of a resource that somebody changed between the plan and now; undefined when
 * everything that was compared is the same. Status, dates and values that are never compared do not
 * count.
 */
export function movedProblem(
  change: Exclude<Change, Create>,
  kind: Kind,
  wire: JsonObject,
  { observed, knowledge }: PlanBasis
): Diagnostic | undefined {
  const before = observed.resources.find(({ id, kind: of }) => id === change.id && of === change.kind)
  if (!before) return undefined
  // Both are read with the names of now: resources that they refer to may have been renamed since, by
  // this very plan.
  const now = kind.fromWire(wire, knowledge.fromWire())
  const known = before.partial ? {} : kind.fromWire(before.wire, knowledge.fromWire())
  const planned = withIgnored(known, isKept(change) ? change.ignored : [], now, kind)
  const context = {
    idOf: (reference: Parameters<Knowledge['idOf']>[1]) => knowledge.idOf(change, reference),
    spanAt: () => change.span
  }
  const looked = (fields: JsonObject, name: string): Fingerprint => {
    const found =
      change.action === 'delete'
        ? fingerprintOfAll(kind, fields, context)
        : fingerprint(kind, change.wanted, fields, context, change.spelling)
    return found.set('name', { label: 'name', text: name })
  }
  // Of a resource that was read from a list only, nothing but its name is known.
  const name = kind.api.access === 'derived' ? before.name : textOf(wire['name'])
  const paths = before.partial
    ? movedPaths(nameOnly(before.name), nameOnly(name))
    : movedPaths(looked(planned, before.name), looked(now, name))
  return paths.length === 0 ? undefined : conflict(change, paths, wire)
}

function nameOnly(name: string): Fingerprint {
  return new Map([['name', { label: 'name', text: name }]])
}

/**
 * Returns the problem of a resource that somebody deleted meanwhile. Creating it anew takes another plan.
 */
export function removedProblem(change: Exclude<Change, Create>): Diagnostic {
  return problem('P618', `${addressText(change)} was deleted after it was planned: nothing was sent`, {
    labels: [{ span: change.span, text: 'this was planned on other grounds' }],
    help: ['run `polyctl plan`: it would be made anew, or is to leave the files']
  })
}

function conflict(change: Change, paths: readonly string[], wire: JsonObject): Diagnostic {
  const by = isObject(wire['updated_by']) ? wire['updated_by']['name'] : undefined
  const at = wire['updated_at']
  const who = `${typeof at === 'string' ? ` at ${at}` : ''}${typeof by === 'string' ? ` by ${by}` : ''}`
  return problem('P618', `${addressText(change)} changed after it was planned: nothing was sent`, {
    labels: [{ span: change.span, text: 'this was planned on other grounds' }],
    notes: [...paths.map((path) => `changed: ${path}`), ...(who === '' ? [] : [`last changed${who}`])],
    help: ['run `polyctl plan` to see both sides, then apply again']
  })
}
