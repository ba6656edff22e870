/** What tables and columns are called in the destination of a bulk sync. */
import type { NameNormalization } from '../../wire/bulk-sync.ts'
import type { StoredBulkSchema, StoredBulkSync } from '../stored.ts'

/**
 * A name that every warehouse takes. `legacy` keeps capital letters, `disabled` keeps everything. Never
 * empty: a name of nothing but signs keeps them as underscores.
 */
export function outputName(normalization: NameNormalization, name: string): string {
  if (normalization === 'disabled') return name
  const plain = name.replace(/[-.\s/]+/g, '_').replace(/[^\p{L}\p{N}_]/gu, '')
  const kept = plain === '' ? '_'.repeat(Math.max(1, name.length)) : plain
  return normalization === 'legacy' ? kept : kept.toLowerCase()
}

/** The table of a schema: the name that a person gave or that of the source, with the table prefix. */
export function outputTable(
  sync: Pick<StoredBulkSync, 'normalize_names' | 'destination_configuration'>,
  { id, user_output_name }: Pick<StoredBulkSchema, 'id' | 'user_output_name'>
): string {
  if (user_output_name !== undefined) return user_output_name
  const advanced = sync.destination_configuration['advanced']
  const isObject = typeof advanced === 'object' && advanced !== null && !Array.isArray(advanced)
  const prefix = isObject ? advanced['table_prefix'] : undefined
  return `${typeof prefix === 'string' ? prefix : ''}${outputName(sync.normalize_names, id)}`
}
