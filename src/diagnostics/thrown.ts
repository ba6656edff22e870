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
