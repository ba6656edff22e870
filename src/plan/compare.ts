import { compareText } from '../diagnostics/diagnostic.ts'
import type { Field, FieldClass, Rule } from '../state/rule.ts'
import { isEmpty, isObject, isReference, isSecret, type Json, type JsonObject } from '../state/value.ts'
import { keyed, remembering, resolved, type Keyed, type Resolving } from './keyed.ts'
import { ofLive, ofWanted, pairs, pairsBy, pairsOf, withBase, type Values } from './pairs.ts'
import { PathNode } from './path-node.ts'
import { folded, isSame, isSameStated, meansNothing } from './sameness.ts'
import { isSameText } from './shown.ts'

/**
 * The one walk through a resource. It compares the wanted, base and live values rule by rule, in the
 * order in which the kind lists its fields, and reports each place at which two of them differ to a
 * visitor. Differences, their causes, fingerprints of saved plans, unstated values and ignored paths are
 * all computed by visitors of this walk.
 */

/** The three sides of one resource, all in the normal form. */
export interface Sides {
  wanted: JsonObject
  /** The base. Absent where no earlier revision is compared. */
  base?: JsonObject
  live: JsonObject
}

/** A place at which something is compared. */
export interface Point {
  node: PathNode
  /** The rule of the value at this place; where an item as a whole is compared, the rule of its set. */
  rule: Rule
  wanted: Json | undefined
  base: Json | undefined
  live: Json | undefined
  /** A bit set of `pairs`: those that differ here, and `seen` where it was asked for. */
  pairs: number
  /**
   * True where only the presence of an item of a set counts: its content is reported below this point, or
   * not compared.
   */
  isPresence: boolean
}

/** What a walk calls for what it finds. */
export interface Visitor {
  point(point: Point): void
  /** Called with a live value that no file states. */
  unstated?(node: PathNode, live: Json, rule: Rule | undefined): void
}

type RuleOf<Is extends Rule['is']> = Extract<Rule, { is: Is }>
type LeafRule = RuleOf<'scalar' | 'json' | 'text' | 'reference'>

/** One walk through the fields of a resource. */
export class Walk {
  readonly #fields: Readonly<Record<string, Field>>
  readonly #sides: Sides
  readonly #context: Resolving
  readonly #visitor: Visitor

  constructor(fields: Readonly<Record<string, Field>>, sides: Sides, context: Resolving, visitor: Visitor) {
    this.#fields = fields
    this.#sides = sides
    this.#context = remembering(context)
    this.#visitor = visitor
  }

  /**
   * Compares one field in the requested pairs (bits of `pairs`), as far as the files decide about it.
   * Returns whether the wanted side takes part.
   */
  field(name: string, requested: number): boolean {
    const { class: owner, rule } = this.#fields[name]!
    const { wanted, base, live } = this.#sides
    const node = new PathNode(undefined, name, name)
    if (owner === 'carried' && !(name in wanted)) this.#left(node, rule, live[name])
    const values: Values = [wanted[name], base?.[name], live[name]]
    const open =
      (isManaged(owner, name, wanted) ? requested & ofWanted : 0) |
      (base && isManaged(owner, name, base) ? requested & pairs.service : 0)
    this.#compare(rule, values, open, node)
    return (open & ofWanted) !== 0
  }

