import type { Actor } from '../wire/common.ts'
import { columnValue, type Database, type Row } from '../storage/database.ts'
import type { Stored, StoredConnection, StoredKind } from './stored.ts'

/** The position after which a page of a list begins. */
export interface Position {
  updated_at: string
  id: string
}

/** The stored things of all organizations, by kind and id. Lists are newest first, ties by id. */
export interface Records {
  get<K extends StoredKind>(kind: K, id: string): Stored[K] | undefined
  /**
   * Lists the things of one organization. With `stale`, as the list was before the last write, like a
   * slow replica answers.
   */
  list<K extends StoredKind>(kind: K, organizationId: string, stale?: boolean): Stored[K][]
  /**
   * Lists the things of one organization from the one after a position on. Only those that are taken are
   * read, and a few more: a page of a long list must not cost the whole list. A stale list is read from its
   * begin.
   */
  listFrom<K extends StoredKind>(
    kind: K,
    organizationId: string,
    after: Position | undefined,
    stale?: boolean
  ): IteratorObject<Stored[K]>
  /** Lists the things of all organizations, oldest organization first. */
  all<K extends StoredKind>(kind: K): Stored[K][]
  /** Lists the connections by which other organizations share this one. */
  lentBy(connectionId: string): StoredConnection[]
  named<K extends StoredKind>(kind: K, organizationId: string, name: string): Stored[K][]
  put<K extends StoredKind>(kind: K, thing: Stored[K]): void
  remove(kind: StoredKind, id: string): void
}

interface LastWrite {
  kind: StoredKind
  id: string
  /** Its row before that write; empty where there was none. */
  before: Row[]
}

/** Returns the bookkeeping members of a new thing. */
export function createdBy(
  now: Date,
  actor: Actor
): Pick<Stored['role'], 'created_at' | 'created_by' | 'updated_at' | 'updated_by'> {
  const at = now.toISOString()
  return { created_at: at, created_by: actor, updated_at: at, updated_by: actor }
}

/** Compares things of lists: newest first, ties by id. */
export function byPosition(a: Position, b: Position): number {
  if (a.updated_at !== b.updated_at) return a.updated_at < b.updated_at ? 1 : -1
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

/** Opens the records. A stale list misses the last write of this process only. */
export function openRecords(database: Database): Records {
  let last: LastWrite | undefined
  const { rowsOf, things, listed, rest, ...others } = readings(database)
  const list = <K extends StoredKind>(kind: K, organizationId: string, stale = false): Stored[K][] => {
    const now = listed(kind, organizationId)
    if (!stale || last?.kind !== kind) return now
    const { id, before } = last
    const then = things<K>(before).filter((thing) => thing.organization_id === organizationId)
    return [...now.filter((thing) => thing.id !== id), ...then].sort(byPosition)
  }
  return {
    ...others,
    list,
    listFrom: (kind, organizationId, after, stale = false) =>
      stale ? list(kind, organizationId, true).values() : rest(kind, organizationId, after),
    put: (kind, thing) => {
      last = { kind, id: thing.id, before: rowsOf(kind, thing.id) }
      database.run(
        `INSERT OR REPLACE INTO resource (kind, id, organization_id, name, updated_at, document)
         VALUES (?, ?, ?, ?, ?, ?)`,
        kind,
        thing.id,
        thing.organization_id,
        thing.name,
        thing.updated_at,
        JSON.stringify(thing)
      )
    },
    remove: (kind, id) => {
      last = { kind, id, before: rowsOf(kind, id) }
      database.run('DELETE FROM resource WHERE kind = ? AND id = ?', kind, id)
    }
  }
}

/** A page, and the one thing that tells whether another page follows. */
const atOnce = 51

/** Later than any time. */
const beforeAll: Position = { updated_at: '\u{10ffff}', id: '' }

type Readings = Pick<Records, 'get' | 'all' | 'lentBy' | 'named'> & {
  listed<K extends StoredKind>(kind: K, organizationId: string): Stored[K][]
  /** Lists the things after a position, a few at once. */
  rest<K extends StoredKind>(
    kind: K,
    organizationId: string,
    after: Position | undefined
  ): IteratorObject<Stored[K]>
  rowsOf(kind: StoredKind, id: string): Row[]
  /** Parses the rows of a kind. */
  things<K extends StoredKind>(rows: Row[]): Stored[K][]
}

function readings(database: Database): Readings {
  const things = <K extends StoredKind>(rows: Row[]): Stored[K][] =>
    rows.map((row) => lent(columnValue(row, 'document') as Stored[K]))
  const rowsOf = (kind: StoredKind, id: string): Row[] =>
    database.all('SELECT document FROM resource WHERE kind = ? AND id = ?', kind, id)
  const get = <K extends StoredKind>(kind: K, id: string): Stored[K] | undefined =>
    things<K>(rowsOf(kind, id))[0]
  /** Completes a shared connection with the present state of its parent: it has none of its own. */
  const lent = <T extends object>(thing: T): T => {
    if (!('parent_connection_id' in thing)) return thing
    const parent = get('connection', String(thing.parent_connection_id))
    return parent === undefined ? thing : { ...thing, ...ofParent(parent) }
  }
  return {
    get,
    rowsOf,
    things,
    *rest<K extends StoredKind>(kind: K, organizationId: string, after: Position | undefined) {
      for (const rows of rowsFrom(database, kind, organizationId, after)) yield* things<K>(rows)
    },
    listed: <K extends StoredKind>(kind: K, organizationId: string) =>
      things<K>(
        database.all(
          `SELECT document FROM resource WHERE kind = ? AND organization_id = ?
           ORDER BY updated_at DESC, id`,
          kind,
          organizationId
        )
      ),
    all: (kind) =>
      things(
        database.all(
          `SELECT document FROM resource JOIN organization ON organization.id = organization_id
           WHERE kind = ? ORDER BY position, updated_at DESC, resource.id`,
          kind
        )
      ),
    lentBy: (connectionId) =>
      things<'connection'>(
        database.all(
          `SELECT document FROM resource
           WHERE kind = 'connection' AND document ->> 'parent_connection_id' = ?
           ORDER BY updated_at DESC, id`,
          connectionId
        )
      ),
    named: (kind, organizationId, name) =>
      things(
        database.all(
          'SELECT document FROM resource WHERE kind = ? AND organization_id = ? AND name = ?',
          kind,
          organizationId,
          name
        )
      )
  }
}

/** Yields the rows after a position in the order of lists, a few at once. */
function* rowsFrom(
  database: Database,
  kind: StoredKind,
  organizationId: string,
  after: Position | undefined
): Generator<Row[]> {
  for (let last = after ?? beforeAll; ;) {
    const rows = database.all(
      `SELECT document, updated_at, id FROM resource
       WHERE kind = ? AND organization_id = ? AND updated_at <= ? AND (updated_at < ? OR id > ?)
       ORDER BY updated_at DESC, id LIMIT ${atOnce}`,
      kind,
      organizationId,
      last.updated_at,
      last.updated_at,
      last.id
    )
    yield rows
    const next = rows.at(-1)
    if (next === undefined || rows.length < atOnce) return
    last = { updated_at: String(next['updated_at']), id: String(next['id']) }
  }
}

function ofParent(parent: StoredConnection): object {
  const { name, type, configuration, grant, status, status_error } = parent
  return { parent_name: name, type, configuration, grant, status, status_error }
}
