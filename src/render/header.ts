/** What stands above a plan: where it goes, and from how much it comes. */
export interface PlanHeader {
  organization: string
  /** The host, or `local`. */
  service: string
  apiVersion: string
  files: number
  resources: number
}
