import type { Kind, Kinds } from '../kinds/kind.ts'

/** What a cheap scan finds in files before they are parsed. */
export interface Glance {
  /** Kinds that have at least one item, if the files are valid. Other kinds may have items, too. */
  kinds: Kind[]
  /** Whether the files may say which version of the API they are for. */
  maySayVersion: boolean
}

/**
 * Finds sections that have an item, without parsing. The name of a section and a colon in the first column
 * must be that section: content of block scalars and lists is indented. Sections in flow style, in quotes
 * or with an anchor are not found.
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
