import type { Output } from './output.ts'

/** An output that nobody reads, of a command whose result alone is wanted. It keeps the whole result. */
export function unread(): Output {
  const output: Output = {
    isDocument: true,
    isKept: true,
    tell: async () => undefined,
    tellOrganization: async () => undefined,
    say: () => undefined,
    prompt: () => undefined,
    announce: () => undefined,
    prepare: async () => undefined,
    reading: (work) => work(() => undefined),
    follow: async () => ({ event: () => undefined, close: async () => undefined }),
    keeping: () => ({ output, reported: [] })
  }
  return output
}
