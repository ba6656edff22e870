import { hidden, redacted, tellingLength } from './redacted.ts'

/**
 * R36: Removes the secrets of a run from everything that is shown, in all spellings that programs write:
 * literal, in JSON (nested, and as Go escapes it), in URLs and forms, in HTML, in hexadecimal digits, and
 * in base64 at any offset of a longer text.
 */
export interface Redaction {
  /** Adds secrets. */
  add(secrets: Iterable<string>): void
  /** Adds secrets that are computed when something is shown for the first time. */
  addLater(secrets: () => Iterable<string>): void
  /**
   * Allows texts that polyctl or the files show openly: a secret that is a part of one is hidden in
   * messages of others only.
   */
  allow(isOpen: (secret: string) => boolean): void
  /** Redacts a message of somebody else, who may repeat what was sent. */
  words(text: string): string
  /** Redacts a text of polyctl. Short secrets stay here: hiding them would make other words unreadable. */
  shown(text: string): string
  /** Redacts all texts of plain data like `shown`; a value without secrets is returned as it is. */
  data<T>(value: T): T
}

/** A line of a secret of many lines counts as a secret itself from this length on. */
const tellingLine = 16

/** Opens a redaction without secrets. */
export function openRedaction(): Redaction {
  const known = new Set<string>()
  const later: (() => Iterable<string>)[] = []
  const allowed: ((secret: string) => boolean)[] = []
  let needles: { all: Needle[]; telling: Needle[]; grams: Uint8Array } | undefined
  const add = (secrets: Iterable<string>): void => {
    for (const secret of secrets) {
      const text = secret.trim()
      if (text === '' || known.has(text)) continue
      known.add(text)
      needles = undefined
    }
  }
  const current = (): NonNullable<typeof needles> => {
    // A source that throws stays in the queue, and is asked again: until then nothing is shown.
    for (; later.length > 0; later.shift()) add(later[0]!())
    if (needles) return needles
    const all = [...known].flatMap((secret) => partsOf(secret).flatMap((part) => needlesOf(part, secret)))
    const isOpen = (secret: string): boolean => allowed.some((says) => says(secret))
    const closed = new Set([...known].filter((secret) => secret.length >= tellingLength && !isOpen(secret)))
    const telling = all.filter(({ secret }) => closed.has(secret))
    needles = { all, telling, grams: gramsOf(telling) }
    return needles
  }
  const shown = (text: string): string => {
    const { telling, grams } = current()
    // No spelling of a secret is shorter than the secret.
    if (text.length < tellingLength) return text
    if (telling.length === 0 || (text.length < longText && !mayHold(text, grams))) return text
    return without(text, telling)
  }
  return {
    add,
    addLater: (secrets) => void later.push(secrets),
    allow(isOpen) {
      allowed.push(isOpen)
      needles = undefined
    },
    words: (text) => without(text, current().all),
    shown,
    data: (value) => redacted(value, shown) as typeof value
  }
}

/** One spelling of a secret. */
interface Needle {
  /** The secret as it was given, where this is a line of it. */
  secret: string
  /** A text that occurs wherever the pattern matches, and is cheap to search. Empty where there is none. */
  anchor: string
  /** Built when its anchor occurs: for most secrets that is never. */
  pattern(): RegExp
  /** True where the whole base64 text around it is hidden: its ends hold parts of the secret too. */
  inBase64: boolean
}

/** Returns a secret and its longer lines: a line of a key or certificate may be shown by itself. */
function partsOf(secret: string): string[] {
  const lines = secret.split(/[\r\n]+/).map((line) => line.trim())
  const telling = lines.length > 1 ? lines.filter((line) => line.length >= tellingLine) : []
  return [secret, ...telling.filter((line) => !line.startsWith('-----'))]
}

