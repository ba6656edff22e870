import type { Span } from '../../diagnostics/diagnostic.ts'
import type { Path } from '../../state/resource.ts'
import type { Json } from '../../state/value.ts'
import type { Opened, Vault } from '../../state/vault.ts'
import type { Ledger } from './problems.ts'
import { isMalformed, type Part } from './parse.ts'
import { lookUp, notText, type fillParts, type NotFound, type World } from './resolve.ts'
import type { SourceText, WrittenScalar } from '../source/node.ts'

/**
 * An item with its placeholders filled, and what must be known about the places that were. Keys are
 * pointers into the value.
 */
export interface Filled {
  /** Secrets are not in it: a harmless value of the same type stands in their place. */
  value: Json
  secrets: Map<string, SecretPlace>
  /** Values that came as text, and may be read as numbers or booleans where these are meant. */
  texts: Map<string, Path>
  /** Everything that came from outside: never repeated in a message. */
  given: Set<string>
  /** Places whose value is missing, which has been told. */
  holes: Set<string>
  /** What the open values were made of. */
  leaves: Set<string>
}

/** `text` comes from outside, and may be a number; the other types are those of what is written. */
export interface SecretPlace {
  path: Path
  source: string
  type: 'text' | 'string' | 'number' | 'boolean'
  span: Span
  open: () => Opened
}

/** A text with placeholders in it. */
export interface Slot {
  node: WrittenScalar
  path: Path
  parts: Part[]
  found: ReturnType<typeof fillParts>
}

/** What filling needs, and what it adds to. */
export interface Filling {
  world: World
  vault: Vault
  ledger: Ledger
}

/** What placing one value needs beside. */
export interface Placing extends Filling {
  source: SourceText
  noun: string
  filled: Filled
}

/** Tells the ledger of each placeholder, at its own place inside of the text. */
export function saw(
  ledger: Ledger,
  { node, parts }: Slot,
  source: SourceText,
  world: World,
  secret: boolean
): void {
  let from = node.start
  for (const part of parts) {
    if (typeof part === 'string') continue
    const at = source.text.indexOf(part.raw, from)
    const inside = at >= 0 && at + part.raw.length <= node.end
    const span = inside ? source.span(at, at + part.raw.length) : source.span(node.start, node.end)
    if (inside) from = at + part.raw.length
    if (isMalformed(part)) {
      ledger.malformed(part, span)
      continue
    }
    const found = lookUp(part, source.path, secret, world)
    ledger.saw(found.leaves, span, secret)
    if (!found.ok && !(secret && isLazy(found))) ledger.lacks(found, span)
    else if (parts.length > 1 && found.ok && typeof found.value === 'object')
      ledger.lacks(notText(part), span)
    if (found.ok && part.from === 'var' && !world.variables.has(part.name))
      ledger.undeclared(part.name, span)
  }
}

/** A secret need not be there before it is sent; but a name that is wrong stays wrong. */
function isLazy(failure: NotFound): boolean {
  return !['P305', 'P309', 'P625'].includes(failure.code)
}
