import type { Path } from '../state/resource.ts'
import { isObject, textOf, type Json, type JsonObject } from '../state/value.ts'
import { idOf } from './bulk-sync-parts.ts'
import { list } from './fields.ts'
import type { ItemProblem } from './kind.ts'

/**
 * Features of a bulk sync that only newer services have: the mode `append` and history, which came
 * together.
 */

/**
 * Returns the newer features that fields use, and whether the service has them, judging from its answers.
 */
export function bulkNewerThan(
  fields: JsonObject,
  answers: readonly JsonObject[]
): { path: Path; what: string; isKnown: boolean | undefined }[] {
  const schemas = answers.flatMap((answer) => [...list(answer.schemas), ...list(answer.schema_details)])
  // A service with histories answers `history_enabled` for each schema, on or off.
  const isKnown =
    answers.some(({ mode }) => isAppend(mode)) ||
    schemas.some((item) => 'history_enabled' in item) ||
    (schemas.length === 0 ? undefined : false)
  const kept = (Array.isArray(fields.schemas) ? fields.schemas : []).findIndex(keepsHistory)
  return [
    ...(isAppend(fields.mode) ? [{ path: ['mode'], what: 'the mode `append`', isKnown }] : []),
    ...(kept === -1
      ? []
      : [{ path: ['schemas', kept, 'history_enabled'], what: 'the history of schemas', isKnown }])
  ]
}

/** Reports histories in other modes than `replicate`, which alone keeps them. */
export function historyProblems({ mode, schemas }: JsonObject): ItemProblem[] {
  if (textOf(mode).toLowerCase() === 'replicate') return []
  return (Array.isArray(schemas) ? schemas : []).flatMap((schema, index) =>
    keepsHistory(schema)
      ? [
          {
            path: ['schemas', index, 'history_enabled'],
            code: 'P109' as const,
            message: `the history of \`${idOf(schema)}\` needs \`mode: replicate\``,
            label: `the mode is ${textOf(mode)}`
          }
        ]
      : []
  )
}

function keepsHistory(schema: Json): boolean {
  return isObject(schema) && schema.history_enabled === true && schema.enabled !== false
}

function isAppend(mode: Json | undefined): boolean {
  return textOf(mode).toLowerCase() === 'append'
}