function needlesOf(part: string, secret: string): Needle[] {
  const own = { secret }
  const bytes = Buffer.from(part)
  const isShort = part.length < tellingLength
  // Unicode has two forms of an accent, and bytes of UTF-8 are read as Latin-1 in headers.
  const spellings = new Set([part, part.normalize('NFC'), part.normalize('NFD'), bytes.toString('latin1')])
  const plain = Array.from(spellings, (text) => ({
    ...own,
    anchor: anchorOf(text),
    pattern: lazy(() =>
      isShort ? String.raw`(?<![\w-])${spelledText(text)}(?![\w-])` : spelledText(text)
    ),
    inBase64: false
  }))
  const base64 = isShort
    ? [bytes.toString('base64').replace(/=+$/, '')].filter((text) => text.length >= tellingLength - 2)
    : [0, 1, 2].map((before) => base64After(bytes, before))
  const encoded = base64.map((text) => ({
    ...own,
    anchor: anchorOf(text),
    pattern: lazy(() =>
      isShort ? `(?<![A-Za-z0-9+/_-])${base64Text(text)}={0,2}(?![A-Za-z0-9+/_-])` : base64Text(text)
    ),
    inBase64: !isShort
  }))
  if (isShort) return [...plain, ...encoded]
  const whole = Array.from(new Set(inDigits(part, bytes)), (text) => ({
    ...own,
    anchor: text,
    pattern: lazy(() => text.replaceAll('\\', String.raw`\\`)),
    inBase64: false
  }))
  return [...plain, ...encoded, ...whole]
}

/** Returns spellings by the number of each character, as dumps and some escapers write. */
function inDigits(text: string, bytes: Buffer): string[] {
  const octets = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))
  const units = Array.from({ length: text.length }, (_, index) => text.charCodeAt(index))
  const points = Array.from(text, (letter) => letter.codePointAt(0)!)
  const hex = [
    octets.join(''),
    octets.join(':'),
    octets.join(' '),
    octets.join('-'),
    octets.map((octet) => `%${octet}`).join(''),
    octets.map((octet) => `\\x${octet}`).join(''),
    units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join(''),
    points.map((point) => `&#x${point.toString(16)};`).join('')
  ]
  const inCapitals = hex.map((one) => one.replaceAll(/[a-f]/g, (digit) => digit.toUpperCase()))
  return [...hex, ...inCapitals, points.map((point) => `&#${point};`).join('')]
}

function lazy(source: () => string): () => RegExp {
  let pattern: RegExp | undefined
  return () => (pattern ??= new RegExp(source(), 'g'))
}

/**
 * Returns the part of the base64 text that does not depend on what follows, with so many bytes (modulo 3)
 * before it.
 */
function base64After(bytes: Buffer, before: number): string {
  const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
  const end = Math.floor(((before + bytes.length) * 8) / 6)
  return text.slice(Math.ceil((before * 8) / 6), end)
}

function base64Text(text: string): string {
  return Array.from(text, (letter) => {
    const other = base64Url.get(letter)
    return other === undefined ? letter : `(?:${other}|${spelled(letter)})`
  }).join('')
}

const base64Url = new Map([
  ['+', '-'],
  ['/', '_']
])

/** Returns the longest part that every spelling leaves unchanged. */
function anchorOf(text: string): string {
  const runs = (text.match(/[A-Za-z0-9]+/g) ?? []).toSorted((a, b) => b.length - a.length)
  const longest = runs[0] ?? ''
  return longest.length < gramLength ? '' : longest
}

/**
 * Returns a pattern for a text in any mixture of spellings. It does not begin with an unbounded
 * repetition.
 */
function spelledText(text: string): string {
  const tokens = text.match(/[ \t\r\n]+|\\+|[^]/gu) ?? []
  return tokens.map((token, index) => spelled(token, index === 0)).join('')
}

/** A backslash, literal or as URLs encode it. */
const slash = String.raw`(?:\\|%(?:25)*5[cC])`
/** Not within a run of backslashes. */
const runStart = String.raw`(?<!\\|5[cC])`
const semicolon = '(?:;|%(?:25)*3[bB])'
const number = '(?:#|%(?:25)*23)'
const ampersand = `(?:&|${slash}{1,8}u0026|%(?:25)*26)(?:amp${semicolon})*`

const entities = new Map([
  ['&', 'amp|'],
  ['<', 'lt|'],
  ['>', 'gt|'],
  ['"', 'quot|'],
  ["'", 'apos|']
])

