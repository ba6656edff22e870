import type { Cause, FieldChange } from './plan.ts'

/** R11: Who moved a resource as a whole, by its fields; several when each moved something else. */
export function causesOf(fields: readonly FieldChange[]): { cause: Cause; several: boolean } {
  const causes = new Set(fields.flatMap(({ cause }) => cause ?? []))
  const cause = (['conflict', 'drift'] as const).find((one) => causes.has(one)) ?? 'config'
  return { cause, several: cause !== 'conflict' && causes.size > 1 }
}
