import { isObject, type Json } from '../../src/state/value.ts'

/** Draws whole numbers below a bound. */
export type Draw = (below: number) => number

/**
 * Writes a value as people might: block and flow, all quotes, comments, blank lines, several indents, anchors that
 * nothing names, block scalars, document markers, either line end. The same draws give the same text.
 */
export function writtenYaml(value: Json, draw: Draw, { markers = true, aliases = false } = {}): string {
  const eol = draw(3) === 0 ? '\r\n' : '\n'
  const writer = new Writer(draw, aliases)
  const lines = [
    ...(draw(3) === 0 ? ['# the first line', ''] : []),
    // A directive is read by the slow reader alone.
    ...(markers && draw(4) === 0 ? [...(draw(2) === 0 ? ['%YAML 1.2'] : []), '---'] : []),
    ...writer.block(value, 0, false).slice(1),
    ...(draw(4) === 0 ? ['', '# the last line'] : []),
    ...(markers && draw(6) === 0 ? ['...'] : [])
  ]
  return lines.join(eol) + (draw(5) === 0 ? '' : eol)
}

class Writer {
  readonly #draw: Draw
  readonly #step: number
  readonly #dash: number
  /** The names of anchors, by what they are for. */
  readonly #anchors: Map<string, string> | undefined
  #count = 0

  constructor(draw: Draw, aliases: boolean) {
    this.#anchors = aliases ? new Map() : undefined
    this.#draw = draw
    this.#step = 1 + draw(4)
    this.#dash = draw(3)
  }

  #one(of: number): boolean {
    return this.#draw(of) === 0
  }

  /** The first line goes on behind a key or a dash. */
  block(value: Json, column: number, isItem: boolean): string[] {
    const known = this.#anchors?.get(JSON.stringify(value))
    if (known !== undefined && this.#one(3)) return [` *${known}${this.#trailing()}`]
    const anchor = this.#one(12) ? ` &a${this.#count++}` : ''
    if (anchor !== '') this.#anchors?.set(JSON.stringify(value), anchor.slice(2))
    if (Array.isArray(value) ? value.length > 0 : isObject(value) && Object.keys(value).length > 0) {
      if (column > 0 && this.#one(3)) return [`${anchor} ${this.flow(value)}${this.#trailing()}`]
      if (isItem && anchor === '' && !this.#one(8)) return this.#children(value, column)
      return [`${anchor}${this.#trailing()}`, ...this.#children(value, column)]
    }
    const text = typeof value === 'string' && this.#one(3) ? this.#blockScalar(value, column) : undefined
    if (text) return [`${anchor} ${text[0]}`, ...text.slice(1)]
    return [`${anchor} ${this.#scalar(value)}${this.#trailing()}`]
  }

  #children(value: Json, column: number): string[] {
    const margin = ' '.repeat(column)
    const lines: string[] = []
    const isApart = this.#one(4)
    const parts: [string | undefined, Json][] = Array.isArray(value)
      ? value.map((item) => [undefined, item])
      : Object.entries(value as Record<string, Json>)
    for (const [index, [key, inner]] of parts.entries()) {
      if (isApart && index > 0) lines.push('')
      if (this.#one(6)) lines.push(`${margin}# about ${key ?? index}`)
      const below = column + (key === undefined ? 2 : Array.isArray(inner) ? this.#dash : this.#step)
      const [first = '', ...others] = this.block(inner, below, key === undefined)
      const isCompact = key === undefined && first.startsWith(' '.repeat(below))
      const head = key === undefined ? `${margin}-` : `${margin}${this.#key(key)}:`
      lines.push(isCompact ? `${head} ${first.slice(below)}` : `${head}${first}`, ...others)
    }
    return lines
  }

  #trailing(): string {
    return this.#one(7) ? `${' '.repeat(1 + this.#draw(3))}# note` : ''
  }

  flow(value: Json): string {
    const pad = this.#one(2) ? ' ' : ''
    const comma = this.#one(5) ? ',  ' : ', '
    if (Array.isArray(value)) return `[${pad}${value.map((item) => this.flow(item)).join(comma)}${pad}]`
    if (!isObject(value)) return this.#scalar(value)
    const parts = Object.entries(value).map(([key, inner]) => `${this.#key(key)}: ${this.flow(inner)}`)
    return `{${pad}${parts.join(comma)}${pad}}`
  }

  #key(key: string): string {
    return this.#one(10) || !/^[a-z_]+$/.test(key) ? JSON.stringify(key) : key
  }

  #scalar(value: Json): string {
    if (typeof value !== 'string') return JSON.stringify(value)
    const isPlain =
      /^[\p{L}\p{Extended_Pictographic}][\p{L}\p{N}\p{Extended_Pictographic} _./-]*$/u.test(value) &&
      value.trim() === value
    if (isPlain && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(value) && !this.#one(3)) return value
    const isOneLine = !/[\n\t\r]/.test(value)
    return isOneLine && this.#one(2) ? `'${value.replaceAll("'", "''")}'` : JSON.stringify(value)
  }

  #blockScalar(value: string, column: number): string[] | undefined {
    const body = value.replace(/\n+$/, '')
    const ends = value.length - body.length
    // Blank lines behind a text that keeps them would be a part of it.
    if (ends > 1 || body === '' || /^[ \n\t]|[\r\t]/.test(body)) return undefined
    const margin = ' '.repeat(Math.max(column, 1) + this.#draw(2))
    const sign = ends === 0 ? '-' : ''
    const isFolded = !body.includes('\n') && / (?=\S)/.test(body) && !/ {2}| $/.test(body) && this.#one(2)
    const lines = isFolded ? body.split(' ') : body.split('\n')
    return [
      `${isFolded ? '>' : '|'}${sign}${this.#trailing()}`,
      ...lines.map((line) => (line === '' ? '' : `${margin}${line}`))
    ]
  }
}
