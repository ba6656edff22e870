import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { derivedApi, type FromWire, type Kind } from '../kinds/kind.ts'
import type { Live } from '../state/resource.ts'
import { isObject, textOf, type JsonObject, type Reference } from '../state/value.ts'
import type { Reader } from './transport.ts'
import type { ApiVersion } from '../wire/common.ts'

/** One resource as it was read. */
export interface Item {
  wire: JsonObject
  partial: boolean
  /** The name in the files, where the answer holds none. */
  name?: string
  /** Why its parts could not be read. */
  unread?: string
}

/** Everything that was read of a kind. */
export interface ReadKind {
  kind: Kind
  items: Item[]
  problems: Diagnostic[]
}

/**
 * Makes live resources of answers. Names are complete only when every list has been read, so this is a
 * second pass; `early` has those that needed nothing that was missing then.
 */
export function liveResources(
  read: readonly ReadKind[],
  { version, words }: Pick<Reader, 'version' | 'words'>,
  early?: EarlyLive
): Live[] {
  const wires = new Map(read.map(({ kind, items }) => [kind.name, items.map((item) => item.wire)]))
  const context = fromWireContext(wires, version)
  return read.flatMap(({ kind, items }) =>
    items.map((item) => early?.of(item, context) ?? liveResource(kind, item, context, words))
  )
}

/** What is done while answers are awaited. */
export interface BesideReading {
  /** Lets requests that were begun go on. */
  turn?: (() => Promise<void>) | undefined
  /** Is given each resource that was made early, and what references seem to stand for by then. */
  met?: (live: Live, idOf: (reference: Reference) => string | undefined) => void
}

/** What was read of a kind, and is still to be made. */
interface Unmade {
  kind: Kind
  item: Item
}

/** A resource, and what references of it were taken for by lists alone. */
interface EarlyResource {
  live: Live
  guesses: Reference[]
}

/**
 * Makes live resources while others are still requested, when there is nothing else to do. A resource counts
 * only if all kinds that its answer leads to were read to their end: then nothing read later can change it.
 * Where these were only listed, it counts if they turn out to be called as the lists say.
 */
export class EarlyLive {
  readonly #reader: Pick<Reader, 'version' | 'words'>
  readonly #beside: BesideReading
  readonly #wires = new Map<string, readonly JsonObject[]>()
  readonly #ids = new Map<string, string>()
  /** Kinds of which more than the list is read. */
  readonly #listed = new Set<string>()
  readonly #early = new WeakMap<Item, EarlyResource>()
  #unmade: Unmade[] = []
  /** What led to kinds that were not read to their end. */
  #open: Unmade[] = []
  #work: Promise<void> | undefined
  #known: FromWire
  #isOver = false

  constructor(reader: Pick<Reader, 'version' | 'words'>, beside: BesideReading = {}) {
    this.#reader = reader
    this.#beside = beside
    this.#known = fromWireContext(this.#wires, reader.version)
  }

  /** Takes in a kind that was listed, and of whose resources more is read. */
  listed(read: Pick<ReadKind, 'kind' | 'items'>): void {
    this.#listed.add(read.kind.name)
    this.#takeIn(read)
  }

  /** Takes in a kind of which nothing more is read. */
  complete(read: Pick<ReadKind, 'kind' | 'items'>): void {
    this.#listed.delete(read.kind.name)
    this.#takeIn(read)
  }

