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
  type Part,
  type Template
} from './template.ts'

/** The service's answer in place of a secret. How many asterisks is not documented. */
const mask = /^\*{3,}$/

/** Warns of an empty secret, unless a placeholder states that it may be empty. */
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

/** The identity of a secret: see `SecretPart`. A variable is what its value is made of. */
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

function identityOfPart(part: Part, inner: Path, base: string, resolver: Resolver): SecretPart[] {
  if (typeof part === 'string') return [{ literal: part }]
  if (!isPlaceholder(part)) return [{ literal: part.raw }]
  const { from, name, fallback } = part
  if (from === 'file') return [{ from, name: resolver.path(base, name) }]
  if (from === 'env') return [{ from, name, ...(fallback !== undefined && { fallback }) }]
  const content = resolver.variable(name)?.content
  if (content === undefined) return [{ from: 'env', name: `POLYCTL_VAR_${name}` }]
  if ('text' in content) return [{ literal: textOf(valueAt(content.text, inner)) }]
  if ('value' in content) return [{ literal: textOf(valueAt(content.value, inner)) }]
  // A default names no variable: this ends here.
  return (parsePlaceholders(content.template) ?? []).flatMap((one) =>
    isPlaceholder(one) && one.from === 'var' ? [] : identityOfPart(one, inner, content.base, resolver)
  )
}

/** One placeholder alone names the source; anything else is known by its place. */
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

/** Returns a function that opens the secret at a path, of which a template at or above it is the text. */
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

/** A secret's value as it is sent. */
export function opened(value: Json): Opened {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (!mask.test(text)) return { ok: true, value: text }
  return {
    ok: false,
    reason: 'its value is only asterisks: that is how the service hides a secret, not the secret'
  }
}

/** A secret, where it is written, and the values of variables that are a part of it and stand in a file. */
export interface SecretText {
  /** As messages call it. */
  field: string
  path: Path
  value: string | number | boolean
  span: Span
  source: SourceText
  /** Absent where nothing of it comes from elsewhere. */
  template: Template | undefined
  literals: readonly { name: string; span: Span }[]
}

/** Warns of each part of a secret that is written in plain text, where everybody can read it. */
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

/** Some of it comes from elsewhere: the rest is a secret in plain text all the same. */
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
