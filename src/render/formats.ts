import type { Format } from './format.ts'

/**
 * All formats, by their names on the command line; each is loaded when it is chosen. Text is told as it
 * comes; each other is one document at the end.
 */
const formats = {
  text: async (): Promise<Format> => (await import('./text.ts')).text,
  json: async (): Promise<Format> => (await import('./json.ts')).json,
  markdown: async (): Promise<Format> => (await import('./markdown.ts')).markdown,
  github: async (): Promise<Format> => (await import('./github.ts')).github,
  slack: async (): Promise<Format> => (await import('./slack.ts')).slack,
  junit: async (): Promise<Format> => (await import('./junit.ts')).junit,
  sarif: async (): Promise<Format> => (await import('./sarif.ts')).sarif
}

/** What `--format` takes. */
export type FormatName = keyof typeof formats

/** The formats of commands that tell of plans, reports and problems. */
export const formatNames: readonly string[] = Object.keys(formats)

/** The formats of commands that look something up. */
export const lookupFormatNames: readonly string[] = ['text', 'json']

/** Whether a text is the name of a format. */
export function isFormat(name: string): name is FormatName {
  return Object.hasOwn(formats, name)
}

/** Loads a format. */
export async function formatOf(name: FormatName): Promise<Format> {
  return await formats[name]()
}
