import { similarNames } from '../../diagnostics/similar.ts'
import type { Path } from '../../state/resource.ts'
import type { ScalarNode } from '../source/index.ts'
import type { Evaluation } from './lookup.ts'

/** A part of a text: literal text, a placeholder, or a malformed placeholder. */
export type TemplatePart = string | Placeholder | Malformed

/**
 * `raw` is the placeholder as written. An environment variable may have a fallback,
 * `${env:NAME:-fallback}`.
 */
export interface Placeholder {
  from: Origin
  name: string
  fallback?: string
  raw: string
}

/** `why` and `help` must not quote the text: it may be a part of a secret. */
export interface Malformed {
  raw: string
  why: string
  help: string[]
}

/** A text with placeholders, and its value when files are read as for a secret. */
export interface Template {
  node: ScalarNode
  path: Path
  parts: TemplatePart[]
  evaluation: Evaluation
}

const origins = ['env', 'var', 'file'] as const
type Origin = (typeof origins)[number]

/** Splits a text at its placeholders. `$${` is a literal `${`. Undefined for a text without any `${`. */
export function parsePlaceholders(text: string): TemplatePart[] | undefined {
  if (!text.includes('${')) return undefined
  const parts: TemplatePart[] = []
  let plain = ''
  let at = 0
  while (at < text.length) {
    if (text.startsWith('$${', at)) {
      plain += '${'
      at += 3
    } else if (text.startsWith('${', at)) {
      if (plain !== '') parts.push(plain)
      plain = ''
      const part = parseOne(text.slice(at))
      parts.push(part)
      at += part.raw.length
    } else {
      plain += text.charAt(at++)
    }
  }
  if (plain !== '' || parts.length === 0) parts.push(plain)
  return parts
}

/** Returns true for a malformed placeholder. It must be reported, because it would be sent literally. */
export function isMalformed(part: TemplatePart): part is Malformed {
  return typeof part !== 'string' && 'why' in part
}

/** Returns true for a well-formed placeholder, whether it has a value or not. */
export function isPlaceholder(part: TemplatePart): part is Placeholder {
  return typeof part !== 'string' && 'from' in part
}

/**
 * Plain text in a text with placeholders: `text` is in `raw`, which the file has verbatim, from offset
 * `from`.
 */
export interface LiteralText {
  raw: string
  text: string
  from: number
}

/**
 * Returns the plain text around placeholders and in their fallbacks. Punctuation alone does not count, nor
 * does the scheme of an `Authorization` header before its token.
 */
export function literalTexts(parts: readonly TemplatePart[]): LiteralText[] {
  return parts.flatMap((part): LiteralText[] => {
    if (typeof part === 'string') {
      const isMeaningful = /[\p{L}\p{N}]/u.test(part) && !/^(?:Bearer|Basic|Token) $/i.test(part)
      return isMeaningful ? [{ raw: part, text: part, from: 0 }] : []
    }
    if (!isPlaceholder(part) || part.fallback === undefined || part.fallback === '') return []
    return [{ raw: part.raw, text: part.fallback, from: part.raw.indexOf(':-') + 2 }]
  })
}

/** Returns true for a name that is allowed after `env:` and `var:`. */
export function isVariableName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
}

const forms = 'write `${env:NAME}`, `${env:NAME:-fallback}`, `${var:NAME}` or `${file:path}`'

/** Parses the placeholder at the start of a text that begins with `${`. */
function parseOne(text: string): Placeholder | Malformed {
  const close = text.indexOf('}')
  if (close < 0) return { raw: text, why: 'it is not closed', help: ['write the closing `}`'] }
  const raw = text.slice(0, close + 1)
  const inside = text.slice(2, close)
  const colon = inside.indexOf(':')
  const word = colon < 0 ? inside : inside.slice(0, colon)
  const rest = colon < 0 ? '' : inside.slice(colon + 1)
  const from = origins.find((origin) => origin === word)
  if (!from) return { raw, ...unknownOrigin(word, colon >= 0) }
  if (from === 'file') {
    return rest.trim() === '' ? { raw, why: 'it names no file', help: [forms] } : { from, name: rest, raw }
  }
  const split = from === 'env' ? rest.indexOf(':-') : -1
  const name = split < 0 ? rest : rest.slice(0, split)
  if (!isVariableName(name)) return { raw, ...badName(from, name) }
  return split < 0 ? { from, name, raw } : { from, name, fallback: rest.slice(split + 2), raw }
}

function unknownOrigin(word: string, hasColon: boolean): Omit<Malformed, 'raw'> {
  if (!hasColon) return { why: 'it does not say where its value comes from', help: [forms] }
  const near = similarNames(word, origins)
  const help = near.map((origin) => `a placeholder with a similar name exists: \`\${${origin}:…}\``)
  return { why: 'it does not say where its value comes from', help: help.length > 0 ? help : [forms] }
}

function badName(from: Origin, name: string): Omit<Malformed, 'raw'> {
  if (name === '') return { why: 'it names no variable', help: [forms] }
  if (from === 'env' && /^[A-Za-z_][A-Za-z0-9_]*:/.test(name)) {
    return { why: 'a fallback is not set off by `:-`', help: ['write `${env:NAME:-fallback}`'] }
  }
  if (from === 'var' && name.includes(':-')) {
    return {
      why: 'a variable takes no fallback here',
      help: ['give the variable a `default` where it is declared']
    }
  }
  return {
    why: 'its name is not one',
    help: ['names have letters, digits and `_`, and do not start with a digit']
  }
}

/** Returns the usual name of an environment variable for a field. */
export function variableName(field: string): string {
  return field.replaceAll(/[^A-Za-z0-9]+/g, '_').toUpperCase()
}
