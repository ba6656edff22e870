/** Implements the keyword `x-caseless`: replaces a value that differs from an enum value in case only. */
export function foldCase(
  caseless: boolean,
  value: unknown,
  parent?: { enum?: unknown },
  at?: { parentData: Record<string | number, unknown>; parentDataProperty: string | number }
): boolean {
  const allowed = parent?.enum
  if (!caseless || typeof value !== 'string' || !Array.isArray(allowed) || !at || allowed.includes(value))
    return true
  const found: unknown = allowed.find(
    (one) => typeof one === 'string' && one.toLowerCase() === value.toLowerCase()
  )
  if (found !== undefined) at.parentData[at.parentDataProperty] = found
  return true
}
