import { usualRemoves, type RecordGuards, type RunBounds } from '../../wire/local-start.ts'
import type { Records } from '../records.ts'
import type { StoredSync } from '../stored.ts'

/**
 * Returns what bounds an execution. Without guards of its own it keeps to those that were handed in with the
 * sync, and to the usual ones of its mode: a schedule, and a start by the API, say nothing of guards.
 */
export function withStanding(records: Records, sync: StoredSync, bounds: RunBounds = {}): RunBounds {
  if (bounds.guards !== undefined) return bounds
  const { guards = {}, without = [], assertions = [] } = records.get('sync_guards', sync.id) ?? {}
  const usual = { ...usualOf(sync) }
  for (const name of without) delete usual[name]
  return { ...bounds, guards: { ...usual, ...guards }, assertions: bounds.assertions ?? assertions }
}

function usualOf({ mode }: StoredSync): RecordGuards {
  if (mode === 'replace') return { removes: usualRemoves, empty_source: true }
  return mode === 'remove' ? { removes: usualRemoves } : {}
}
