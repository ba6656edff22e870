import { configurationCodes } from './codes-configuration.ts'
import { serviceCodes } from './codes-service.ts'

/**
 * Every problem that polyctl can tell. The number alone says the stage: P0 YAML, P1 shape, P2 names and references, P3 environment and
 * secrets, P4 matching with the service, P5 guards of the plan, P6 applying and talking to the service. A code is never used again for
 * something else.
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

export type Code = keyof typeof configurationCodes | keyof typeof serviceCodes

export const codes: Readonly<Record<Code, CodeEntry>> = { ...configurationCodes, ...serviceCodes }
