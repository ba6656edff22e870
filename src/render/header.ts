/** What stands above a plan: where it goes, and from how much it comes. */
export interface PlanHeader {
  organization: string
  /** Absent until the service has told it. */
  organizationId?: string
  /** The host, or `local`. */
  service: string
  apiVersion: string
  /** The environment of `polyctl.yaml` that was chosen. */
  environment?: string
  /** The path of the `.env` that was read. */
  variables?: string
  /** The commit that was applied last, where the plan compares with it by default. */
  appliedLast?: string
  files: number
  resources: number
}
