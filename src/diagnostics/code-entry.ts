/**
 * What is known of a kind of problem, whatever it is found in. Texts may be broken anywhere: they flow when
 * they are shown.
 */
export interface CodeEntry {
  /** What is wrong, in a few words. */
  title: string
  /** What `polyctl explain` says: why this is a problem, what usually causes it, what to do next. */
  explanation: string
  /** YAML that produces this code, and the same thing put right. Both are tested. */
  bad?: string
  good?: string
}
