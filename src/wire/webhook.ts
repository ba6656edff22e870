/** An organization has one at most; it is told every event. */
export interface Webhook {
  id: string
  organization_id: string
  endpoint: string
  /** In clear, in every answer. */
  secret: string
  disabled: boolean
  disabled_at?: string | null
  disabled_reason?: string | null
  created_at: string
}

export interface WebhookRequest {
  endpoint: string
  secret: string
  organization_id?: string | null
}

/** What is posted to the endpoint, with the header `Polytomic-Signature`. */
export interface WebhookDelivery {
  type: string
  event: object
}
