import { problem, warning, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import type { Path } from '../state/resource.ts'
import type { Json } from '../state/value.ts'
import type { Opened } from '../state/vault.ts'
import { isPlaceholder } from './placeholder.ts'
import { saw, type Placing, type SecretPlace, type Slot } from './placing.ts'
import { dotted, pointer, valueAt } from './pointer.ts'
import { fillParts, leafOf, type World } from './world.ts'
import type { SourceText, WrittenScalar } from './written.ts'

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
  vault.put(name, open)
  const type = typeOfSecret(value, slot, isLiteral)
  filled.secrets.set(pointer(path), { path, source: name, type, span, open })
  const field = `\`${String(path.findLast((part) => typeof part === 'string'))}\` of ${noun}`
  if (isLiteral) ledger.tell(...literalProblems(field, path, String(value), span))
  for (const part of slot?.parts ?? []) {
    const literal =
      isPlaceholder(part) && part.from === 'var' ? world.variables.get(part.name)?.literal : undefined
    if (literal && isPlaceholder(part))
      ledger.tell(plainText(`variable \`${part.name}\`, which is used as a secret,`, literal, 'SECRET'))
  }
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

function plainText(what: string, span: Span, name: string): Diagnostic {
  return warning('P307', `${what} is written in plain text`, {
    labels: [{ span, text: 'everybody who can read this file can read it' }],
    help: [`write \`\${env:${variableName(name)}}\`, and give the secret there`]
  })
}

function variableName(field: string): string {
  return field.replaceAll(/[^A-Za-z0-9]+/g, '_').toUpperCase()
}
