/** Whether a text can be an address at all: one @ with something on both sides, and no spaces. */
export function isEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+$/.test(text)
}
