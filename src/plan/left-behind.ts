import { keyOf, type Kinds } from '../kinds/kind.ts'
import {
  idKey,
  type Address,
  type Base,
  type Desired,
  type DesiredState,
  type LeftBehind,
  type LiveState
} from '../state/resource.ts'
import type { DecideOptions } from './options.ts'
import { isSelected } from './select.ts'
import type { Plan } from './plan.ts'

/** R12: What the files declared once and do no longer. */

/**
 * Returns what was declared at the base, and what applies before left behind, where it is declared no more:
 * neither under its name, nor by its id, nor as a former name, nor in `removed:`. A name that several had
 * says nothing of the others.
 */
export function leftBehind({
  desired,
  kinds,
  options
}: {
  desired: DesiredState
  kinds: Kinds
  options: DecideOptions
}): LeftBehind[] {
  const key = keyOf(kinds)
  const known = new Set([...desired.resources.flatMap(namesOf), ...desired.removed].map(key))
  const { base, left = [] } = options
  const atBase = (base?.resources ?? [])
    .filter(
      ({ kind, name, pin, id = name }) =>
        (pin !== undefined || !known.has(key({ kind, name }))) && !known.has(key({ kind, name: id }))
    )
    .map((resource) => fromBase(resource, base))
  // Who has the id is declared if any resource found it, by whatever name.
  const before = left.filter(({ kind, name, id }) => id !== undefined || !known.has(key({ kind, name })))
  return [...atBase, ...before].filter((one) => isSelected(one, options.selection, kinds))
}

/** Returns everything by which a declared resource can be recognized: id, name and former names. */
function namesOf({ kind, name, id = name, lifecycle }: Desired): Address[] {
  return [name, id, ...lifecycle.renamedFrom].map((text) => ({ kind, name: text }))
}

function fromBase(
  { kind, name, pin, id, span, spanAt, lifecycle }: Desired,
  base: Base | undefined
): LeftBehind {
  return {
    kind,
    name,
    ...(pin === undefined ? {} : { pin }),
    ...(id === undefined ? {} : { id }),
    span,
    revision: base?.revision ?? '',
    ...(lifecycle.preventDestroy ? { protectedAt: spanAt(['lifecycle', 'prevent_destroy']) } : {})
  }
}

/** R14: What was protected at the base, or when it was left behind. */
export function protectedBefore({ base, left = [] }: DecideOptions): LeftBehind[] {
  const atBase = (base?.resources ?? []).map((resource) => fromBase(resource, base))
  return [...left, ...atBase].filter(({ protectedAt }) => protectedAt !== undefined)
}

/**
 * Returns what is left behind after all of a plan was done. `untold` is what was left before and the plan
 * did not look at, for it compared with a revision that somebody named: it stays where it is live and
 * declared nowhere. What is derived from others is not remembered: only the declaration of then tells
 * whether it is still ours.
 */
export function leftAfter(
  plan: Plan,
  { resources, kinds: read }: LiveState,
  untold: readonly LeftBehind[],
  kinds: Kinds
): LeftBehind[] {
  const reported = plan.noLongerDeclared.map(({ isOneOfSeveral, id, ...one }): LeftBehind => {
    return isOneOfSeveral ? one : { ...one, id }
  })
  const known = new Set([...plan.changes, ...reported].flatMap((one) => idsOf(one)))
  const there = new Set(resources.map(idKey))
  const stays = untold.filter(({ kind, id }) => {
    if (id === undefined || !read.includes(kind)) return true
    return there.has(idKey({ kind, id })) && !known.has(idKey({ kind, id }))
  })
  const derived = new Set(
    kinds.managed.flatMap(({ name, api }) => (api.access === 'derived' ? [name] : []))
  )
  const all = [...reported, ...stays].filter(({ kind }) => !derived.has(kind))
  return [...new Map(all.map((one) => [`${one.kind}\n${one.name}\n${one.id ?? ''}`, one])).values()]
}

function idsOf(one: { kind: string; id?: string }): string[] {
  return one.id === undefined ? [] : [idKey({ kind: one.kind, id: one.id })]
}
