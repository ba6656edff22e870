import { Lexer, Parser, type CST } from 'yaml'

/** Levels; nothing that polyctl knows has more than ten. */
export const depthLimit = 100

/**
 * The parser keeps what is open in a list of its own, two entries a level at most. It and the composer are
 * recursive: depth is bounded before either has to follow it.
 */
const openLimit = 2 * depthLimit + 10

/** The parser's tokens of a text, up to where it is nested too deep. */
export class Tokens {
  readonly #text: string
  /** The place where too much is open: what comes after it is not read. */
  deepAt: number | undefined

  constructor(text: string) {
    this.#text = text
  }

  *read(): Generator<CST.Token> {
    const parser = new Parser()
    for (const lexeme of new Lexer().lex(this.#text)) {
      yield* parser.next(lexeme)
      if (parser.stack.length <= openLimit) continue
      this.deepAt = parser.offset
      return
    }
    yield* parser.end()
  }
}
