/** Names of tables and columns in the destination of a bulk sync. */
import type { NameNormalization } from '../../wire/bulk-sync.ts'
import type { StoredBulkSchema, StoredBulkSync } from '../stored.ts'

/**
 * Returns a name that every warehouse accepts. `legacy` keeps capital letters, `disabled` keeps
 * everything. Never empty: a name of punctuation only keeps it as underscores.
 */
export function outputName(normalization: NameNormalization, name: string): string {
  if (normalization === 'disabled') return name
  const plain = name.replace(/[-.\s/]+/g, '_').replace(/[^\p{L}\p{N}_]/gu, '')
  const kept = plain === '' ? '_'.repeat(Math.max(1, name.length)) : plain
  return normalization === 'legacy' ? kept : kept.toLowerCase()
}

/**
 * Returns the table of a schema: the name that a user gave or that of the source, with the table prefix.
 */
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
