/** One turn, as the history has it. */
export interface Turn {
  at: number
  tookMs: number
  outcome: 'fine' | 'drift' | 'failed'
  /** What it came to, in a sentence. */
  closing: string
  open: number
  news: number
  requests: number
  throttled: number
}
