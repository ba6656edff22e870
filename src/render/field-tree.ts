import type { FieldChange } from '../plan/plan.ts'
import type { Json, JsonObject } from '../state/value.ts'
import { isNested, isSaid, itemKeys, mappingText, partsOf } from './value-text.ts'

/** A line of a resource's fields: a title for what is below it, or a field with its difference. */
export interface FieldLine {
  depth: number
  label: string
  /** What the last part of the path is called in the data: `Email` for `[Email]`. */
  key: string
  change?: FieldChange
  /** The difference that this line stands for, or begins. */
  whole?: FieldChange
}

interface Branch {
  label: string
  key: string
  branches: Map<string, Branch>
  change?: FieldChange
  whole?: FieldChange
}

/**
 * Paths become a tree in the order they come; what has a single branch is said on one line:
 * `schedule.hour`.
 */
export function fieldLines(changes: readonly FieldChange[]): FieldLine[] {
  const root = branchOf('')
  for (const change of changes) grow(root, change)
  return [...root.branches.values()].flatMap((branch) => linesOf(branch, 0))
}

function branchOf(step: string): Branch {
  const key = step.startsWith('[') ? step.slice(1, -1) : step
  return { label: step, key, branches: new Map() }
}

function grow(root: Branch, change: FieldChange): void {
  let at = root
  const steps = change.path.length === 0 ? ['(all)'] : change.path
  for (const [depth, step] of steps.entries()) {
    const known = at.branches.get(step)
    // What goes and what comes may have one name: a mapping, and a fixed value among the mappings.
    const isOther = depth === steps.length - 1 && known?.whole !== undefined
    const next = known === undefined || isOther ? branchOf(step) : known
    at.branches.set(isOther ? `${step} ${at.branches.size}` : step, next)
    at = next
  }
  at.whole = change
  const value = change.how === 'removed' ? change.before : change.after
  // What goes away as a whole is one thing to say, not as many as it has parts.
  const isGone = change.how === 'removed' && change.path.at(-1)?.startsWith('[') === true
  if (change.how === 'changed' || isGone || !isNested(value) || isSaid(value, at.key)) at.change = change
  else for (const [step, part] of partsBelow(value, at.key)) growPart(at, step, part, change)
}

function growPart(at: Branch, step: string, part: Json, whole: FieldChange): void {
  const { path, how, span, long } = whole
  const change: FieldChange = { path: [...path, step], how, span, ...(long ? { long } : {}) }
  const branch = branchOf(step)
  at.branches.set(at.branches.has(step) ? `${step} ${at.branches.size}` : step, branch)
  const isAllSaid = step.startsWith('[') && isSaid(part, branch.key)
  if (isNested(part) && !isAllSaid)
    for (const [name, inner] of partsBelow(part, branch.key)) growPart(branch, name, inner, change)
  else branch.change = { ...change, ...(how === 'removed' ? { before: part } : { after: part }) }
}

/** An item's key is told already. */
function partsBelow(value: Json[] | JsonObject, key: string): [step: string, part: Json][] {
  return partsOf(value).filter(([step, part]) => part !== key || !itemKeys.includes(step))
}

function linesOf(branch: Branch, depth: number): FieldLine[] {
  const change = branch.change ?? gathered(branch)
  const [only, ...others] = branch.branches.values()
  if (change === undefined && only !== undefined && others.length === 0) {
    const whole = only.whole ?? branch.whole
    return linesOf({ ...only, ...(whole && { whole }), label: joined(branch.label, only.label) }, depth)
  }
  const line: FieldLine = {
    depth,
    label: branch.label,
    key: branch.key,
    ...(branch.whole && { whole: branch.whole })
  }
  if (branch.change === undefined && change !== undefined) {
    const [first] = [...branch.branches.values()].flatMap(({ whole }) => whole ?? [])
    return [{ ...line, ...(first && { whole: first }), change }]
  }
  const below = [...branch.branches.values()].flatMap((inner) => linesOf(inner, depth + 1))
  return [{ ...line, ...(change ? { change } : {}) }, ...below]
}

/** The field of a source is what people write as the source. */
function joined(label: string, next: string): string {
  if (next === 'field' && /(?:^|\.)source$/.test(label)) return label
  return next.startsWith('[') ? `${label}${next}` : `${label}.${next}`
}

/** Parts that make a mapping are one thing to say: `Email ← MongoDB Model · email`. */
function gathered(branch: Branch): FieldChange | undefined {
  const { branches } = branch
  if (branches.size < 2) return undefined
  const leaves = leavesOf(branch)
  const [first] = leaves
  if (first === undefined || leaves.some((leaf) => leaf.how !== first.how)) return undefined
  const { how, span } = first
  const before = how === 'added' ? {} : { before: sideOf(branch, 'before') }
  const after = how === 'removed' ? {} : { after: sideOf(branch, 'after') }
  const sides = [...Object.values(before), ...Object.values(after)]
  return sides.every((side) => mappingText(side) !== undefined)
    ? { path: [branch.key], how, ...before, ...after, span }
    : undefined
}

function leavesOf(branch: Branch): FieldChange[] {
  const below = [...branch.branches.values()].flatMap(leavesOf)
  return branch.change ? [branch.change, ...below] : below
}

function sideOf(branch: Branch, side: 'before' | 'after'): Json {
  if (branch.change) return branch.change[side] ?? null
  return Object.fromEntries([...branch.branches].map(([step, inner]) => [step, sideOf(inner, side)]))
}
