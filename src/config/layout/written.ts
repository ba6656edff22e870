import { CST, Lexer } from 'yaml'

/** A piece of a text that counts wherever it stands, and its offset. */
export interface WrittenPiece {
  text: string
  at: number
  /** A comment that has its line for itself. */
  isOwnLine: boolean
  /** What a comment stands behind, on its line or above. Other pieces are no comments. */
  beside?: 'dash' | 'properties' | 'other'
}

/**
 * Comments, anchors, aliases, tags and places of scalars, in the order of the text: a comment that came to
 * another value is seen here, and one that left the line of its value.
 */
export function writtenIn(text: string): string[] {
  return pieces(text).map(({ text: own, isOwnLine, beside }) => {
    const place = isOwnLine ? 'above ' : beside === 'dash' ? '- ' : ''
    return `${place}${own}`
  })
}

/** What counts in a text wherever it stands, in order. */
export function pieces(text: string): WrittenPiece[] {
  const found: WrittenPiece[] = []
  let at = 0
  let isOwnLine = true
  let isContent = false
  let beside: WrittenPiece['beside'] = 'other'
  for (const lexeme of new Lexer().lex(text)) {
    const type: string | null = isContent ? 'content' : CST.tokenType(lexeme)
    const isMark = type === 'scalar' || type === 'doc-mode' || type === 'flow-error-end'
    isContent = type === 'scalar'
    const add = (own: string): void => void found.push({ text: own, at, isOwnLine: false })
    if (type === 'comment') found.push({ text: lexeme.trimEnd(), at, isOwnLine, beside })
    else if (type === 'anchor' || type === 'alias' || type === 'tag') add(lexeme)
    else if (type === 'block-scalar-header') add(lexeme.replace(/\d/, ''))
    else if (type === 'scalar' || type?.endsWith('quoted-scalar') === true) add('scalar')
    if (type === 'newline' || (type === 'content' && lexeme.endsWith('\n'))) isOwnLine = true
    else if (type !== 'space' && type !== 'comment' && !isMark) {
      isOwnLine = false
      const isDash = type === 'seq-item-ind'
      beside = isDash ? 'dash' : type === 'anchor' || type === 'tag' ? 'properties' : 'other'
    }
    if (!isMark) at += lexeme.length
  }
  return found
}

/**
 * Moves comments that are indented deeper than both their neighbours to the deeper of these: the library
 * takes such a one for a comment beside the value above.
 */
export function withinNeighbours(text: string): string {
  const own = new Set(pieces(text).flatMap(({ at, isOwnLine }) => (isOwnLine ? [lineOf(text, at)] : [])))
  if (own.size === 0) return text
  const lines = text.split('\n')
  let at = 0
  const starts = lines.map((line) => (at += line.length + 1) - line.length - 1)
  const isComment = starts.map((start) => own.has(start))
  const isValue = (line: string, index: number): boolean => line.trim() !== '' && isComment[index] === false
  let before = 0
  const deepest = lines.map((line, index) => (before = isValue(line, index) ? depthOf(line) : before))
  let below = 0
  for (let index = lines.length - 1; index >= 0; index--) {
    const line = lines[index] ?? ''
    if (isValue(line, index)) below = /^ */.exec(line)?.[0].length ?? 0
    const most = Math.max(deepest[index] ?? 0, below)
    if (isComment[index] === true && line.search(/\S/) > most)
      lines[index] = `${' '.repeat(most)}${line.trimStart()}`
  }
  return lines.join('\n')
}

function lineOf(text: string, at: number): number {
  return at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1
}

/** The column of the keys of a line; of an item without any, that of its dash. */
function depthOf(line: string): number {
  const keys = /^ *(?:- +)*(?=[^\s#-].*:(?: |$))/.exec(line)?.[0].length
  return keys ?? /^ */.exec(line)?.[0].length ?? 0
}
