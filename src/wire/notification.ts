/** `GET` and `PUT /api/notifications/global-error-subscribers`: bare, both ways; missing is empty. */
export interface GlobalErrorSubscribers {
  emails?: string[] | null
}
