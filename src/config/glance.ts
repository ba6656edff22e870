import type { Kind, Kinds } from '../kinds/kind.ts'

/** What can be told of files before they are parsed. */
export interface Glance {
  /** Kinds of which the files declare something, if the files are sound; there may be more. */
  kinds: Kind[]
  /** Whether the files may say which version of the API they are for. */
  maySayVersion: boolean
}

/**
 * Looks for sections that have an item. At the start of a line, the name of a section and a colon can be
 * nothing else: what is inside of a text or a list stands further to the right. What is written in another
 * way (flow style, quotes, an anchor) is not seen.
 */
export function glanceAt(texts: readonly string[], kinds: Kinds): Glance {
  const listed = kinds.managed.filter(({ naming, singleton }) => !naming?.only && singleton !== true)
  return {
    kinds: listed.filter(({ section }) => {
      const item = new RegExp(`^${section}:[ \\t]*(?:#.*)?\\r?\\n(?:[ \\t]*(?:#.*)?\\r?\\n)*[ \\t]*- `, 'm')
      return texts.some((text) => item.test(text))
    }),
    maySayVersion: texts.some((text) => text.includes('api_version'))
  }
}
