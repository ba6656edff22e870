export interface Organization {
  id: string
  name: string
  sso_domain?: string
  sso_org_id?: string
  issuer?: string
}

/** An update replaces what is about signing in: left out is removed. */
export interface OrganizationRequest {
  name: string
  sso_domain?: string | null
  sso_org_id?: string | null
  issuer?: string | null
  client_id?: string | null
  /** Never answered. */
  client_secret?: string | null
}

/** `GET /api/organization/record-logging`: where the logs of records go after each run of a model sync. */
export interface RecordLogging {
  enabled: boolean
  deliveryConnectionId?: string
  deliveryConnectionName?: string
  deliveryPrefix?: string
}

/** `PUT /api/organization/record-logging`: what is left out is removed. */
export interface RecordLoggingRequest {
  enabled: boolean
  deliveryConnectionId?: string | null
  deliveryPrefix?: string | null
}
