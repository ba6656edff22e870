import { stripVTControlCharacters } from 'node:util'
import wrapAnsi from 'wrap-ansi'
import { columns } from './plain-text.ts'
import { paint, type Look } from './style.ts'

/**
 * Places stand at the right, where they are found and do not disturb; not further away than eyes follow.
 * Where there is no room for one, it is a line of its own.
 */
export function placed(text: string, place: string, look: Look): string {
  if (place === '') return text.trimEnd()
  const gap = Math.min(look.width, 100) - columns(stripVTControlCharacters(text)) - columns(place)
  const shown = paint(look, 'dim', place)
  if (gap >= 2) return `${text}${' '.repeat(gap)}${shown}`
  const indent = /^\s*/.exec(stripVTControlCharacters(text))?.[0] ?? ''
  return `${text}\n${indent}    ${shown}`
}

/** Filled with spaces to a column; colours take none. */
export function paddedTo(text: string, column: number): string {
  return text + ' '.repeat(Math.max(0, column - columns(stripVTControlCharacters(text))))
}

/** Lines of code in a frame, and of text in a diff: they are cut where they are made, if at all. */
const isVerbatim = /^\s*(?:\d+ \||\||[-+~] +\|)/

/** Lines that are too long for the terminal go on below, further in, from the next word. */
export function fitted(text: string, look: Look): string {
  if (look.wraps !== true) return text
  const lines = text.split('\n').flatMap((line) => {
    const plain = stripVTControlCharacters(line)
    if (columns(plain) <= look.width || isVerbatim.test(plain)) return [line]
    const indent = `${/^ */.exec(plain)?.[0] ?? ''}  `
    const room = Math.max(16, look.width - indent.length)
    const [first = '', ...rest] = wrapAnsi(line, room, { trim: false }).split('\n')
    return [first.trimEnd(), ...rest.map((more) => `${indent}${more.trim()}`)]
  })
  return lines.join('\n')
}
