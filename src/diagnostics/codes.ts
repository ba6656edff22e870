import type { CodeEntry } from './code-entry.ts'
import { checkCodes } from './codes-checks.ts'
import { configurationCodes } from './codes-configuration.ts'
import { executionCodes } from './codes-executions.ts'
import { optionCodes } from './codes-options.ts'
import { pullCodes } from './codes-pull.ts'
import { requestCodes } from './codes-requests.ts'
import { serviceCodes } from './codes-service.ts'

/** The codes that have an explanation: a problem with any other does not compile. */
export type Code =
  | keyof typeof configurationCodes
  | keyof typeof optionCodes
  | keyof typeof serviceCodes
  | keyof typeof checkCodes
  | keyof typeof requestCodes
  | keyof typeof pullCodes
  | keyof typeof executionCodes

/**
 * Every problem that polyctl can tell. The number alone says the stage: P0 YAML, P1 shape, P2 names and
 * references, P3 environment and secrets, P4 matching with the service, P5 guards of the plan, P6 applying
 * and talking to the service, P7 writing into files that people wrote, P8 moving data. A code is never
 * used again for something else.
 */
export const codes: Readonly<Record<Code, CodeEntry>> = {
  ...configurationCodes,
  ...serviceCodes,
  ...checkCodes,
  ...requestCodes,
  ...optionCodes,
  ...pullCodes,
  ...executionCodes
}
