import { openDatabase, type Database, type Row } from '../storage/database.ts'
import type { Folder } from '../storage/folder.ts'
import type { KnownItem, News, Scope, Trouble } from './news.ts'
import { isItem, isNews, isScope, isTrouble, isTurn, readAs } from './stored.ts'
import type { Turn } from './turn.ts'

/** A failure that goes on. */
export interface LastingTrouble {
  scope: Scope
  since: number
  trouble: Trouble
}

/** A message, and how it stands with one of its receivers. */
export interface Delivery {
  message: string
  channel: string
  attempts: number
  document: unknown
}

/** How many deliveries stand how. */
export interface DeliveryCounts {
  pending: number
  sent: number
  given_up: number
}

const versions = [
  `
CREATE TABLE turn (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, document TEXT NOT NULL) STRICT;
CREATE TABLE found (
  organization TEXT NOT NULL, key TEXT NOT NULL, since INTEGER NOT NULL, digest TEXT NOT NULL,
  scope TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (organization, key)
) STRICT;
CREATE TABLE trouble (
  organization TEXT PRIMARY KEY, since INTEGER NOT NULL, scope TEXT NOT NULL, document TEXT NOT NULL
) STRICT;
CREATE TABLE news (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, document TEXT NOT NULL) STRICT;
CREATE TABLE message (id TEXT PRIMARY KEY, at INTEGER NOT NULL, document TEXT NOT NULL) STRICT;
CREATE TABLE delivery (
  message TEXT NOT NULL REFERENCES message (id) ON DELETE CASCADE, channel TEXT NOT NULL,
  state TEXT NOT NULL, attempts INTEGER NOT NULL, next_at INTEGER NOT NULL, problem TEXT,
  PRIMARY KEY (message, channel)
) STRICT;
CREATE INDEX delivery_due ON delivery (state, next_at);
CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
`
]

/** So much is kept: of turns the last ones, and what was delivered for so long. */
const [keptTurns, keptMs] = [5_000, 60 * 86_400_000]

/**
 * What a watcher remembers: its turns, what is found and not yet gone, news that waits, and messages with
 * their receivers. All of it is written in transactions, so that a process that is killed has either told
 * and remembered something, or neither.
 */
export class WatchStore {
  readonly #database: Database

  constructor(folder: Folder | undefined, inUse: (path: string) => string) {
    this.#database = openDatabase(folder, { file: 'watch.db', versions, inUse })
  }

  close(): void {
    this.#database.close()
  }

  transaction<T>(work: () => T): T {
    return this.#database.transaction(work)
  }

  addTurn(turn: Turn): void {
    const { run } = this.#database
    run('INSERT INTO turn (at, document) VALUES (?, ?)', turn.at, JSON.stringify(turn))
    run('DELETE FROM turn WHERE id <= (SELECT max(id) FROM turn) - ?', keptTurns)
  }

  /** The last turns, the newest first. */
  turns(most: number): Turn[] {
    const rows = this.#database.all('SELECT document FROM turn ORDER BY id DESC LIMIT ?', most)
    return rows.map((row) => readAs(row, 'document', isTurn))
  }

