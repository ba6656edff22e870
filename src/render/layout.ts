import { stripVTControlCharacters } from 'node:util'
import { columns } from './plain-text.ts'
import { paint, type Look } from './style.ts'

/**
 * Places stand at the right, where they are found and do not disturb; not further away than eyes follow.
 */
export function placed(text: string, place: string, look: Look): string {
  if (place === '') return text.trimEnd()
  const gap = Math.min(look.width, 100) - columns(stripVTControlCharacters(text)) - columns(place)
  return `${text}${' '.repeat(Math.max(2, gap))}${paint(look, 'dim', place)}`
}

/** Filled with spaces to a column; colours take none. */
export function paddedTo(text: string, column: number): string {
  return text + ' '.repeat(Math.max(0, column - columns(stripVTControlCharacters(text))))
}
