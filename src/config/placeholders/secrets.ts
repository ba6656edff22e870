import { problem, warning, type Diagnostic, type Span } from '../../diagnostics/diagnostic.ts'
import type { Path } from '../../state/resource.ts'
import { textOf, type Json } from '../../state/value.ts'
import type { Opened, SecretPart } from '../../state/vault.ts'
import { cut, isPlaceholder, literalTexts, type Part } from './parse.ts'
import { saw, type Placing, type SecretPlace, type Slot } from './filled.ts'
import { dotted, pointer, valueAt } from '../pointer.ts'
import { fillParts, leafOf, variableOf, type World } from './resolve.ts'
import type { SourceText, WrittenScalar } from '../source/node.ts'

/** The service's answer in place of a secret. How many asterisks is not documented. */
const mask = /^\*{3,}$/

/** Puts a secret into the vault, under the name of where it comes from, and tells what is wrong with it. */
export function placeSecret(
  placing: Placing,
  node: WrittenScalar,
  path: Path,
  value: string | number | boolean,
  slot?: Slot
): void {
  const { world, vault, ledger, source, filled, noun } = placing
  const span = source.span(node.start, node.end)
  const isLiteral = !slot || slot.parts.every((part) => typeof part === 'string')
  if (slot && !isLiteral) saw(ledger, slot, source, world, true)
  const at = `text at ${source.path}:${span.start.line}:${span.start.column}`
  const open = slot && !isLiteral ? opener(slot, path, source, world) : () => opened(value)
  const name = slot && !isLiteral ? sourceName(slot, path, source, world, at) : at
  vault.put(name, madeOf(slot, path, value, source, world), open)
  const type = typeOfSecret(value, slot, isLiteral)
  filled.secrets.set(pointer(path), { path, source: name, type, span, open })
  const field = `\`${String(path.findLast((part) => typeof part === 'string'))}\` of ${noun}`
  if (isLiteral) ledger.tell(...literalProblems(field, path, String(value), span))
  else if (slot) ledger.tell(...partlyPlain(field, path, slot, source))
  for (const part of slot?.parts ?? []) {
    const literal =
      isPlaceholder(part) && part.from === 'var' ? world.variables.get(part.name)?.literal : undefined
    if (literal && isPlaceholder(part))
      ledger.tell(plainText(`variable \`${part.name}\`, which is used as a secret,`, literal, 'SECRET'))
  }
}

/** Fills nothing in: what is told of a secret without any letter. */
export function emptySecret(
  { ledger, source, noun }: Placing,
  node: WrittenScalar,
  path: Path,
  slot: Slot | undefined
): void {
  const isMeant = slot?.parts.some((part) => isPlaceholder(part) && part.fallback === '') === true
  if (isMeant) return
  const key = String(path.findLast((part) => typeof part === 'string'))
  ledger.tell(
    warning('P315', `\`${key}\` of ${noun} is empty`, {
      labels: [{ span: source.span(node.start, node.end), text: 'an empty secret is none' }],
      help: [`write \`\${env:${variableName(key)}}\`, and give the secret there`, `or leave \`${key}\` out`]
    })
  )
}

/** The identity of a secret: see `SecretPart`. A variable is what its value is made of. */
function madeOf(
  slot: Slot | undefined,
  path: Path,
  value: Json,
  source: SourceText,
  world: World
): SecretPart[] {
  if (!slot) return [{ literal: textOf(value) }]
  return slot.parts.flatMap((part) => partOf(part, path.slice(slot.path.length), source.path, world))
}

function partOf(part: Part, inner: Path, base: string, world: World): SecretPart[] {
  if (typeof part === 'string') return [{ literal: part }]
  if (!isPlaceholder(part)) return [{ literal: part.raw }]
  const { from, name, fallback } = part
  if (from === 'file') return [{ from, name: world.disk.beside(base, name) }]
  if (from === 'env') return [{ from, name, ...(fallback !== undefined && { fallback }) }]
  const made = variableOf(name, world)?.made
  if (made === undefined) return [{ from: 'env', name: `POLYCTL_VAR_${name}` }]
  if ('value' in made) return [{ literal: textOf(valueAt(made.value, inner)) }]
  // A default names no variable: this ends here.
  return (cut(made.text) ?? []).flatMap((one) =>
    isPlaceholder(one) && one.from === 'var' ? [] : partOf(one, inner, made.base, world)
  )
}

function typeOfSecret(value: Json, slot: Slot | undefined, isLiteral: boolean): SecretPlace['type'] {
  if (slot && !isLiteral && (!slot.found.ok || slot.found.text)) return 'text'
  return typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'string'
}

/** One placeholder alone names the source; anything else is known by its place. */
function sourceName(
  { parts, path }: Slot,
  at: Path,
  source: SourceText,
  world: World,
  place: string
): string {
  const [part] = parts
  if (parts.length !== 1 || !part || !isPlaceholder(part)) return place
  const leaf = leafOf(part, source.path, world)
  if (part.fallback !== undefined) return `${leaf}, else ${place}`
  return at.length > path.length ? `${leaf} ${dotted(at.slice(path.length))}` : leaf
}

function opener(slot: Slot, path: Path, source: SourceText, world: World): () => Opened {
  return () => {
    const found = fillParts(slot.parts, source.path, true, world)
    if (!found.ok)
      return { ok: false, reason: [found, ...found.others].map(({ reason }) => reason).join('; ') }
    const value = valueAt(found.value, path.slice(slot.path.length))
    return value === undefined ? { ok: false, reason: 'it is not there' } : opened(value)
  }
}

function opened(value: Json): Opened {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (!mask.test(text)) return { ok: true, value: text }
  return {
    ok: false,
    reason: 'its value is only asterisks: that is how the service hides a secret, not the secret'
  }
}

function literalProblems(field: string, path: Path, value: string, span: Span): Diagnostic[] {
  if (!mask.test(value)) return [plainText(field, span, String(path.at(-1)))]
  return [
    problem('P108', `the value of ${field} is a mask`, {
      labels: [{ span, text: 'asterisks are what the service shows in place of a secret' }],
      help: [`write \`\${env:${variableName(String(path.at(-1)))}}\`, and give the secret there`]
    })
  ]
}

/** Some of it comes from elsewhere: the rest is a secret in plain text all the same. */
function partlyPlain(field: string, path: Path, { node, parts }: Slot, source: SourceText): Diagnostic[] {
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

function variableName(field: string): string {
  return field.replaceAll(/[^A-Za-z0-9]+/g, '_').toUpperCase()
}