  /** What is known of an organization, by its keys. */
  known(organization: string): Map<string, KnownItem> {
    const sql = 'SELECT key, since, digest, document FROM found WHERE organization = ?'
    return new Map(this.#database.all(sql, organization).map((row) => [String(row['key']), knownOf(row)]))
  }

  /** All that is known, with its organizations, the oldest first. */
  allKnown(): (KnownItem & { scope: Scope })[] {
    const rows = this.#database.all('SELECT * FROM found ORDER BY since, organization, key')
    return rows.map((row) => ({ ...knownOf(row), scope: readAs(row, 'scope', isScope) }))
  }

  /** What is known of an organization from now on. */
  setKnown(scope: Scope, known: readonly KnownItem[]): void {
    const { run } = this.#database
    run('DELETE FROM found WHERE organization = ?', scope.id)
    for (const { since, digest, found } of known)
      run(
        'INSERT INTO found (organization, key, since, digest, scope, document) VALUES (?, ?, ?, ?, ?, ?)',
        scope.id,
        found.key,
        since,
        digest,
        JSON.stringify(scope),
        JSON.stringify(found)
      )
  }

  /** Forgets organizations that are not looked at any more. */
  keepOnly(organizations: readonly string[]): void {
    const kept = JSON.stringify(organizations)
    const others = 'organization NOT IN (SELECT value FROM json_each(?))'
    this.#database.run(`DELETE FROM found WHERE ${others}`, kept)
    this.#database.run(`DELETE FROM trouble WHERE ${others}`, kept)
  }

  troubles(): LastingTrouble[] {
    return this.#database.all('SELECT * FROM trouble ORDER BY since').map((row) => ({
      scope: readAs(row, 'scope', isScope),
      since: Number(row['since']),
      trouble: readAs(row, 'document', isTrouble)
    }))
  }

  setTrouble({ scope, since, trouble }: LastingTrouble): void {
    this.#database.run(
      'INSERT OR REPLACE INTO trouble (organization, since, scope, document) VALUES (?, ?, ?, ?)',
      scope.id,
      since,
      JSON.stringify(scope),
      JSON.stringify(trouble)
    )
  }

  endTrouble(organization: string): void {
    this.#database.run('DELETE FROM trouble WHERE organization = ?', organization)
  }

  addNews(news: readonly News[]): void {
    for (const one of news)
      this.#database.run('INSERT INTO news (at, document) VALUES (?, ?)', one.at, JSON.stringify(one))
  }

  /** News that is in no message yet. */
  waitingNews(): News[] {
    return this.#database
      .all('SELECT document FROM news ORDER BY id')
      .map((row) => readAs(row, 'document', isNews))
  }

  /** Makes all news that waits one message, for each of the receivers. */
  addMessage(id: string, at: number, message: unknown, channels: readonly string[]): void {
    const { run } = this.#database
    run('DELETE FROM news')
    run('INSERT INTO message (id, at, document) VALUES (?, ?, ?)', id, at, JSON.stringify(message))
    for (const channel of channels)
      run(
        "INSERT INTO delivery (message, channel, state, attempts, next_at) VALUES (?, ?, 'pending', 0, ?)",
        id,
        channel,
        at
      )
  }

  /**
   * What is to be sent now: of each receiver the oldest message alone, so that messages come in their order.
   * What was to wait longer than anything does was written before the clock went back, and is due, too.
   */
  due(now: number, longestWaitMs: number): Delivery[] {
    const rows = this.#database.all(
      `SELECT delivery.message, channel, attempts, document, next_at, min(message.rowid)
       FROM delivery JOIN message ON message.id = delivery.message
       WHERE state = 'pending' GROUP BY channel`
    )
    return rows
      .filter((row) => Number(row['next_at']) <= now || Number(row['next_at']) > now + longestWaitMs)
      .map((row) => ({
        message: String(row['message']),
        channel: String(row['channel']),
        attempts: Number(row['attempts']),
        document: JSON.parse(String(row['document']))
      }))
  }

  sent({ message, channel }: Delivery): void {
    this.#database.run(
      `UPDATE delivery SET state = 'sent', problem = NULL, attempts = attempts + 1
       WHERE message = ? AND channel = ?`,
      message,
      channel
    )
  }

  notSent({ message, channel }: Delivery, problem: string, nextAt: number | undefined): void {
    this.#database.run(
      `UPDATE delivery SET state = ?, problem = ?, attempts = attempts + 1, next_at = ?
       WHERE message = ? AND channel = ?`,
      nextAt === undefined ? 'given up' : 'pending',
      problem,
      nextAt ?? 0,
      message,
      channel
    )
  }

  /** Gives up what is for receivers that there are no more. */
  dropOthers(channels: readonly string[]): void {
    this.#database.run(
      `UPDATE delivery SET state = 'given up', problem = 'it is not configured any more'
       WHERE state = 'pending' AND channel NOT IN (SELECT value FROM json_each(?))`,
      JSON.stringify(channels)
    )
  }

  /** What could not be sent so far, and why: the last of each receiver. */
  problems(): { channel: string; problem: string; attempts: number }[] {
    const rows = this.#database.all(
      `SELECT channel, problem, max(attempts) AS attempts FROM delivery
       WHERE problem IS NOT NULL AND state = 'pending' GROUP BY channel`
    )
    return rows.map((row) => ({
      channel: String(row['channel']),
      problem: String(row['problem']),
      attempts: Number(row['attempts'])
    }))
  }

  counts(): DeliveryCounts {
    const rows = this.#database.all('SELECT state, count(*) AS number FROM delivery GROUP BY state')
    const number = (state: string): number =>
      Number(rows.find((row) => row['state'] === state)?.['number'] ?? 0)
    return { pending: number('pending'), sent: number('sent'), given_up: number('given up') }
  }

  fact(name: string): string | undefined {
    const [row] = this.#database.all('SELECT value FROM fact WHERE name = ?', name)
    return row === undefined ? undefined : String(row['value'])
  }

  setFact(name: string, value: string): void {
    this.#database.run('INSERT OR REPLACE INTO fact (name, value) VALUES (?, ?)', name, value)
  }

  /** Removes messages that were delivered long ago. */
  tidy(now: number): void {
    this.#database.run(
      `DELETE FROM message WHERE at < ?
       AND NOT EXISTS (SELECT 1 FROM delivery WHERE message = message.id AND state = 'pending')`,
      now - keptMs
    )
  }
}

function knownOf(row: Row): KnownItem {
  return {
    since: Number(row['since']),
    digest: String(row['digest']),
    found: readAs(row, 'document', isItem)
  }
}
