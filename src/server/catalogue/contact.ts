/** Catalogues of systems that are really there: what they hold is for them to say. */
import { createHash } from 'node:crypto'
import type { JsonObject } from '../../wire/common.ts'
import type { SyncMode } from '../../wire/sync.ts'
import { Refusal } from '../refusal.ts'
import type { StoredConnection } from '../stored.ts'
import { catalogueOfType, type Catalogue, type CatalogueFile, type CatalogueObject } from './catalogue.ts'
import { Unread, type DescribedConnection, type Need } from './needs.ts'
import { isSql } from './shapes.ts'

/** What looks into systems. It has no way to write to them, and always comes back. */
export interface Systems {
  reaches(type: string): boolean
  look(request: {
    connection: Pick<StoredConnection, 'id' | 'name' | 'type' | 'configuration' | 'grant'>
    known?: readonly SystemObject[]
    objects: readonly string[]
    queries: readonly string[]
  }): Promise<{
    list: Answer<readonly SystemObject[]>
    fields: ReadonlyMap<string, Answer<readonly SystemField[] | undefined>>
    columns: ReadonlyMap<string, Answer<readonly SystemField[]>>
  }>
}

type Answer<T> = { ok: true; value: T } | { ok: false; message: string }

interface SystemObject {
  id: string
  label?: string
  fields: readonly SystemField[] | undefined
  /** Is handed back where more is asked of it. */
  configuration?: JsonObject
  aliases?: readonly string[]
  isSource?: boolean
  modes?: readonly SyncMode[]
}

interface SystemField {
  name: string
  label?: string
  type: string
  remoteType?: string
  unique?: boolean
  required?: boolean
  readOnly?: boolean
  isReference?: boolean
}

/** A plan asks many questions at once. What failed may be mended in the next moment. */
const [knownForMs, failedForMs] = [15_000, 5_000]

/** An answer, and when it came, in milliseconds. */
interface Kept<T> {
  at: number
  answer: Answer<T>
}

/** Answers by what was asked: the objects of a system, the fields of one of them, the columns of a query. */
interface Answers {
  list: Map<string, Kept<readonly SystemObject[]>>
  fields: Map<string, Kept<readonly SystemField[] | undefined>>
  columns: Map<string, Kept<readonly SystemField[]>>
}

function noAnswers(): Answers {
  return { list: new Map(), fields: new Map(), columns: new Map() }
}

/** What all requests share: answers of a short while ago, and questions that are under way. */
interface Memory {
  plain: Catalogue
  systems: Systems
  now: () => Date
  kept: Answers
  underWay: Map<string, Promise<Answers>>
}

/** Returns the catalogues of systems where these are reached, and `plain` ones elsewhere. */
export function contactedCatalogue(plain: Catalogue, systems: Systems, now: () => Date): Catalogue {
  const memory: Memory = { plain, systems, now, kept: noAnswers(), underWay: new Map() }
  return { ...plain, forRequest: () => new RequestCatalogue(memory) }
}

/** What one request sees: an answer that it got stays the same to its end, however long it takes. */
class RequestCatalogue implements Catalogue {
  readonly #memory: Memory
  readonly #own = noAnswers()
  readonly #objects = new Map<string, Record<string, CatalogueObject>>()
  readonly #refreshed = new Set<string>()

  constructor(memory: Memory) {
    this.#memory = memory
  }

  forRequest(): Catalogue {
    return this
  }

