/**
 * All JSON that is printed: indented, for people read it too, and ending with a line break, as a text file
 * does.
 */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
