import type { ErrorCode, YAMLError } from 'yaml'
import { problem, type Details, type Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { SourceText } from './node.ts'

/**
 * The parser's errors in words for people who write YAML now and then. What the file says is hardly
 * quoted: where YAML is broken, nobody knows which part of it is a secret.
 */
export function syntaxProblem(error: YAMLError, source: SourceText): Diagnostic {
  const [start, end] = error.pos
  const line = source.text.slice(start).split(/\r?\n/, 1)[0] ?? ''
  const stop = Math.max(Math.min(end, start + line.length), start)
  const isPlaceholder = source.text.charAt(start - 1) === '$' && line.startsWith('{')
  const context = { first: line.charAt(0), line, isPlaceholder, original: error.message }
  const { code = 'P001', message, label, ...details } = messages[error.code]?.(context) ?? unknown(context)
  return problem(code, message, { ...details, labels: [{ span: source.span(start, stop), text: label }] })
}

/**
 * In YAML 1.1 `yes` is a boolean, `010` is eight and `1:30` is ninety: the same file would mean another.
 */
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

const messages: Partial<Record<ErrorCode, (context: ErrorContext) => Message>> = {
  TAB_AS_INDENT: () => ({
    code: 'P002',
    message: 'a tab is used for indentation',
    label: 'this is a tab',
    notes: ['YAML knows only spaces at the start of a line: how wide a tab is depends on who looks at it'],
    help: ['replace it by spaces, two for each level']
  }),
  BLOCK_AS_IMPLICIT_KEY: () => ({
    message: 'a value goes on as if it were a key',
    label: 'this is already a value, so no `: ` can follow in it',
    help: [
      'if it is text with a colon in it, put it in quotes',
      'if it is a mapping, start it on a new line, indented by two more spaces'
    ]
  }),
  MULTILINE_IMPLICIT_KEY: () => keyWithoutColon,
  BAD_SCALAR_START: ({ first }) => ({
    message: `text cannot start with \`${first}\``,
    label: 'this sign has a meaning of its own in YAML',
    help: ['put the text in quotes']
  }),
  MISSING_CHAR: missing,
  BAD_INDENT: indentation,
  // The parser quotes the line here, and a wrapped password may begin with this sign.
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

function missing({ original }: ErrorContext): Message {
  if (original.includes('quote')) {
    return {
      message: 'a quote is not closed',
      label: 'the text ends here without its closing quote',
      help: ['close the quote']
    }
  }
  if (original.includes('Implicit map keys')) return keyWithoutColon
  return {
    message: 'a sign is missing',
    label: lower(original),
    notes: ['a comment needs a space before its `#`']
  }
}

function indentation({ original }: ErrorContext): Message {
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

/** The parser's messages name signs of YAML, never what the file says. */
function lower(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1)
}
