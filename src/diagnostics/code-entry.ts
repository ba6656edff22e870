/**
 * What is known of a kind of problem, whatever it is found in. Texts may be broken anywhere: they flow when
 * they are shown.
 */
export interface CodeEntry {
  /** What the command ends with, where it is nothing that the files or options say: see `ExitClass`. */
  exit?: ExitClass
  /** What is wrong, in a few words. */
  title: string
  /** What `polyctl explain` says: why this is a problem, what usually causes it, what to do next. */
  explanation: string
  /** YAML that produces this code, and the same thing put right. Both are tested. */
  bad?: string
  good?: string
}

/**
 * Which exit code a problem leads to: the service cannot be used, something moved between the plan and its
 * being carried out, it was refused for safety. All others are about the files and options.
 */
export type ExitClass = 'service' | 'conflict' | 'refused'
