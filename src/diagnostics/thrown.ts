/**
 * The words of whatever was thrown. It may be no error, or one whose words cannot be read; to tell of a
 * mistake must never be another one.
 */
export function thrownText(thrown: unknown): string {
  try {
    return thrown instanceof Error ? thrown.message : String(thrown)
  } catch {
    return 'what was thrown has no words'
  }
}

/** The code that Node gives to errors of the system, such as `ENOENT`; undefined for other errors. */
export function thrownCode(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string'
    ? thrown.code
    : undefined
}
