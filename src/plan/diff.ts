import type { Span } from '../diagnostics/diagnostic.ts'
import type { Path } from '../state/resource.ts'
import type { Field, Rule } from '../state/rule.ts'
import { isEmpty, type Json, type JsonObject } from '../state/value.ts'
import { Walk, type Point, type Sides, type Visitor } from './compare.ts'
import { pairs } from './pairs.ts'
import type { Resolving } from './keyed.ts'
import type { PathNode } from './path-node.ts'
import type { Cause, FieldChange } from './plan.ts'
import { shown } from './shown.ts'

/** What the comparison needs beside the two sides. */
export interface DiffContext extends Resolving {
  spanAt(path: Path): Span
}

/** The differences between the wanted and the live side of a resource. */
export interface Difference {
  /** Each difference, with its cause where the base is known. */
  fields: FieldChange[]
  /** How many compared fields are equal. */
  unchanged: number
  /** Live values that no file states. */
  unstated: Unstated[]
}

/** A live value that no file states. */
export interface Unstated {
  node: PathNode
  live: Json
  rule: Rule | undefined
}

/** Compares the fields of one resource, in the order in which the kind lists them. */
export function diff(
  fields: Readonly<Record<string, Field>>,
  wanted: JsonObject,
  live: JsonObject,
  context: DiffContext,
  base?: JsonObject
): Difference {
  const sides: Sides = { wanted, live, ...(base && { base }) }
  const found = new Differences(base !== undefined)
  const walk = new Walk(fields, sides, context, found)
  let unchanged = 0
  for (const name of Object.keys(fields)) {
    const before = found.points.length
    const isManaged = walk.field(name, base ? withCauses : pairs.difference)
    if (isManaged && found.points.length === before && !isEmpty(wanted[name])) unchanged += 1
  }
  return { fields: found.changes(context), unchanged, unstated: found.left }
}

const withCauses = pairs.difference | pairs.files | pairs.service

/** Collects what a walk meets. */
class Differences implements Visitor {
  readonly points: Point[] = []
  readonly left: Unstated[] = []
  readonly #moves = new Moves()
  readonly #hasBase: boolean

  constructor(hasBase: boolean) {
    this.#hasBase = hasBase
  }

  point(point: Point): void {
    if ((point.pairs & pairs.difference) !== 0) this.points.push(point)
    this.#moves.add(point)
  }

  unstated(node: PathNode, live: Json, rule: Rule | undefined): void {
    this.left.push({ node, live, rule })
  }

  changes(context: DiffContext): FieldChange[] {
    return this.points.map((point) => ({
      ...changeAt(point, context),
      ...(this.#hasBase ? this.#causeOf(point) : {})
    }))
  }

  /** R11: Returns who moved a value since the base, and for a conflict also the value of the base. */
  #causeOf({ node, rule, base }: Point): { cause: Cause; base?: Json } {
    const service = this.#moves.touches(node, pairs.service)
    if (!service) return { cause: 'config' }
    if (!this.#moves.touches(node, pairs.files)) return { cause: 'drift' }
    const meant = rule.is === 'text' ? shown(rule, base) : base
    return { cause: 'conflict', ...(meant === undefined ? {} : { base: meant }) }
  }
}

/** The places at which the files, and at which the service, differ from the base. */
class Moves {
  readonly #at = new Map<PathNode, number>()
  readonly #below = new Map<PathNode, number>()

  add({ node, pairs: found }: Point): void {
    const moved = found & (pairs.files | pairs.service)
    if (moved === 0) return
    this.#at.set(node, (this.#at.get(node) ?? 0) | moved)
    for (let above: PathNode | undefined = node; above; above = above.above)
      this.#below.set(above, (this.#below.get(above) ?? 0) | moved)
  }

  /** Whether something moved at, above or below this place. */
  touches(node: PathNode, pair: number): boolean {
    if (((this.#below.get(node) ?? 0) & pair) !== 0) return true
    for (let above = node.above; above; above = above.above)
      if (((this.#at.get(above) ?? 0) & pair) !== 0) return true
    return false
  }
}

function changeAt({ node, rule, wanted, live }: Point, context: DiffContext): FieldChange {
  if (rule.is === 'text') return change(shown(rule, wanted), shown(rule, live), node, context)
  // An object as a whole is shown only where none of its parts is wanted.
  return change(rule.is === 'object' ? undefined : wanted, live, node, context)
}

/** Makes the difference at a place, with both sides as people read them. */
export function change(
  wanted: Json | undefined,
  live: Json | undefined,
  node: PathNode,
  context: DiffContext
): FieldChange {
  const how = isEmpty(live) ? 'added' : isEmpty(wanted) ? 'removed' : 'changed'
  const long = [wanted, live].some(
    (value) => typeof value === 'string' && (value.includes('\n') || value.length > 120)
  )
  return {
    path: node.path,
    how,
    ...(live === undefined ? {} : { before: live }),
    ...(wanted === undefined ? {} : { after: wanted }),
    ...(long ? { long: true as const } : {}),
    span: context.spanAt(node.at)
  }
}
