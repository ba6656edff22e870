import widthOf from 'fast-string-width'

/**
 * Data as text for a terminal: control characters are shown instead of obeyed, and width is counted in
 * columns, since a wide character takes two and an accent none.
 */

let segmenter: Intl.Segmenter | undefined

function graphemesOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  return segmenter.segment(text)
}

/** Sets of properties of Unicode take longer to build than most commands take: only what needs them does. */
interface Patterns {
  unseen: RegExp
  /** A word with Latin letters, and others that look like Latin ones. */
  mixed: RegExp
  picture: RegExp
}

let patterns: Patterns | undefined

/**
 * What cannot be seen, acts on a terminal, or looks like a common blank. Emoji come first: in them joiners
 * and selectors are a part of one picture. A braille pattern without dots has no property that says so.
 */
function patternsOf(): Patterns {
  const unseen = [
    String.raw`\p{RGI_Emoji}`,
    String.raw`[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]`,
    String.raw`[\p{Zs}--[ ]]`,
    String.raw`(?<=^|[\p{Z}\p{C}])\p{M}+`
  ].join('|')
  const letter = String.raw`[\p{L}\p{M}\p{N}_]`
  patterns ??= {
    unseen: new RegExp(unseen, 'gv'),
    mixed: new RegExp(String.raw`(?=${letter}*\p{Script=Latin})(?=${letter}*[${twins}])${letter}+`, 'gv'),
    picture: new RegExp(String.raw`^\p{RGI_Emoji}$`, 'v')
  }
  return patterns
}

/** Letters of Cyrillic and Greek that most fonts draw like a Latin one. */
const twins = 'АВЕЅІЈКМНОРСТУХЬаеорсухѕіјһԁԛԝӏΑΒΕΖΗΙΚΜΝΟΡΤΥΧοϲϳ'
const twin = new RegExp(`[${twins}]`, 'g')

const ordinary = /^[ -~]*$/

/**
 * Names come from other people: nothing in one acts on the terminal, and two that differ are shown
 * differently. What has a shorter form in Unicode (an accent of its own beside its letter, say) would look
 * like that one: there, what is not ASCII is written by its code. So is a letter that looks like a Latin one
 * among Latin letters; a word of its own alphabet is as it is.
 */
export function visible(text: string): string {
  if (ordinary.test(text)) return text
  const composed = text === text.normalize('NFC') ? text : withoutTwins(text)
  const { unseen, mixed, picture } = patternsOf()
  return composed
    .replaceAll(unseen, (found) => (picture.test(found) ? found : escaped(found)))
    .replaceAll(mixed, (word) => word.replaceAll(twin, escaped))
}

function withoutTwins(text: string): string {
  return Array.from(graphemesOf(text), ({ segment }) =>
    segment === segment.normalize('NFC') ? segment : segment.replaceAll(/[^ -~\p{Cc}]/gu, escaped)
  ).join('')
}

function escaped(text: string): string {
  return Array.from(text, (character) => {
    if (character === '\n') return '\\n'
    if (character === '\r') return '\\r'
    if (character === '\t') return '\\t'
    const hex = (character.codePointAt(0) ?? 0).toString(16)
    if (hex.length <= 2) return `\\x${hex.padStart(2, '0')}`
    return hex.length <= 4 ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`
  }).join('')
}

/** Lines of a text that is meant to have lines; each of them is harmless. */
export function visibleLines(text: string): string[] {
  return text.replaceAll('\r\n', '\n').split('\n').map(visible)
}

/**
 * A line of a file: a tab takes one column, so that carets stay under what they mean. Its length does
 * not change, save for commands.
 */
export function sourceLine(text: string): string {
  return text.replace(/\r$/, '').replaceAll('\t', ' ')
}

/** How many columns a text takes that has no colours in it. Marks beside their letter take one each. */
export function columns(text: string): number {
  return ordinary.test(text) ? text.length : widthOf(text) + (text.match(besides)?.length ?? 0)
}

const besides = /\p{Spacing_Mark}/gu

/** The text, or as much of it as fits, with `…` where something is missing. */
export function cut(text: string, width: number): string {
  return cutAround(text, 0, width)
}

/**
 * The part of a line that shows the character at `index`: as much of the beginning as possible, `…` on
 * each side where text is left out.
 */
export function cutAround(text: string, index: number, width: number): string {
  const { line } = clipping(text, index, index + 1, width)
  return line
}

/**
 * Cuts a line to a width around a part of it (`start` to `end`), and says where that part now is, in
 * columns. The part itself may be cut at its end; a few columns are kept free after it for what explains
 * it.
 */
export function clipping(
  text: string,
  start: number,
  end: number,
  width: number
): { line: string; from: number; to: number } {
  // What is far away is never shown, and measuring all of a long line for each of its problems takes long.
  const reach = 8 * Math.max(width, 8)
  const [low, last] = [Math.max(start - reach, 0), Math.min(end, start + reach)]
  if (low > 0 || last + reach < text.length)
    return clipping(text.slice(low, last + reach), start - low, last - low, width)
  const from = columns(text.slice(0, start))
  const to = Math.max(columns(text.slice(0, end)), from)
  if (columns(text) <= width) return { line: text, from, to }
  const room = Math.max(width, 8)
  // Everything that follows the beginning of the part gets a third of the room at least.
  const wanted = Math.min(Math.max(to + 1, from + Math.ceil(room / 3)), from + room - 4)
  const first = wanted <= room - 1 ? 0 : wanted - room + 2
  const kept = window(text, first, first === 0 ? room - 1 : room - 2)
  const line = `${kept.before ? '…' : ''}${kept.text}${kept.after ? '…' : ''}`
  const shift = kept.before ? kept.first - 1 : 0
  return { line, from: Math.max(0, from - shift), to: Math.min(to - shift, columns(line)) }
}

/** The characters of a text that lie wholly inside a range of columns. */
function window(text: string, first: number, width: number) {
  let column = 0
  let kept = ''
  let start: number | undefined
  let after = false
  for (const { segment } of graphemesOf(text)) {
    const next = column + columns(segment)
    if (next > first + width) {
      after = true
      break
    }
    if (column >= first) {
      start ??= column
      kept += segment
    }
    column = next
  }
  return { text: kept, first: start ?? first, before: first > 0, after }
}

/** `1 change`, `2 changes`. */
export function count(number: number, one: string, many = plural(one)): string {
  return `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`
}

/** A sentence in lines of at most a width, broken between words. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && columns(last) + 1 + columns(word) <= width)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

function plural(one: string): string {
  if (one.endsWith('s')) return one
  return /[^aeiou]y$/.test(one) ? `${one.slice(0, -1)}ies` : `${one}s`
}
