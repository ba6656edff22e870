import { problem, warning, type Diagnostic, type Span } from '../../diagnostics/diagnostic.ts'
import type { Path } from '../../state/resource.ts'
import { textOf, type Json } from '../../state/value.ts'
import type { Opened, SecretPart } from '../../state/vault.ts'
import { dotted, valueAt } from '../pointer.ts'
import type { ScalarNode, SourceText } from '../source/index.ts'
import { otherPlaceholder } from './other-placeholders.ts'
import type { Resolver } from './resolve.ts'
import {
  isPlaceholder,
  literalTexts,
  parsePlaceholders,
  variableName,
  type TemplatePart,
  type Template
} from './template.ts'

/** The mask that the service answers in place of a secret. The number of asterisks is not documented. */
const mask = /^\*{3,}$/

/** Warns of an empty secret, unless a placeholder has an empty fallback. */
export function emptySecret(
  noun: string,
  source: SourceText,
  node: ScalarNode,
  path: Path,
  template: Template | undefined
): Diagnostic[] {
  if (template?.parts.some((part) => isPlaceholder(part) && part.fallback === '') === true) return []
  const key = keyOf(path)
  return [
    warning('P315', `\`${key}\` of ${noun} is empty`, {
      labels: [{ span: source.span(node.start, node.end), text: 'an empty secret is none' }],
      help: [`write \`\${env:${variableName(key)}}\`, and give the secret there`, `or leave \`${key}\` out`]
    })
  ]
}

/**
 * Returns the identity of a secret, see `SecretPart`. A variable is replaced by the sources of its value.
 */
export function identityOf(
  template: Template | undefined,
  path: Path,
  value: Json,
  base: string,
  resolver: Resolver
): SecretPart[] {
  if (!template) return [{ literal: textOf(value) }]
  const inner = path.slice(template.path.length)
  return template.parts.flatMap((part) => identityOfPart(part, inner, base, resolver))
}

function identityOfPart(part: TemplatePart, inner: Path, base: string, resolver: Resolver): SecretPart[] {
  if (typeof part === 'string') return [{ literal: part }]
  if (!isPlaceholder(part)) return [{ literal: part.raw }]
  const { from, name, fallback } = part
  if (from === 'file') return [{ from, name: resolver.path(base, name) }]
  if (from === 'env') return [{ from, name, ...(fallback !== undefined && { fallback }) }]
  const content = resolver.variable(name)?.content
  if (content === undefined) return [{ from: 'env', name: `POLYCTL_VAR_${name}` }]
  if ('text' in content) return [{ literal: textOf(valueAt(content.text, inner)) }]
  if ('value' in content) return [{ literal: textOf(valueAt(content.value, inner)) }]
  // A default must not name a variable, so the recursion ends here.
  return (parsePlaceholders(content.template) ?? []).flatMap((one) =>
    isPlaceholder(one) && one.from === 'var' ? [] : identityOfPart(one, inner, content.base, resolver)
  )
}

/** Returns the name of a secret's source: that of a single placeholder, else the place in the file. */
export function sourceNameOf(
  { parts, path: templatePath }: Template,
  path: Path,
  place: string,
  base: string,
  resolver: Resolver
): string {
  const [part] = parts
  if (parts.length !== 1 || !part || !isPlaceholder(part)) return place
  const name = resolver.sourceName(part, base)
  if (part.fallback !== undefined) return `${name}, else ${place}`
  return path.length > templatePath.length ? `${name} ${dotted(path.slice(templatePath.length))}` : name
}

/**
 * Returns a function that opens the secret at a path. The template is at the path, or at a parent of it.
 */
export function openerOf({ evaluation, path: templatePath }: Template, path: Path): () => Opened {
  return () => {
    if (!evaluation.ok)
      return {
        ok: false,
        reason: [evaluation, ...evaluation.others].map(({ reason }) => reason).join('; ')
      }
    const value = valueAt(evaluation.value, path.slice(templatePath.length))
    return value === undefined ? { ok: false, reason: 'it is not there' } : opened(value)
  }
}

/** Returns the value of a secret as it is sent. A mask is refused. */
export function opened(value: Json): Opened {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (!mask.test(text)) return { ok: true, value: text }
  return {
    ok: false,
    reason: 'its value is only asterisks: that is how the service hides a secret, not the secret'
  }
}

/**
 * A secret as a file has it. `literals` are variables in it whose value is written in a file in plain text.
 */
export interface SecretText {
  /** The name of the field in messages. */
  field: string
  path: Path
  value: string | number | boolean
  span: Span
  source: SourceText
  /** Absent if the secret has no placeholder. */
  template: Template | undefined
  literals: readonly { name: string; span: Span }[]
}

/** Warns of each part of a secret that a file has in plain text. */
export function plainTextProblems({
  field,
  path,
  value,
  span,
  source,
  template,
  literals
}: SecretText): Diagnostic[] {
  return [
    ...(template
      ? partlyPlain(field, path, template, source)
      : literalProblems(field, path, String(value), span)),
    ...literals.map(({ name, span }) =>
      plainText(`variable \`${name}\`, which is used as a secret,`, span, 'SECRET')
    )
  ]
}

function literalProblems(field: string, path: Path, value: string, span: Span): Diagnostic[] {
  const other = otherPlaceholder(field, path, value, span)
  if (other) return [other]
  if (!mask.test(value)) return [plainText(field, span, String(path.at(-1)))]
  return [
    problem('P108', `the value of ${field} is a mask`, {
      labels: [{ span, text: 'asterisks are what the service shows in place of a secret' }],
      help: [`write \`\${env:${variableName(String(path.at(-1)))}}\`, and give the secret there`]
    })
  ]
}

/** Warns of plain text around the placeholders of a secret, which is a part of the secret, too. */
function partlyPlain(
  field: string,
  path: Path,
  { node, parts }: Template,
  source: SourceText
): Diagnostic[] {
  const spans: Span[] = []
  let from = node.start
  for (const literal of literalTexts(parts)) {
    const at = source.text.indexOf(literal.raw, from)
    const end = at + literal.from + literal.text.length
    const isHere = at >= from && end <= node.end
    spans.push(isHere ? source.span(at + literal.from, end) : source.span(node.start, node.end))
    if (isHere) from = end
  }
  if (spans.length === 0) return []
  const labels = spans.map((span) => ({ span, text: 'everybody who can read this file can read it' }))
  const named = parts.find((part) => isPlaceholder(part) && part.from === 'env')
  const name = named && isPlaceholder(named) ? named.name : variableName(String(path.at(-1)))
  return [
    warning('P307', `a part of ${field} is written in plain text`, {
      labels,
      help: [`write \`\${env:${name}}\` alone, and give the whole secret there`]
    })
  ]
}

function plainText(what: string, span: Span, name: string): Diagnostic {
  return warning('P307', `${what} is written in plain text`, {
    labels: [{ span, text: 'everybody who can read this file can read it' }],
    help: [`write \`\${env:${variableName(name)}}\`, and give the secret there`]
  })
}

function keyOf(path: Path): string {
  return String(path.findLast((part) => typeof part === 'string'))
}
