import type { Path } from './resource.ts'

/** What the references of a resource at a path of its fields mean for the data that moves. */
export interface Flow {
  at: Path
  /** What is named there is read from, written to, or must have run before. */
  as: 'from' | 'to' | 'after'
  /** The path of what is meant inside of what is named, such as an object. */
  object?: Path
}
