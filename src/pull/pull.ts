import { entryIn, inPlaceOf, withDraftAt, type Draft } from '../config/edit/index.ts'
import { keyOf, type Kind } from '../kinds/kind.ts'
import type { Change, Create, FieldChange, Rename, Update } from '../plan/plan.ts'
import { addressText, idKey, type Address, type Desired, type Live } from '../state/resource.ts'
import { fieldsWithReferences, isEmpty, isObject, type JsonObject } from '../state/value.ts'
import { add, addedAddress } from './additions.ts'
import type { Addition, Left, NotAdded, Pulled, PullInput, Taken } from './input.ts'
import { changesOf, movesOf, withMove, type Move, type MoveContext } from './moves.ts'
import { DeclaredNames } from './declared-names.ts'
import { takeOver, takeOverFields, type ItemState, type Obstacle, type Spelling } from './take-over.ts'
import { touchedBy } from './touched.ts'
import { Documents, type ItemPlace } from './written.ts'

/**
 * Makes the patches. Only resources that `isAllowed` are touched, so that a failed check can leave
 * some out.
 */
export function pulled(input: PullInput, isAllowed: (address: Address) => boolean): Pulled {
  const pull = new Pull(input)
  for (const change of input.plan.changes)
    if (change.action === 'rename' && isAllowed(change)) pull.name(change)
  for (const change of input.plan.changes) {
    if (!isAllowed(change)) continue
    if (change.action === 'update' || change.action === 'rename') pull.update(change)
  }
  // Removing moves what comes after: it is done last, from the end of each file.
  const missing = input.plan.changes.filter((change) => change.action === 'create' && isAllowed(change))
  for (const change of missing.toReversed()) if (change.action === 'create') pull.missing(change)
  const additions = (input.additions ?? []).filter((one) => isAllowed(addedAddress(one)))
  return pull.end(additions)
}

class Pull {
  readonly #input: PullInput
  readonly #documents: Documents
  readonly #kinds: ReadonlyMap<string, Kind>
  readonly #desired: ReadonlyMap<string, Desired>
  readonly #live: ReadonlyMap<string, Live>
  readonly #states = new Map<string, ItemState>()
  readonly #taken = new Map<string, Taken>()
  readonly #left: Left[] = []
  readonly #names: DeclaredNames
  readonly #removed: ItemPlace[] = []
  readonly #renamed = new Map<string, string>()
  #ahead = 0

  constructor(input: PullInput) {
    this.#input = input
    this.#documents = new Documents(input.written)
    this.#kinds = new Map(input.kinds.managed.map((kind) => [kind.name, kind]))
    this.#desired = new Map(input.desired.resources.map((one) => [addressText(one), one]))
    this.#live = new Map(input.observed.resources.map((one) => [idKey(one), one]))
    this.#names = new DeclaredNames(input)
  }

