import { createHash, createHmac } from 'node:crypto'
import type { ApprovedRecord, PreviewSeal } from '../../wire/preview.ts'
import type { StoredModel, StoredSync } from '../stored.ts'
import { packed } from './codec.ts'
import type { Decision } from './plan.ts'

/**
 * Hashes with the secret of the server, by which a later run knows again what was previewed: they tell
 * nothing to others, and nobody else can make one.
 */
export interface Marks {
  /** Names a record. */
  keyOf(decision: Decision): string
  /** Differs as soon as the record would be written otherwise, or something else is there to write over. */
  markOf(decision: Decision): string
}

/** Returns the marks of a sync. */
export function marksOf(secret: string, sync: string): Marks {
  return {
    keyOf: ({ record }) => keyed(secret, ['key', sync, record.key]),
    markOf: ({ operation, record, hit, without }) =>
      keyed(secret, [
        'mark',
        sync,
        operation,
        record.key,
        record.hash,
        record.row,
        without,
        hit === undefined ? '' : hit.id,
        hit === undefined ? '' : packed(hit.values)
      ])
  }
}

/** Differs where the sync was changed so that its preview means something else. */
export function definitionOf(secret: string, sync: StoredSync, model: StoredModel): string {
  const { mode, fields, overrides, identity, identities, target, filters, filter_logic } = sync
  const { connection_id, configuration, tracking_columns, identifier } = model
  return keyed(secret, [
    'definition',
    [sync.id, mode, fields, overrides, identity, identities, target, filters, filter_logic],
    [sync.sync_all_records, connection_id, configuration, tracking_columns, identifier]
  ])
}

/** Signs what was listed. */
export function signed(secret: string, seal: Omit<PreviewSeal, 'signature'>): string {
  return keyed(secret, ['seal', ...Object.entries(seal).toSorted(([a], [b]) => (a < b ? -1 : 1))])
}

/** Collects the digest of listed records in their order. */
export class ListDigest {
  readonly #hash = createHash('sha256')
  readonly #redacted: boolean
  constructor(redacted: boolean) {
    this.#redacted = redacted
  }

  add({ key, operation, mark, fields, identity }: ApprovedRecord): void {
    const name = this.#redacted ? [] : [identity ?? []]
    this.#hash.update(`${JSON.stringify([key, operation, mark, fields, ...name])}\n`)
  }

  end(): string {
    return this.#hash.digest('base64url')
  }
}

function keyed(secret: string, parts: readonly unknown[]): string {
  return createHmac('sha256', secret).update(JSON.stringify(parts)).digest('base64url').slice(0, 22)
}
