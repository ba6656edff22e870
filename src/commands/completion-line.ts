/** The command that is typed in bash: its words without quotes, and how the last of them is quoted. */
export interface TypedLine {
  /** Without the name of the program. The last one is being typed, and may be empty. */
  words: string[]
  /** The quote that is open at the end, if one is. */
  quote: string
  /** How much of the last word bash keeps: it replaces only what follows an open quote or a break. */
  kept: number
}

/** Signs at which readline begins a new word, beside white space. */
const breaks = new Set('"\'@><=;|&(:')

/**
 * Splits what was typed into words as bash does, and evaluates nothing: neither variables nor commands. A
 * line may hold several commands; the last one is meant.
 */
export function lastLine(line: string): TypedLine {
  let words: string[] = []
  let [word, quote, kept, isWord] = ['', '', 0, false]
  const end = (): void => {
    if (isWord) words.push(word)
    ;[word, kept, isWord] = ['', 0, false]
  }
  const signs = Array.from(line)
  for (let at = 0; at < signs.length; at += 1) {
    const sign = signs[at] ?? ''
    const next = signs[at + 1] ?? ''
    if (quote === "'" ? sign === quote : sign === quote && quote !== '') {
      quote = ''
      continue
    }
    if (sign === '\\' && (quote === '' || (quote === '"' && /["\\$`]/.test(next)))) {
      word += next
      at += 1
      isWord = true
    } else if (quote !== '') word += sign
    else if (/\s/.test(sign)) end()
    else if (/[;|&]/.test(sign)) {
      end()
      words = []
    } else {
      isWord = true
      if (sign === '"' || sign === "'") quote = sign
      else word += sign
      if (breaks.has(sign)) kept = word.length
    }
  }
  return { words: [...words.slice(1), word], quote, kept }
}

/** A word as PowerShell reads it back: to it, curly quotes are quotes as well. */
export function powershellWord(value: string): string {
  if (/^[A-Za-z0-9_./:=+-]+$/.test(value)) return value
  return `'${value.replaceAll(/['\u2018\u2019\u201A\u201B]/g, '$&$&')}'`
}

/** A completion of the last word as bash inserts it: quoted as its beginning is. */
export function reply(value: string, { quote, kept }: TypedLine): string {
  const rest = value.slice(kept)
  if (quote === "'") return rest.replaceAll("'", String.raw`'\''`)
  if (quote === '"') return rest.replaceAll(/["\\$`]/g, String.raw`\$&`)
  return /^[\w./:=@%+,-]*$/.test(rest) ? rest : `'${rest.replaceAll("'", String.raw`'\''`)}'`
}
