import { Lexer, Parser, type CST } from 'yaml'

/** The greatest depth of nesting; no schema of polyctl has more than ten levels. */
export const depthLimit = 100

/**
 * The greatest size of the parser's stack, which has at most two entries for each level. Parser and
 * composer recurse, so the depth must be bounded before they get the tokens.
 */
const stackLimit = 2 * depthLimit + 10

/** The parser's tokens of a text, up to the place where it is nested too deep. */
export class Tokens {
  readonly #text: string
  /** The offset at which the limit was exceeded: nothing behind it is read. */
  deepAt: number | undefined

  constructor(text: string) {
    this.#text = text
  }

  *read(): Generator<CST.Token> {
    const parser = new Parser()
    for (const lexeme of new Lexer().lex(this.#text)) {
      yield* parser.next(lexeme)
      if (parser.stack.length <= stackLimit) continue
      this.deepAt = parser.offset
      return
    }
    yield* parser.end()
  }
}
