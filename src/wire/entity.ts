/** `GET /api/entities/{id}`: what an id belongs to. */
export interface Entity {
  id: string
  type: string
  canonical_path: string
  /** Answered to partners alone. */
  organization_id?: string
}
