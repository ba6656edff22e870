import { element, type Child } from '../element.ts'

/** A sentence: what stands in backticks is code. */
export function sentence(text: string): Child[] {
  return text
    .split(/(`[^`]+`)/)
    .map((part, index) => (index % 2 === 1 ? element('code', {}, part.slice(1, -1)) : part))
}

/** What an answer comes to, in a word. */
export const outcomeWords = {
  fine: 'fine',
  differs: 'differs',
  waits: 'waits for a person',
  failed: 'failed'
} as const