  #compare(rule: Rule, values: Values, requested: number, node: PathNode): void {
    const isCarried = 'carried' in rule && rule.carried
    const open = isCarried ? pairsBy(requested, values, (first) => first !== undefined) : requested
    if (open === 0 || rule.is === 'unread') return
    if (rule.is === 'object') this.#object(rule, values, open, node)
    else if (rule.is === 'stated') this.#stated(rule, values, open, node)
    else if (rule.is === 'set') this.#set(rule, values, open, node)
    else
      this.#tell(
        node,
        rule,
        values,
        pairsOf(open, values, (first, second, pair) => !this.#isSame(rule, first, second, pair)) |
          (open & pairs.seen)
      )
  }

  #tell(node: PathNode, rule: Rule, values: Values, found: number, isPresence = false): void {
    if (found === 0) return
    const [wanted, base, live] = values
    this.#visitor.point({ node, rule, wanted, base, live, pairs: found, isPresence })
  }

  #isSame(rule: LeafRule, first: Json | undefined, second: Json | undefined, pair: number): boolean {
    switch (rule.is) {
      case 'scalar':
        return isSame(folded(rule, first), folded(rule, second))
      case 'json':
        return isSame(first, second)
      case 'text':
        return isSameText(rule, this.#resolved(first), this.#resolved(second))
      case 'reference':
        return this.#isSameReference(first, second, pair)
    }
  }

  /**
   * Two references without an id are the same when their names are, where two revisions of the files are
   * compared. What is live always has an id.
   */
  #isSameReference(first: Json | undefined, second: Json | undefined, pair: number): boolean {
    if (!isReference(first) || !isReference(second)) return isEmpty(first) && isEmpty(second)
    const [one, other] = [this.#context.idOf(first), this.#context.idOf(second)]
    if (one !== undefined || other !== undefined) return one === other
    return pair !== pairs.difference && first.$ref === second.$ref && first.name === second.name
  }

  #resolved(value: Json | undefined): Json | undefined {
    return value && resolved(value, this.#context)
  }

  #object(rule: RuleOf<'object'>, values: Values, requested: number, node: PathNode): void {
    let open = requested
    if (node.depth === 1) {
      // An object that only one side has is one change, not one for each of its parts.
      const whole = pairsOf(open, values, (first, second) => isEmpty(first) && !isEmpty(second))
      this.#tell(
        node,
        rule,
        values,
        pairsOf(whole, values, (_, second) => !meansNothing(rule.fields, second))
      )
      open &= ~whole
    }
    if (open === 0) return
    for (const [name, part] of Object.entries(rule.fields)) this.#part(part, values, open, node, name)
  }

  #part(rule: Rule, whole: Values, open: number, above: PathNode, name: string): void {
    const values = partsOf(whole, name)
    if ((open & pairs.seen) === 0 && isOneScalar(values, open)) return
    this.#compare(rule, values, open, new PathNode(above, name, name))
  }

  /**
   * Compares free keys. An empty mapping as a whole states nothing; an empty part asks for that part to
   * be cleared.
   */
  #stated(rule: RuleOf<'stated'>, values: Values, requested: number, node: PathNode): void {
    if ((requested & pairs.difference) !== 0) this.#unstatedParts(node, values[0], values[2])
    this.#statedPart(
      rule,
      values,
      pairsBy(requested, values, (first) => !isObject(first) || !isEmpty(first)),
      node
    )
  }

  /** Compares one part of a mapping of free keys: what is stated, at any depth, without secrets. */
  #statedPart(rule: RuleOf<'stated'>, values: Values, requested: number, node: PathNode): void {
    const open = pairsBy(requested, values, (first) => first !== undefined && !isSecret(first))
    if (open === 0) return
    const [wanted, base, live] = values
    const deeper = pairsOf(open, values, (first, second) => isFull(first) && mayHaveParts(second))
    const here = pairsOf(open & ~deeper, values, (first, second) => !isSameStated(first, second))
    // `seen` is reported where the comparison ends, and on the way down wherever it could have gone on.
    const seen = open & pairs.seen
    this.#tell(node, rule, values, here | (isFull(wanted) && mayHaveParts(live) ? 0 : seen))
    const below = deeper | (isFull(wanted) ? seen : 0)
    if (below === 0) return
    const names = new Set([
      ...((below & ofWanted) !== 0 && isObject(wanted) ? Object.keys(wanted) : []),
      ...((below & pairs.service) !== 0 && isObject(base) ? Object.keys(base) : [])
    ])
    for (const name of names)
      this.#statedPart(rule, partsOf(values, name), below, new PathNode(node, name, name))
  }

  #set(rule: RuleOf<'set'>, values: Values, open: number, node: PathNode): void {
    const itemsOf = (side: Json | undefined, of: number): ReadonlyMap<string, Keyed> =>
      (open & of) === 0 ? nothing : keyed(rule, side, this.#context)
    const wanted = itemsOf(values[0], ofWanted)
    const base = itemsOf(values[1], withBase)
    const live = itemsOf(values[2], ofLive)
    const isStated = !isEmpty(values[0])
    const keys = [...wanted.keys()]
    for (const key of base.keys()) if (!wanted.has(key)) keys.push(key)
    for (const key of live.keys()) if (!wanted.has(key) && !base.has(key)) keys.push(key)
    for (const key of keys.toSorted(compareText)) {
      const items = { wanted: wanted.get(key), base: base.get(key), live: live.get(key), isStated }
      this.#item(rule, items, open, node)
    }
  }

  #item(
    rule: RuleOf<'set'>,
    { wanted, base, live, isStated }: Items,
    requested: number,
    set: PathNode
  ): void {
    const node = new PathNode(set, (wanted ?? live ?? base)!, wanted?.index ?? -1)
    const values: Values = [wanted?.item, base?.item, live?.item]
    const left = pairsOf(requested, values, (first, second, pair) =>
      this.#isLeft(rule, first, second, pair)
    )
    if (live && isStated && (left & pairs.difference) !== 0 && rule.idle?.(live.item) !== true)
      this.#visitor.unstated?.(node, live.item, rule.item)
    const open = requested & ~left
    const alone = pairsOf(open, values, (first, second) => (first === undefined) !== (second === undefined))
    const seen =
      live && (wanted || !this.#isLeft(rule, undefined, live.item, pairs.seen)) ? open & pairs.seen : 0
    // An open set asks for no more than the presence of what is wanted.
    const isPresence = wanted !== undefined || rule.open !== undefined
    this.#tell(node, rule, values, alone | seen, isPresence)
    const both = pairsOf(open, values, (first, second) => first !== undefined && second !== undefined)
    this.#compare(rule.item, values, both | (wanted ? seen : 0), node)
  }

  /** Whether an item is left alone: only the second side of an open set has it. */
  #isLeft(rule: RuleOf<'set'>, first: Json | undefined, second: Json | undefined, pair: number): boolean {
    if (first !== undefined || second === undefined || rule.open === undefined) return false
    const { wanted, base = {} } = this.#sides
    return rule.open(second, pair === pairs.service ? base : wanted)
  }

  /** Reports a field that the files do not state: it stays as it is, whatever its value. */
  #left(node: PathNode, rule: Rule, live: Json | undefined): void {
    if (rule.is === 'stated') this.#unstatedParts(node, undefined, live)
    else this.#unstated(node, rule, live)
  }

  #unstatedParts(node: PathNode, wanted: Json | undefined, live: Json | undefined): void {
    if (!isObject(live)) return
    for (const name of Object.keys(live))
      if (!isObject(wanted) || !Object.hasOwn(wanted, name))
        this.#unstated(new PathNode(node, name, name), undefined, live[name])
  }

  #unstated(node: PathNode, rule: Rule | undefined, live: Json | undefined): void {
    if (!isEmpty(live)) this.#visitor.unstated?.(node, live, rule)
  }
}

interface Items {
  wanted: Keyed | undefined
  base: Keyed | undefined
  live: Keyed | undefined
  /** Whether the files state the set at all. */
  isStated: boolean
}

const nothing: ReadonlyMap<string, Keyed> = new Map()

/** Whether the files decide about a field: always, or because they state it. */
function isManaged(owner: FieldClass, name: string, first: JsonObject): boolean {
  return owner === 'owned' || owner === 'fixed' || (owner === 'carried' && name in first)
}

/** Whether all sides have the same scalar: nothing can differ then, whatever the rule. */
function isOneScalar([wanted, base, live]: Values, open: number): boolean {
  return wanted === live && ((open & withBase) === 0 || base === live) && typeof wanted !== 'object'
}

function partsOf([wanted, base, live]: Values, name: string): Values {
  return [partOf(wanted, name), partOf(base, name), partOf(live, name)]
}

function partOf(value: Json | undefined, name: string): Json | undefined {
  return isObject(value) ? value[name] : undefined
}

function isFull(value: Json | undefined): boolean {
  return isObject(value) && !isEmpty(value)
}

function mayHaveParts(value: Json | undefined): boolean {
  return isObject(value) || isEmpty(value)
}