  #takeIn({ kind, items }: Pick<ReadKind, 'kind' | 'items'>): void {
    this.#wires.set(
      kind.name,
      items.map(({ wire }) => wire)
    )
    for (const { wire } of items) this.#ids.set(`${kind.name}\n${textOf(wire['name'])}`, textOf(wire['id']))
    this.#known = fromWireContext(this.#wires, this.#reader.version)
    this.#unmade.push(...this.#open)
    this.#open = []
    void this.idle()
  }

  /** Takes in what was read of a kind, to be made when there is nothing else to do. */
  arrived(kind: Kind, item: Item): void {
    this.#unmade.push({ kind, item })
    void this.idle()
  }

  /** Resolves when nothing is left that can be made. */
  async idle(): Promise<void> {
    await (this.#work ??= this.#makeAll())
  }

  /** Answers let other requests begin: those are sent before anything is made of the answers, one by one. */
  async #makeAll(): Promise<void> {
    for (;;) {
      await this.#beside.turn?.()
      const next = this.#isOver ? undefined : this.#unmade.pop()
      if (!next) break
      if (this.make(next.kind, next.item) === 'open') this.#open.push(next)
    }
    this.#work = undefined
  }

  /** What is not made yet is made with all others. */
  end(): void {
    this.#isOver = true
  }

  /**
   * Makes one, or tells that its answer leads to a kind that was not read to its end. Never throws: what
   * fails here fails again when everything has been read.
   */
  make(kind: Kind, item: Item): 'open' | undefined {
    let isOpen = false
    const guesses: Reference[] = []
    const context: FromWire = {
      version: this.#known.version,
      reference: (other, id) => {
        isOpen ||= !this.#wires.has(other)
        const reference = this.#known.reference(other, id)
        if (this.#listed.has(other)) guesses.push(reference)
        return reference
      },
      wire: (other) => {
        isOpen ||= !this.#wires.has(other) || this.#listed.has(other)
        return this.#known.wire(other)
      }
    }
    try {
      const live = liveResource(kind, item, context, this.#reader.words)
      if (isOpen) return 'open'
      this.#early.set(item, { live, guesses })
      this.#beside.met?.(live, ({ $ref, name, id }) => id ?? this.#ids.get(`${$ref}\n${name ?? ''}`))
    } catch {
      // It is made again, and fails there.
    }
    return undefined
  }

  /** Undefined where nothing was made, or out of other names than are known now. */
  of(item: Item, known: Pick<FromWire, 'reference'>): Live | undefined {
    const early = this.#early.get(item)
    const isSame = ({ $ref, name, id = '' }: Reference): boolean => known.reference($ref, id).name === name
    return early?.guesses.every(isSame) === true ? early.live : undefined
  }
}

/** Resolves ids to names by what was read. */
export function fromWireContext(
  wires: ReadonlyMap<string, readonly JsonObject[]>,
  version: ApiVersion
): FromWire {
  const names = new Map<string, string>()
  for (const [kind, items] of wires) {
    for (const item of items) names.set(`${kind}\n${textOf(item['id'])}`, textOf(item['name']))
  }
  return {
    version,
    reference(kind, id): Reference {
      const name = names.get(`${kind}\n${id}`)
      return { $ref: kind, ...(name === undefined ? {} : { name }), id }
    },
    wire: (kind) => wires.get(kind) ?? []
  }
}

function liveResource(kind: Kind, item: Item, context: FromWire, words: Reader['words']): Live {
  const { wire, partial, name } = item
  const by = isObject(wire['updated_by']) ? wire['updated_by']['name'] : undefined
  return {
    kind: kind.name,
    name: name ?? textOf(wire['name']),
    id: textOf(wire['id']),
    fields: partial ? {} : kind.fromWire(wire, context),
    wire,
    uses: kind.uses(wire),
    changed: { ...optional('at', wire['updated_at']), ...optional('by', by, words) },
    ...optional('createdAt', wire['created_at']),
    ...conditionOf(kind, item, words),
    partial
  }
}

/** Returns the state of a live resource beside its fields. */
function conditionOf(kind: Kind, { wire, unread }: Item, words: Reader['words']): Partial<Live> {
  const readOnly = kind.readOnly?.(wire)
  const hidden = unread === undefined ? undefined : `what belongs to it cannot be read: ${unread}`
  return {
    ...optional('pendingReason', kind.pendingReason?.(wire), words),
    ...optional('unhealthyReason', hidden ?? kind.unhealthyReason?.(wire), words),
    ...(hidden === undefined ? {} : { unread: (kind.api.parts ?? []).map(({ field }) => field) }),
    ...(readOnly ? { readOnly } : {}),
    ...(derivedApi(kind)?.isReset(wire) === true ? { reset: true as const } : {})
  }
}

function optional<K extends string>(
  key: K,
  value: unknown,
  redact: (text: string) => string = (text) => text
): { [name in K]?: string } {
  return typeof value === 'string' && value !== ''
    ? ({ [key]: redact(value) } as { [name in K]: string })
    : {}
}
