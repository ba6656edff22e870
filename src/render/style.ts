import { styleText } from 'node:util'

/** How output looks: whether colours are wanted, and how many columns there are. */
export interface Look {
  colour: boolean
  width: number
  /** A terminal would break longer lines anywhere: they are broken between words. Logs keep their lines. */
  wraps?: boolean
  /** It goes to a person's terminal, and nowhere else. */
  isTerminal?: boolean
  /** Shows what is usually folded. */
  verbose?: boolean
  /** Shows problems and what it comes to, and nothing else. */
  quiet?: boolean
}

/** Colours by what they mean, so that a meaning looks the same in the output of every command. */
export type Ink =
  | 'add'
  | 'remove'
  | 'change'
  | 'rename'
  | 'wait'
  | 'error'
  | 'warning'
  | 'place'
  | 'dim'
  | 'strong'
  | 'mark'

const inks: Record<Ink, Parameters<typeof styleText>[0]> = {
  add: 'green',
  remove: 'red',
  change: 'yellow',
  rename: 'cyan',
  wait: 'magenta',
  error: ['bold', 'red'],
  warning: ['bold', 'yellow'],
  place: 'cyan',
  dim: 'dim',
  strong: 'bold',
  mark: ['bold', 'underline']
}

/** Colour only adds: without it the text is the same, letter by letter. */
export function paint(look: Look, ink: Ink, text: string): string {
  if (!look.colour || text === '') return text
  return styleText(inks[ink], text, { validateStream: false })
}
