/** What came of an import: what was written, what needs attention, and what to do next. */
export interface ImportFacts {
  format_version: 1
  organization: { id: string; name: string }
  service: string
  api_version: string
  /** The folder that was written to. */
  folder: string
  /** False: nothing was written, and the files say what would have been. */
  applied: boolean
  kinds: ImportedKind[]
  files: { path: string; state: 'new' | 'changed' | 'unchanged' }[]
  /** Variables that the files name, with what they are for. */
  variables: { name: string; kind: string; resource: string; field: string; needed: boolean }[]
  attention: ImportNote[]
  /** Commands that come next. */
  next: string[]
  /** Why there is no file: all is declared, nothing of it is live or could be read, or files refuse it. */
  idle?: 'declared' | 'nothing live' | 'left out'
}

/** How many of a kind there are; null where not all could be read, and why. */
export interface ImportedKind {
  kind: string
  /** The section of the files that holds it. */
  section: string
  live: number | null
  written: number
  /** Those that files declared already, and that were left alone. */
  declared: number
  refused?: string
  /** Where they were not looked for, and why. */
  passed?: string
  /** What the service does not tell of those that were written. */
  untold?: string
}

/** What a person should know of one resource. */
export interface ImportNote {
  about: string
  kind: string
  name: string
  id: string | null
  path: string | null
  /** A sentence of which the resource is the subject. */
  text: string
}
