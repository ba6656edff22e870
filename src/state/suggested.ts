/**
 * What the text at a place of an item has to be one of: fields of a resource, objects of one, the fields or
 * the modes of such an object.
 */
export interface Suggested {
  what: 'fields' | 'objects' | 'object fields' | 'modes'
  /** The dotted paths, in the item, of what decides which: a name, or a name and an object. */
  of: readonly string[]
  /** The paths are meant from the mapping that the text stands in, not from the item. */
  beside?: true
}