  end(additions: readonly Addition[]): Pulled {
    for (const place of this.#removed.toSorted(fromTheEnd)) {
      const root = this.#documents.root(place.document)
      this.#documents.replace(place.document, withDraftAt(root, place.path, undefined))
    }
    const notAdded = additions.flatMap((addition): NotAdded[] => {
      const address = addedAddress(addition)
      const because = add(addition, this.#documents, this.#input)
      if (because !== undefined) return [{ ...address, because }]
      this.#take(address, { action: 'add', fields: [] })
      return []
    })
    return {
      notAdded,
      texts: this.#documents.texts(),
      taken: [...this.#taken.values()],
      left: this.#left,
      ahead: this.#ahead,
      fields: new Map([...this.#states].map(([address, { fields }]) => [address, fields])),
      names: this.#renamed
    }
  }

  /** The service gave a resource another name: its own name changes, and that in each reference to it. */
  name(change: Rename): void {
    const found = this.#found(change)
    if (!found || !this.#isRenamedThere(found.resource)) return
    const { resource, place, kind } = found
    const state = this.#stateOf(resource, place)
    const entry = state && entryIn(state.draft, 'name')
    if (!state || !entry || kind.naming) return this.#leave(resource, { is: 'words' })
    const { lock } = entry.draft
    if (lock) return this.#leave(resource, { is: 'lock', lock })
    const renamed = inPlaceOf(entry.draft, change.previousName)
    const states = this.#referring(resource, change.previousName)
    if (!states) return this.#leave(resource, { is: 'words' })
    this.#keep(resource, place, { ...state, draft: withDraftAt(state.draft, ['name'], renamed) })
    for (const [user, own] of states) this.#keep(user, own.place, own.state)
    this.#names.rename(change, change.previousName)
    this.#renamed.set(addressText(change), change.previousName)
    this.#take(change, { action: 'rename', fields: [] })
  }

  /** Returns what refers to a resource with its new name; undefined if one of these cannot be changed. */
  #referring(
    resource: Desired,
    name: string
  ): Map<Desired, { place: ItemPlace; state: ItemState }> | undefined {
    const changed = new Map<Desired, { place: ItemPlace; state: ItemState }>()
    for (const user of this.#input.desired.resources) {
      if (!user.uses.some((use) => use.kind === resource.kind && use.name === resource.name)) continue
      const place = this.#input.written.placeOf(user)
      const kind = this.#kinds.get(user.kind)
      const state = place && this.#stateOf(user, place)
      if (!place || !kind || !state) return undefined
      const fields = fieldsWithReferences(state.fields, (reference) =>
        reference.$ref === resource.kind && reference.name === resource.name
          ? { ...reference, name }
          : reference
      )
      const over = takeOverFields(kind, state, fields, this.#names)
      if (!over.ok) return undefined
      changed.set(user, { place, state: over.state })
    }
    return changed
  }

  update(change: Update | Rename): void {
    const found = this.#found(change)
    const live = this.#live.get(idKey(change))
    // A difference that is neither taken over nor told would be lost.
    if (!found || !live) throw new Error(`nothing is known of ${addressText(change)}`)
    const { resource, kind, place } = found
    const context: MoveContext = {
      nameOf: (reference) => this.#names.nameOf(reference),
      shorten: this.#input.shorten
    }
    const moves = movesOf(kind, change, live, context)
    for (const field of changesOf(moves)) {
      if (field.cause === 'config') this.#ahead += 1
      if (field.cause === 'conflict') this.#leave(resource, { is: 'conflict' }, field)
    }
    const open = moves.filter(
      ({ changes: [field] }) => field?.cause !== 'config' && field?.cause !== 'conflict'
    )
    if (open.length === 0) return
    const state = this.#stateOf(resource, place)
    if (!state) return changesOf(open).forEach((field) => this.#leave(resource, { is: 'words' }, field))
    // What is derived is always there: in its initial state it is what a deletion leaves.
    if (live.reset === true && isUnsayable(kind, open.reduce(withMove, state.fields)))
      return this.#missing(resource, place, change)
    const over = this.#moved(kind, state, open)
    const obstacles = new Map(
      over.left.flatMap(({ move, obstacle }) => move.changes.map((field) => [field, obstacle] as const))
    )
    for (const [field, obstacle] of obstacles) this.#leave(resource, obstacle, field)
    if (over.taken.length === 0) return
    this.#keep(resource, place, over.state)
    this.#take(change, { action: 'update', fields: changesOf(over.taken) })
  }

  /**
   * Takes differences over one by one; those that mean nothing alone are tried together. What the spelling of
   * the file cannot say is tried in the usual one.
   */
  #moved(kind: Kind, before: ItemState, moves: readonly Move[]): Moved {
    const moved: Moved = { state: before, taken: [], left: [] }
    const tried = (some: readonly Move[], spelling: Spelling): Move[] => {
      const over = takeOver(kind, moved.state, some, this.#names, spelling)
      if (over.ok) {
        moved.state = over.state
        moved.taken.push(...some)
      } else if (over.obstacle.is === 'words') return [...some]
      else moved.left.push(...some.map((move) => ({ move, obstacle: over.obstacle })))
      return []
    }
    let open: Move[] = []
    for (const move of moves) {
      if (move.hasSecrets) moved.left.push({ move, obstacle: { is: 'secret' } })
      else open.push(move)
    }
    for (const spelling of ['own', 'usual'] as const) {
      open = open.flatMap((move) => tried([move], spelling))
      if (open.length > 0) open = tried(open, spelling)
    }
    moved.left.push(...open.map((move) => ({ move, obstacle: { is: 'words' as const } })))
    return moved
  }

  /** The files declare what the service does not have. Only a base tells that it had it. */
  missing(change: Create): void {
    const resource = this.#desired.get(addressText(change))
    if (!resource || change.cause === 'config') return
    this.#missing(resource, this.#input.written.placeOf(resource), change)
  }

  #missing(resource: Desired, place: ItemPlace | undefined, change: Create | Update | Rename): void {
    if (!this.#input.removeMissing || change.cause === undefined || !place)
      return this.#leave(resource, { is: 'missing' })
    const draft = this.#documents.at(place)
    const { locks } = touchedBy({ is: 'list', items: draft ? [draft] : [] }, { is: 'list', items: [] })
    const [lock] = locks
    if (lock) return this.#leave(resource, { is: 'lock', lock })
    this.#removed.push(place)
    this.#take(change, { action: 'remove', fields: [] })
  }

  #isRenamedThere(resource: Desired): boolean {
    const { base, kinds } = this.#input
    const key = keyOf(kinds)
    if (!base) return resource.id !== undefined && resource.lifecycle.renamedFrom.length === 0
    return base.resources.some((atBase) => key(atBase) === key(resource))
  }

  #found(change: Change): { resource: Desired; kind: Kind; place: ItemPlace } | undefined {
    const resource = this.#desired.get(addressText(change))
    const kind = this.#kinds.get(change.kind)
    const place = resource && this.#input.written.placeOf(resource)
    return resource && kind && place ? { resource, kind, place } : undefined
  }

  #stateOf(resource: Desired, place: ItemPlace): ItemState | undefined {
    const known = this.#states.get(addressText(resource))
    const draft: Draft | undefined = known?.draft ?? this.#documents.at(place)
    return draft && { draft, fields: known?.fields ?? resource.fields }
  }

  #keep(resource: Desired, place: ItemPlace, state: ItemState): void {
    this.#states.set(addressText(resource), state)
    this.#documents.put(place, state.draft)
  }

  #take({ kind, name, pin }: Address, { action, fields }: Omit<Taken, keyof Address>): void {
    const address = { kind, name, ...(pin === undefined ? {} : { pin }) }
    const key = addressText(address)
    const known = this.#taken.get(key)
    const all = [...(known?.fields ?? []), ...fields]
    this.#taken.set(key, { ...address, action: known?.action ?? action, fields: all })
  }

  #leave(resource: Desired, reason: Left['reason'], field?: FieldChange): void {
    this.#left.push({ resource, reason, ...(field && { field }) })
  }
}

/** Whether a list that files must state, and not as an empty one, would be empty. */
function isUnsayable({ schema }: Kind, fields: JsonObject): boolean {
  const { required, properties } = schema
  return (Array.isArray(required) ? required : []).some((name) => {
    const own = isObject(properties) && typeof name === 'string' ? properties[name] : undefined
    const value = typeof name === 'string' ? fields[name] : undefined
    return isObject(own) && own['minItems'] === 1 && isEmpty(value)
  })
}

interface Moved {
  state: ItemState
  taken: Move[]
  left: { move: Move; obstacle: Obstacle }[]
}

function fromTheEnd(a: ItemPlace, b: ItemPlace): number {
  return Number(b.path.at(-1)) - Number(a.path.at(-1))
}
