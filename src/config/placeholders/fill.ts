import type { Path } from '../../state/resource.ts'
import type { Json, JsonObject } from '../../state/value.ts'
import { cut, isPlaceholder } from './parse.ts'
import { saw, type Filled, type Filling, type Placing, type SecretPlace, type Slot } from './filled.ts'
import { placesAbove, pointer, setAt, setOwn } from '../pointer.ts'
import { emptySecret, placeSecret } from './secrets.ts'
import { fillParts } from './resolve.ts'
import { entryOf, type SourceText, type Written, type WrittenScalar } from '../source/node.ts'

/** Whether the value at a path of an item must not be seen. */
type IsSecret = (item: JsonObject, path: Path) => boolean

/** Fills a node and everything in it. `noun` says what it is, for messages: `a connection`. */
export function fill(
  source: SourceText,
  root: Written,
  noun: string,
  isSecret: IsSecret,
  filling: Filling
): Filled {
  const slots = new Map<string, Slot>()
  const value = build(root, [], (node, path) => {
    const parts = typeof node.value === 'string' ? cut(node.value) : undefined
    if (!parts) return node.value
    const found = fillParts(parts, source.path, true, filling.world)
    slots.set(pointer(path), { node, path: [...path], parts, found })
    // A variable's list or mapping may be used in many places, and each is changed by itself.
    return found.ok ? structuredClone(found.value) : node.value
  })
  const filled: Filled = {
    value,
    secrets: new Map(),
    texts: new Map(),
    given: new Set(),
    holes: new Set(),
    leaves: new Set()
  }
  const placing: Placing = { ...filling, source, noun, filled }
  if (root.is === 'mapping') {
    visit(root, value, [], (node, path, found) => {
      if (found === null || !isSecret(value as JsonObject, path)) return
      const slot = slotAbove(slots, path)
      if (found === '') emptySecret(placing, node, path, slot)
      else placeSecret(placing, node, [...path], found, slot)
    })
  }
  for (const secret of filled.secrets.values()) setAt(value, secret.path, standIn(secret))
  const around = new Set([...filled.secrets.keys()].flatMap(placesAbove))
  for (const slot of slots.values()) if (!around.has(pointer(slot.path))) placeOpen(placing, slot)
  return filled
}

function build(
  node: Written,
  path: (string | number)[],
  scalar: (node: WrittenScalar, path: Path) => Json
): Json {
  if (node.is === 'scalar') return scalar(node, path)
  const step = (part: string | number, inner: Written): Json => {
    path.push(part)
    const value = build(inner, path, scalar)
    path.pop()
    return value
  }
  if (node.is === 'list') return node.items.map((item, index) => step(index, item))
  const object: JsonObject = {}
  for (const { key, value } of node.entries) setOwn(object, key, step(key, value))
  return object
}

type Leaf = (node: WrittenScalar, path: Path, value: string | number | boolean | null) => void

/**
 * Calls for every scalar of the value, with the one that is written for it: a variable may stand for a
 * whole structure.
 */
function visit(node: Written, value: Json, path: (string | number)[], leaf: Leaf): void {
  if (value === null || typeof value !== 'object') {
    if (node.is === 'scalar') leaf(node, path, value)
    return
  }
  const entries: [string | number, Json][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value)
  for (const [part, inner] of entries) {
    const below =
      node.is === 'list'
        ? node.items[Number(part)]
        : node.is === 'mapping'
          ? entryOf(node, String(part))?.value
          : node
    path.push(part)
    if (below) visit(below, inner, path, leaf)
    path.pop()
  }
}

function slotAbove(slots: ReadonlyMap<string, Slot>, path: Path): Slot | undefined {
  if (slots.size === 0) return undefined
  for (let length = path.length; length > 0; length--) {
    const slot = slots.get(pointer(path.slice(0, length)))
    if (slot) return slot
  }
  return undefined
}

/** A harmless value of the same type: what is checked, and perhaps quoted, must not be the secret. */
function standIn(secret: SecretPlace): Json {
  if (secret.type === 'number') return 1
  return secret.type === 'boolean' ? true : 'secret'
}

/** A placeholder, or several in one text, that anybody may see the value of: no secret is in it. */
function placeOpen({ world, ledger, source, filled }: Placing, slot: Slot): void {
  const place = pointer(slot.path)
  if (!slot.parts.some((part) => typeof part !== 'string')) return
  const namesFile = slot.parts.some((part) => isPlaceholder(part) && part.from === 'file')
  const found = namesFile ? fillParts(slot.parts, source.path, false, world) : slot.found
  saw(ledger, slot, source, world, false)
  for (const leaf of found.leaves) filled.leaves.add(leaf)
  if (!found.ok) {
    filled.holes.add(place)
    setAt(filled.value, slot.path, '')
    return
  }
  // As a secret it would have been read byte by byte.
  if (namesFile) setAt(filled.value, slot.path, found.value)
  filled.given.add(place)
  if (found.text) filled.texts.set(place, slot.path)
}