  of(connection: DescribedConnection): CatalogueFile {
    if (!this.#isContacted(connection)) return this.#memory.plain.of(connection)
    const { open: _open, custom: _custom, objects: _shipped, ...base } = catalogueOfType(connection.type)
    const objects = (): Record<string, CatalogueObject> => this.#objectsOf(connection)
    const list = (): readonly SystemObject[] => this.#list(connection)
    return {
      ...base,
      newFields: base.creation !== undefined,
      get objects() {
        return objects()
      },
      get aliases() {
        return new Map(list().flatMap(({ id, aliases = [] }) => aliases.map((name) => [name, id] as const)))
      }
    }
  }

  columns(connection: DescribedConnection, query: string): CatalogueObject | undefined {
    if (!this.#isContacted(connection) || !isSql(connection.type)) return undefined
    return {
      fields: fieldsOf(this.#answer(this.#memory.kept.columns, this.#own.columns, { connection, query }))
    }
  }

  refresh(connection: DescribedConnection): void {
    if (this.#refreshed.has(connection.id)) return
    this.#refreshed.add(connection.id)
    for (const kept of Object.values(this.#memory.kept))
      for (const key of kept.keys()) if (key.startsWith(`${connection.id}\n`)) kept.delete(key)
  }

  readonly learn = async (needs: readonly Need[]): Promise<void> => {
    const groups = Map.groupBy(needs, ({ connection }) => placeOf(connection))
    await Promise.all(
      Array.from(groups, ([place, [first, ...others]]) =>
        first === undefined ? Promise.resolve() : this.#look(place, first.connection, [first, ...others])
      )
    )
  }

  /** Two that want to know the same ask once. */
  async #look(place: string, connection: DescribedConnection, needs: readonly Need[]): Promise<void> {
    const { underWay, kept } = this.#memory
    const objects = [...new Set(needs.flatMap(({ object }) => object ?? []))]
    const queries = [...new Set(needs.flatMap(({ query }) => query ?? []))]
    const question = JSON.stringify([place, objects, queries])
    const running =
      underWay.get(question) ??
      this.#ask(connection, objects, queries).finally(() => underWay.delete(question))
    underWay.set(question, running)
    const answers = await running
    this.#forgetOld()
    for (const all of [kept, this.#own]) {
      for (const [key, answer] of answers.list) all.list.set(key, answer)
      for (const [key, answer] of answers.fields) all.fields.set(key, answer)
      for (const [key, answer] of answers.columns) all.columns.set(key, answer)
    }
  }

  async #ask(connection: DescribedConnection, objects: string[], queries: string[]): Promise<Answers> {
    const { systems, now, kept } = this.#memory
    const place = keyOf({ connection })
    const before = (this.#own.list.get(place) ?? this.#recent(kept.list.get(place)))?.answer
    const known = before?.ok === true ? { known: before.value } : {}
    const { list, fields, columns } = await systems.look({ connection, ...known, objects, queries })
    const at = now().getTime()
    const answers = noAnswers()
    if (known.known === undefined) answers.list.set(place, { at, answer: list })
    for (const [object, answer] of fields) answers.fields.set(keyOf({ connection, object }), { at, answer })
    for (const [query, answer] of columns) answers.columns.set(keyOf({ connection, query }), { at, answer })
    return answers
  }

  /** Questions are many: what was not asked again for a while is not kept. */
  #forgetOld(): void {
    const { kept, now } = this.#memory
    const oldest = now().getTime() - knownForMs
    for (const all of Object.values(kept)) for (const [key, { at }] of all) if (at < oldest) all.delete(key)
  }

  #isContacted({ type }: DescribedConnection): boolean {
    // What is sent to an address has one shape always.
    return this.#memory.systems.reaches(type) && catalogueOfType(type).fieldsOptional !== true
  }

  /** Throws `Unread` where it was not asked, and 400 where there was no answer: unknown is not empty. */
  #answer<T>(shared: ReadonlyMap<string, Kept<T>>, own: Map<string, Kept<T>>, need: Need): T {
    const key = keyOf(need)
    const kept = own.get(key) ?? this.#recent(shared.get(key))
    if (kept === undefined) throw new Unread([need])
    own.set(key, kept)
    if (kept.answer.ok) return kept.answer.value
    const metadata = { connection_id: need.connection.id }
    throw new Refusal(400, 'connection_unreadable', kept.answer.message, { metadata })
  }

  #recent<T>(kept: Kept<T> | undefined): Kept<T> | undefined {
    if (kept === undefined) return undefined
    const age = this.#memory.now().getTime() - kept.at
    return age <= (kept.answer.ok ? knownForMs : failedForMs) ? kept : undefined
  }

  #list(connection: DescribedConnection): readonly SystemObject[] {
    return this.#answer(this.#memory.kept.list, this.#own.list, { connection })
  }

  #objectsOf(connection: DescribedConnection): Record<string, CatalogueObject> {
    const place = placeOf(connection)
    const known = this.#objects.get(place)
    if (known !== undefined) return known
    const list = this.#list(connection)
    const names = new Set(list.flatMap(({ id, aliases = [] }) => [id, ...aliases]))
    // What a sync asked for is made by its first run, and then is what it is.
    const created = (connection.created_objects ?? [])
      .filter((id) => !names.has(id))
      .map((id) => [id, { label: id, fields: {} }] as const)
    const there = list.map((object) => [object.id, this.#object(connection, object)] as const)
    const objects = Object.fromEntries<CatalogueObject>([...created, ...there])
    this.#objects.set(place, objects)
    return objects
  }

  #object(
    connection: DescribedConnection,
    { id, label, isSource, modes, fields }: SystemObject
  ): CatalogueObject {
    const unlisted = (): readonly SystemField[] =>
      this.#answer(this.#memory.kept.fields, this.#own.fields, { connection, object: id }) ?? []
    const read = (): CatalogueObject['fields'] => fieldsOf(fields ?? unlisted())
    return {
      ...(label === undefined || label === '' ? {} : { label }),
      ...(isSource === undefined ? {} : { source: isSource }),
      ...(modes === undefined ? {} : { modes: [...modes] }),
      ...(connection.type === 'mongodb' ? { isOpen: true } : {}),
      get fields() {
        return read()
      }
    }
  }
}

function fieldsOf(fields: readonly SystemField[]): CatalogueObject['fields'] {
  return Object.fromEntries(
    fields.map(({ name, label, remoteType, isReference, ...facts }) => [
      name,
      {
        ...facts,
        ...(label === undefined || label === '' ? {} : { label }),
        ...(remoteType === undefined ? {} : { remote_type: remoteType }),
        ...(isReference === undefined ? {} : { association: isReference })
      }
    ])
  )
}

function keyOf({ connection, object, query }: Need): string {
  return `${placeOf(connection)}\n${JSON.stringify([object, query])}`
}

/** The same as long as the connection leads to the same place. Its secrets are not repeated. */
function placeOf({ id, type, configuration, grant }: DescribedConnection): string {
  return `${id}\n${createHash('sha256')
    .update(JSON.stringify([type, configuration, grant]))
    .digest('hex')}`
}
