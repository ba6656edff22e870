import type { Actor } from '../wire/common.ts'
import type { Database } from './database.ts'
import type { Stored, StoredConnection, StoredKind } from './stored.ts'

/** Where a page of a list begins: after this thing, in the order of the list. */
export interface Position {
  updated_at: string
  id: string
}

/** The things of all organizations, by kind and id. Lists are newest first, ties by id. */
export interface Records {
  get<K extends StoredKind>(kind: K, id: string): Stored[K] | undefined
  /**
   * Of one organization. `stale`: as the list was before the last write, which a slow replica would still
   * answer.
   */
  list<K extends StoredKind>(kind: K, organizationId: string, stale?: boolean): Stored[K][]
  /** Of all organizations, oldest organization first. */
  all<K extends StoredKind>(kind: K): Stored[K][]
  /** What a connection is lent as to other organizations. */
  lentBy(connectionId: string): StoredConnection[]
  named<K extends StoredKind>(kind: K, organizationId: string, name: string): Stored[K][]
  put<K extends StoredKind>(kind: K, thing: Stored[K]): void
  remove(kind: StoredKind, id: string): void
}

interface LastWrite {
  kind: StoredKind
  id: string
  before: Stored[StoredKind] | undefined
}

/** Who and when, for a new thing. */
export function createdBy(
  now: Date,
  actor: Actor
): Pick<Stored['role'], 'created_at' | 'created_by' | 'updated_at' | 'updated_by'> {
  const at = now.toISOString()
  return { created_at: at, created_by: actor, updated_at: at, updated_by: actor }
}

/** Newest first, ties by id: the one order of every list. */
export function byPosition(a: Position, b: Position): number {
  if (a.updated_at !== b.updated_at) return a.updated_at < b.updated_at ? 1 : -1
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

/** Only the very last write can be missing from a stale list, and only until the process ends. */
export function openRecords(database: Database): Records {
  let last: LastWrite | undefined
  const { get, listed, ...others } = readings(database)
  return {
    get,
    ...others,
    list: (kind, organizationId, stale = false) => {
      const things = listed(kind, organizationId)
      return stale && last?.kind === kind ? withoutLast(things, last, organizationId) : things
    },
    put: (kind, thing) => {
      last = { kind, id: thing.id, before: get(kind, thing.id) }
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
      last = { kind, id, before: get(kind, id) }
      database.run('DELETE FROM resource WHERE kind = ? AND id = ?', kind, id)
    }
  }
}

function withoutLast<K extends StoredKind>(
  things: Stored[K][],
  { id, before }: LastWrite,
  organizationId: string
): Stored[K][] {
  const others = things.filter((thing) => thing.id !== id)
  if (before === undefined || before.organization_id !== organizationId) return others
  return [...others, before as Stored[K]].sort(byPosition)
}

type Readings = Pick<Records, 'get' | 'all' | 'lentBy' | 'named'> & {
  listed<K extends StoredKind>(kind: K, organizationId: string): Stored[K][]
}

function readings(database: Database): Readings {
  const parsed = <K extends StoredKind>(rows: Record<string, unknown>[]): Stored[K][] =>
    rows.map((row) => lent(JSON.parse(String(row['document'])) as Stored[K]))
  const get = <K extends StoredKind>(kind: K, id: string): Stored[K] | undefined =>
    parsed<K>(database.all('SELECT document FROM resource WHERE kind = ? AND id = ?', kind, id))[0]
  /** A connection that is lent is read as its parent is now: nothing of that is its own. */
  const lent = <T extends object>(thing: T): T => {
    if (!('parent_connection_id' in thing)) return thing
    const parent = get('connection', String(thing.parent_connection_id))
    return parent === undefined ? thing : { ...thing, ...ofParent(parent) }
  }
  return {
    get,
    listed: <K extends StoredKind>(kind: K, organizationId: string) =>
      parsed<K>(
        database.all(
          `SELECT document FROM resource WHERE kind = ? AND organization_id = ?
           ORDER BY updated_at DESC, id`,
          kind,
          organizationId
        )
      ),
    all: (kind) =>
      parsed(
        database.all(
          `SELECT document FROM resource JOIN organization ON organization.id = organization_id
           WHERE kind = ? ORDER BY position, updated_at DESC, resource.id`,
          kind
        )
      ),
    lentBy: (connectionId) =>
      parsed<'connection'>(
        database.all(
          `SELECT document FROM resource
           WHERE kind = 'connection' AND document ->> 'parent_connection_id' = ?
           ORDER BY updated_at DESC, id`,
          connectionId
        )
      ),
    named: (kind, organizationId, name) =>
      parsed(
        database.all(
          'SELECT document FROM resource WHERE kind = ? AND organization_id = ? AND name = ?',
          kind,
          organizationId,
          name
        )
      )
  }
}

function ofParent({ name, type, configuration, status, status_error }: StoredConnection): object {
  return { parent_name: name, type, configuration, status, status_error }
}
