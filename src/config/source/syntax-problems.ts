import type { ErrorCode, YAMLError } from 'yaml'
import { problem, type Details, type Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { SourceText } from './node.ts'

/**
 * Explains a parser error to people who write YAML seldom. A message must not quote the file: in broken
 * YAML, any part may be a secret.
 */
export function syntaxProblem(error: YAMLError, source: SourceText): Diagnostic {
  const [start, end] = error.pos
  const line = source.text.slice(start).split(/\r?\n/, 1)[0] ?? ''
  const stop = Math.max(Math.min(end, start + line.length), start)
  const isPlaceholder = source.text.charAt(start - 1) === '$' && line.startsWith('{')
  const lines = linesAround(source.text, start)
  const context = { first: line.charAt(0), line, ...lines, isPlaceholder, original: error.message }
  const { code = 'P001', message, label, ...details } = messages[error.code]?.(context) ?? unknown(context)
  return problem(code, message, { ...details, labels: [{ span: source.span(start, stop), text: label }] })
}

/** Returns the whole line of the mistake, and the nearest lines before and after it that are not blank. */
function linesAround(text: string, start: number): Pick<ErrorContext, 'whole' | 'before' | 'after'> {
  const from = start === 0 ? 0 : text.lastIndexOf('\n', start - 1) + 1
  const written = (line: string): boolean => line.trim() !== ''
  const [whole = '', ...rest] = text.slice(from, from + contextLength).split(/\r?\n/)
  const above = text.slice(Math.max(from - contextLength, 0), from).split(/\r?\n/)
  return { whole, before: above.findLast(written) ?? '', after: rest.find(written) ?? '' }
}

/** The number of characters that are searched on either side. */
const contextLength = 2_000

/**
 * Recognises what makes a whole file unreadable and would be reported as many mistakes: an unresolved merge
 * conflict, or lines that end in CR alone.
 */
export function wholeFileProblem(source: SourceText): Diagnostic | undefined {
  const { text } = source
  const marker = /^(?:<{7}|={7}|>{7})(?= |\r?$)/m.exec(text)
  const [opened, closed] = [/^<{7}(?: |\r?$)/m.test(text), /^>{7}(?: |\r?$)/m.test(text)]
  if (marker && opened && closed) {
    return problem('P001', 'a merge conflict is not resolved', {
      labels: [{ span: source.span(marker.index, marker.index + 7), text: 'git wrote this line' }],
      help: ['keep one of the two sides, and remove the lines with `<<<<<<<`, `=======` and `>>>>>>>`']
    })
  }
  const carriage = text.includes('\n') ? -1 : text.indexOf('\r')
  if (carriage === -1) return undefined
  return problem('P001', 'the lines of this file end in CR alone', {
    labels: [{ span: source.span(carriage, carriage + 1), text: 'the first line ends here' }],
    help: ['save the file with the line ends of Unix (LF), or of Windows (CR LF)']
  })
}

/** Refuses YAML 1.1, in which the same file means something else: `yes` is a boolean and `010` is eight. */
export function olderYaml(source: SourceText, end: number): Diagnostic {
  const start = Math.max(source.text.lastIndexOf('%YAML', end), 0)
  const line = source.text.slice(start).split(/\r?\n/, 1)[0] ?? ''
  return problem('P012', 'a file asks for YAML 1.1', {
    labels: [{ span: source.span(start, start + line.trimEnd().length), text: 'this asks for it' }],
    notes: ['polyctl reads YAML 1.2: yes and no are text there, and 010 is ten'],
    help: ['remove this line, and write `true` or `false` where yes or no was meant']
  })
}

interface Message extends Pick<Details, 'notes' | 'help'> {
  code?: 'P001' | 'P002'
  message: string
  label: string
}

interface ErrorContext {
  first: string
  /** From the mistake to the end of its line. */
  line: string
  /** The whole line, and the nearest lines that are not blank. */
  whole: string
  before: string
  after: string
  /** True for `{env:…}` behind a dollar sign. */
  isPlaceholder: boolean
  /** The parser's own words. */
  original: string
}

const keyWithoutColon: Message = {
  message: 'a key has no colon',
  label: 'expected `key: value` here',
  help: ['write a colon and a space after the key']
}

const tab: Message = {
  code: 'P002',
  message: 'a tab is used for indentation',
  label: 'this is a tab',
  notes: ['YAML knows only spaces at the start of a line: how wide a tab is depends on who looks at it'],
  help: ['replace it by spaces, two for each level']
}

const messages: Partial<Record<ErrorCode, (context: ErrorContext) => Message>> = {
  TAB_AS_INDENT: () => tab,
  BLOCK_AS_IMPLICIT_KEY: (context) =>
    dedented(context) ?? {
      message: 'a value goes on as if it were a key',
      label: 'this is already a value, so no `: ` can follow in it',
      help: [
        'if it is text with a colon in it, put it in quotes',
        'if it is a mapping, start it on a new line, indented by two more spaces'
      ]
    },
  MULTILINE_IMPLICIT_KEY: () => keyWithoutColon,
  BAD_SCALAR_START: ({ first }) => ({
    message: `text cannot start with \`${first}\``,
    label: 'this sign has a meaning of its own in YAML',
    help: ['put the text in quotes']
  }),
  MISSING_CHAR: missing,
  BAD_INDENT: indentation,
  // The parser's own message must not be used: it quotes the line, which may be a password.
  BAD_DIRECTIVE: () => ({
    message: 'a line starts with `%`, which gives an instruction to YAML',
    label: 'no such instruction exists',
    help: ['if it is text, put it in quotes, and indent it by more than its key']
  }),
  BAD_DQ_ESCAPE: () => ({
    message: 'a backslash in double quotes is followed by a sign that means nothing there',
    label: 'unknown after a backslash',
    help: ['write two backslashes, or use single quotes: nothing has a special meaning in them']
  }),
  TAG_RESOLVE_FAILED: () => ({
    message: 'a tag means nothing here',
    label: 'this says what type the value has; polyctl decides that by the field',
    help: ['remove it', 'if it is text, put it in quotes']
  }),
  RESOURCE_EXHAUSTION: () => ({ message: 'this is nested too deep', label: 'here' }),
  MULTIPLE_ANCHORS: () => ({
    message: 'a value has two anchors',
    label: 'one is enough',
    help: ['remove one of them']
  }),
  ALIAS_PROPS: () => ({
    message: 'an alias cannot have an anchor or a tag',
    label: 'remove this',
    help: ['give the anchor to what the alias names']
  }),
  UNEXPECTED_TOKEN: unexpected
}

function unknown({ original }: ErrorContext): Message {
  return { message: 'this is not YAML', label: lower(original) }
}

function missing({ original, whole, before }: ErrorContext): Message {
  if (original.includes('quote')) {
    return {
      message: 'a quote is not closed',
      label: 'the text ends here without its closing quote',
      help: ['close the quote']
    }
  }
  if (original.includes('Implicit map keys')) return keyWithoutColon
  if (original.includes('without - indicator')) {
    const [found, wanted] = [indentOf(whole), columnOfItem(before)]
    return {
      message: 'a line is indented otherwise than its neighbours',
      label: `${count(found)} here${wanted === found ? '' : `, ${wanted} in the line above`}`,
      help: [`indent it by ${count(wanted)}, if it belongs to the item above; an item begins with \`- \``]
    }
  }
  return {
    message: 'a sign is missing',
    label: lower(original),
    notes: ['a comment needs a space before its `#`']
  }
}

/** Recognises a line that is indented less than its neighbours. */
function dedented({ whole, before, after }: ErrorContext): Message | undefined {
  const [here, above, below] = [indentOf(whole), columnOfItem(before), indentOf(after)]
  if (below <= here || above !== below) return undefined
  return {
    message: 'a line is indented otherwise than its neighbours',
    label: `${count(here)} here, ${below} in the lines around it`,
    help: [`indent this line by ${count(below)}`]
  }
}

function indentOf(line: string): number {
  return /^ */.exec(line)?.[0].length ?? 0
}

/** Returns the column in which the keys of a line begin: behind the dashes of list items. */
function columnOfItem(line: string): number {
  return /^ *(?:- +)*/.exec(line)?.[0].length ?? 0
}

function count(spaces: number): string {
  return `${spaces} space${spaces === 1 ? '' : 's'}`
}

function indentation({ original, whole }: ErrorContext): Message {
  if (/^ *\t/.test(whole)) return tab
  if (/^ *-[^\s-]\S*:(?: |$)/.test(whole)) {
    return {
      message: 'a dash has no space behind it',
      label: 'an item of a list begins with `- `',
      help: ['write a space behind the dash']
    }
  }
  if (original.startsWith('Flow')) {
    const [open, close] = original.includes('sequence') ? ['[', ']'] : ['{', '}']
    return {
      message: `\`${open}\` is not closed`,
      label: `expected \`${close}\` before this`,
      help: [`write the missing \`${close}\`, and indent what is inside by more than the line above`]
    }
  }
  return {
    message: 'a line is indented otherwise than its neighbours',
    label: 'this does not line up with what is above',
    notes: ['all keys of one mapping, and all items of one list, start in the same column']
  }
}

function unexpected({ line, isPlaceholder }: ErrorContext): Message {
  if (line.startsWith('- ')) {
    return {
      message: 'a list starts on the line of its key',
      label: 'this `-` belongs on a line of its own',
      help: ['start the list on the next line']
    }
  }
  if (isPlaceholder) {
    return {
      message: 'a placeholder inside of braces or brackets is not in quotes',
      label: 'this brace starts a mapping',
      help: ['put the placeholder in quotes: `"${env:NAME}"`']
    }
  }
  return {
    message: 'something is not expected here',
    label: 'YAML cannot tell what this belongs to',
    help: ['check the indentation, and that text with signs such as : # [ { is in quotes']
  }
}

/** Lowers the first letter of a parser message. Those that are used name YAML syntax only, no content. */
function lower(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1)
}
