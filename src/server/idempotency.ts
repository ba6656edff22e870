import type { SerializedResponse } from './answer.ts'
import { columnValue, type Database } from '../storage/database.ts'
import { Refusal } from './refusal.ts'

const keySyntax = /^[A-Za-z0-9_-]{8,255}$/
const lifetime = 24 * 60 * 60 * 1000

/** Recorded answers by idempotency key: the same key gets the same answer for a day. */
export interface Outcomes {
  recorded(scope: string, key: string, now: Date): SerializedResponse | undefined
  record(scope: string, key: string, answer: SerializedResponse, now: Date): void
  /** Locks the key until the returned function is called. Throws 409 while another request holds it. */
  take(scope: string, key: string): () => void
}

/** Returns the checked key of a request; undefined where there is none. For reads it is ignored. */
export function readKey(request: Request): string | undefined {
  const key = request.headers.get('idempotency-key')
  if (key === null || request.method === 'GET' || request.method === 'HEAD') return undefined
  if (keySyntax.test(key)) return key
  throw new Refusal(400, 'invalid', 'Idempotency-Key must be 8 to 255 of the characters A-Z a-z 0-9 _ -', {
    metadata: { field: 'Idempotency-Key' }
  })
}

/**
 * Opens the recorded answers, which are stored in the database. Locks are kept in memory: a process that
 * has ended serves no request.
 */
export function openOutcomes(database: Database): Outcomes {
  const inFlight = new Set<string>()
  return {
    recorded: (scope, key, now) => {
      const row = database.all(
        'SELECT answer FROM outcome WHERE scope = ? AND key = ? AND at > ?',
        scope,
        key,
        now.getTime() - lifetime
      )[0]
      return row === undefined ? undefined : (columnValue(row, 'answer') as SerializedResponse)
    },
    record: (scope, key, answer, now) => {
      database.run('DELETE FROM outcome WHERE at <= ?', now.getTime() - lifetime)
      database.run(
        'INSERT OR REPLACE INTO outcome (scope, key, answer, at) VALUES (?, ?, ?, ?)',
        scope,
        key,
        JSON.stringify(answer),
        now.getTime()
      )
    },
    take: (scope, key) => {
      const lock = `${scope} ${key}`
      if (inFlight.has(lock)) {
        throw new Refusal(409, 'in_flight', 'a request with this Idempotency-Key is still being served')
      }
      inFlight.add(lock)
      return () => inFlight.delete(lock)
    }
  }
}
