/** The members of an answer that is an object. */
export function members(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
}

/** What is no text counts as none. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
