import type { Condition } from '../executions/conditions.ts'
import type { OrganizationOptions, PlanningOptions, ReadOptions } from './options.ts'

/** As typed. Times are still text, so that what is wrong with them can be told in one line. */
export interface WatchOptions extends ReadOptions, PlanningOptions, OrganizationOptions {
  every?: string
  cron?: string
  timeZone?: string
  remind?: string
  data?: string
  port: number
  host: string
  web: boolean
  /** The name of a variable, never a token. */
  token?: string
  publicUrl?: string
  apply?: boolean
  /** What the last runs of syncs may not be. */
  failOn?: readonly Condition[]
  /** The name of a branch; true for the usual one. */
  pull?: string | boolean
}
