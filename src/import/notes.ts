import type { Address } from '../state/resource.ts'

/** What a person should know of an imported resource, or of one that was left out. */
export interface Note extends Address {
  id?: string
  about: About
  /** A sentence without a full stop, in which the resource is the subject. Never a value of a secret. */
  text: string
  /** The place in the resource, `configuration.hostname`. */
  path?: string
}

/** What a note is about. */
export type About =
  /** It waits for a person. */
  | 'pending'
  /** Another organization shares it. */
  | 'shared'
  /** Others have the same name. */
  | 'same name'
  /** Another name looks like its own, or its own has signs that nobody sees. */
  | 'unseen'
  /** It refers to something that is not there. */
  | 'dangling'
  /** Its answer has something that polyctl does not know. */
  | 'unknown'
  /** Something of it is not written, and stays as it is in the service. */
  | 'not written'
  /** A text looks like a secret, where no field says that it is one. */
  | 'secret-like'
  /** It is in no file at all. */
  | 'left out'
  /** What was written would change it. */
  | 'differs'