/** Blanks may be line breaks of folded texts, or a plus sign in forms. */
const space = `(?:${[
  String.raw`[\s+]`,
  `${slash}{1,8}(?:[nrt]|u00[02][09aAdD])`,
  '%(?:25)*(?:20|2[bB]|0[9aAdD])',
  `${ampersand}(?:nbsp|${number}(?:10|13|32|[xX](?:[aAdD]|20)))${semicolon}`
].join('|')}){1,16}`

function spelled(text: string, isFirst = false): string {
  if (/^[A-Za-z0-9]$/.test(text)) return text
  if (/^[ \t\r\n]/.test(text)) return space
  const isSlash = text.startsWith('\\')
  const character = isSlash ? '\\' : text
  const code = character.codePointAt(0)!
  const hex = Array.from({ length: character.length }, (_, index) =>
    character.charCodeAt(index).toString(16).padStart(4, '0')
  )
  const bytes = Array.from(Buffer.from(character), (byte) => byte.toString(16).padStart(2, '0'))
  const percent = bytes.map((byte) => `%(?:25)*${anyCase(byte)}`).join('')
  const slashes = isFirst ? `${slash}{1,8}` : `${slash}+`
  const units = hex.map((digits) => `${slashes}u${anyCase(digits)}`).join('')
  const short = code < 0x100 ? `|${slashes}x${anyCase(hex[0]!.slice(2))}` : ''
  const numbers = `${number}0*${code}|${number}[xX]0*${anyCase(code.toString(16))}`
  const entity = `${ampersand}(?:${entities.get(character) ?? ''}${numbers})${semicolon}`
  if (isSlash) return `${isFirst ? runStart : ''}(?:${units}${short}|${entity}|${slash}){1,64}`
  const literal = character.replaceAll(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`)
  // A backslash before a character is an escape of JSON, a shell or a programming language.
  return `(?:${units}${short}|${isFirst ? '' : `${slash}*`}(?:${literal}|${percent}|${entity}))`
}

function anyCase(digits: string): string {
  return digits.replaceAll(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)
}

function without(text: string, needles: readonly Needle[]): string {
  const found: [number, number][] = []
  for (const { anchor, pattern, inBase64 } of needles) {
    if (anchor !== '' && !text.includes(anchor)) continue
    const fits = pattern()
    fits.lastIndex = 0
    let before = 0
    for (let match = fits.exec(text); match !== null; match = fits.exec(text)) {
      const range: [number, number] = [match.index, match.index + match[0].length]
      const [from, to] = inBase64 ? widened(text, range, before) : range
      found.push([from, to])
      before = fits.lastIndex = to
    }
  }
  if (found.length === 0) return text
  let shown = ''
  let end = 0
  for (const [from, to] of found.toSorted(([a], [b]) => a - b)) {
    if (from >= end) shown += text.slice(end, from) + hidden
    end = Math.max(end, to)
  }
  return shown + text.slice(end)
}

function widened(text: string, [from, to]: [number, number], least: number): [number, number] {
  let [start, end] = [from, to]
  while (start > least && /[A-Za-z0-9+/_-]/.test(text[start - 1]!)) start -= 1
  while (end < text.length && /[A-Za-z0-9+/_-]/.test(text[end]!)) end += 1
  padding.lastIndex = end
  padding.test(text)
  return [start, Math.max(end, padding.lastIndex)]
}

const padding = /(?:=|%(?:25){0,3}3[dD]){1,2}/y

/** From this length on, searching each anchor is faster than testing each character. */
const longText = 2_000
const gramLength = 3

/** Returns a table of the beginnings of anchors: it shows in one pass that most texts hold none. */
function gramsOf(needles: readonly Needle[]): Uint8Array {
  const grams = new Uint8Array(1 << 16)
  for (const { anchor } of needles) {
    if (anchor === '') return grams.fill(1)
    grams[gramAt(anchor, 0)] = 1
  }
  return grams
}

function mayHold(text: string, grams: Uint8Array): boolean {
  for (let index = 0; index <= text.length - gramLength; index++)
    if (grams[gramAt(text, index)] === 1) return true
  return false
}

function gramAt(text: string, index: number): number {
  const [a, b, c] = [text.charCodeAt(index), text.charCodeAt(index + 1), text.charCodeAt(index + 2)]
  return (a * 961 + b * 31 + c) & 0xffff
}
