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
  sarif: async (): Promise<Format> => (await import('./sarif.ts')).sarif,
  html: async (): Promise<Format> => (await import('./html/html.ts')).html
}

/** Formats that draw a graph. */
const drawings = {
  mermaid: async (): Promise<Format> => (await import('./graph/formats.ts')).mermaid,
  dot: async (): Promise<Format> => (await import('./graph/formats.ts')).dot,
  svg: async (): Promise<Format> => (await import('./graph/formats.ts')).svg
}

const all = { ...formats, ...drawings }

/** What `--format` takes. */
export type FormatName = keyof typeof all

/** The formats of commands that tell of plans, reports and problems. */
export const formatNames: readonly string[] = Object.keys(formats)

/** The formats of commands that look something up. */
export const lookupFormatNames: readonly string[] = ['text', 'json']

/** The formats of a graph. */
export const graphFormatNames: readonly string[] = [...lookupFormatNames, ...Object.keys(drawings), 'html']

/** Whether a text is the name of a format. */
export function isFormat(name: string): name is FormatName {
  return Object.hasOwn(all, name)
}

/** Loads a format. */
export async function formatOf(name: FormatName): Promise<Format> {
  return await all[name]()
}
