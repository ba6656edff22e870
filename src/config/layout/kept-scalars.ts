import { Scalar, type CST, type ScalarTag } from 'yaml'
import { yamlText } from '../source/index.ts'

type Stringify = NonNullable<ScalarTag['stringify']>
type Writing = Parameters<Stringify>

/**
 * Returns a tag of which scalars that were read are written as people wrote them: plain ones plain, with
 * each digit; blocks with each line. Quotes go where no reader needs them.
 */
export function keeping(tag: ScalarTag): ScalarTag {
  const isText = tag.tag === 'tag:yaml.org,2002:str'
  return {
    ...tag,
    stringify(...given: Writing): string {
      const [item, context] = given
      const written = item.source
      if (isBlock(item)) return block(given) ?? yamlText(String(item.value))
      if (!isText || typeof item.value !== 'string') return written ?? String(item.value)
      const fits = context.inFlow !== true || !/[,[\]{}]/.test(item.value)
      if (item.type === Scalar.PLAIN && !item.value.includes('\n') && fits) return item.value
      return quotedText(item)
    }
  }
}

/** In single quotes stays what would need escapes in others. */
function quotedText({ type, value }: { type?: string; value: unknown }): string {
  const text = String(value)
  const isRaw = type === Scalar.QUOTE_SINGLE && /["\\]/.test(text) && /^[ -~]*$/.test(text)
  return isRaw ? `'${text.replaceAll("'", "''")}'` : yamlText(text)
}

/** Whether a scalar was read from a block of lines. */
export function isBlock({ type }: { type?: string }): boolean {
  return type === Scalar.BLOCK_LITERAL || type === Scalar.BLOCK_FOLDED
}

/** A block with its own header and lines, moved to where it belongs; undefined where it cannot stand. */
function block([item, context, onComment, onChompKeep]: Writing): string | undefined {
  const token: CST.Token | undefined = item.srcToken
  if (token?.type !== 'block-scalar' || context.inFlow === true || context.implicitKey === true)
    return undefined
  const header = token.props.find(({ type }) => type === 'block-scalar-header')
  const [style = '|', ...signs] = header && 'source' in header ? header.source : ''
  const digit = Number(signs.find((sign) => /\d/.test(sign)) ?? 0)
  const chomping = signs.find((sign) => /[+-]/.test(sign)) ?? ''
  const lines = token.source.replaceAll('\r\n', '\n').split('\n')
  const first = lines.find((line) => /[^ ]/.test(line)) ?? ''
  const width = digit > 0 ? Math.max(token.indent, 0) + digit : first.search(/[^ ]|$/)
  const content = lines.map((line) => line.slice(width))
  const own = content.find((line) => line !== '') ?? ''
  const indicator = own.startsWith(' ') ? '2' : ''
  if (chomping === '+') onChompKeep?.()
  else while (content.length > 0 && content.at(-1) === '') content.pop()
  if (chomping === '+' && content.at(-1) === '') content.pop()
  const comment = typeof item.comment === 'string' ? ` #${item.comment.replaceAll(/ ?[\r\n]+/g, ' ')}` : ''
  if (comment !== '') onComment?.()
  const indent = context.indent === '' ? '  ' : context.indent
  const moved = content.map((line) => (line === '' ? '' : `${indent}${line}`))
  return [`${style}${indicator}${chomping}${comment}`, ...moved].join('\n')
}
