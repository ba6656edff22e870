import type { Cause, FieldChange } from './plan.ts'

/**
 * R11: Returns who moved a resource as a whole, judged by its fields: several causes when different
 * fields were moved by different sides.
 */
export function causesOf(fields: readonly FieldChange[]): { cause: Cause; several: boolean } {
  const causes = new Set(fields.flatMap(({ cause }) => cause ?? []))
  const cause = (['conflict', 'drift'] as const).find((one) => causes.has(one)) ?? 'config'
  return { cause, several: cause !== 'conflict' && causes.size > 1 }
}
