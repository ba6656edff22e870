import { warning, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Kind } from '../kinds/kind.ts'
import { addressText, byAddress, type Address, type Live } from '../state/resource.ts'
import { isObject, isReference, isSecret, sortedText, type Json } from '../state/value.ts'
import type { PlanInput } from './deletions.ts'
import { diff, type DiffContext } from './diff.ts'
import { resolved } from './keyed.ts'
import type { Change, Create } from './plan.ts'

/**
 * R20: Points out creates that look like a live resource, and are probably that one. Nothing is done
 * about them: only people know. `told` are the creates that another message has pointed out already.
 */
export function lookalikes(
  changes: readonly Change[],
  input: PlanInput,
  reported: readonly Diagnostic[]
): Diagnostic[] {
  const known = new Set(reported.flatMap(({ labels }) => labels.map(({ span }) => span)))
  const creates = changes
    .filter((change) => change.action === 'create')
    .filter(({ span }) => !known.has(span))
  if (creates.length === 0) return []
  const byPlainName = Map.groupBy(input.live.resources, plainKey)
  const named = creates.flatMap((created) => {
    const alike = (byPlainName.get(plainKey(created)) ?? []).filter(({ name }) => name !== created.name)
    return sameNames(created, alike.toSorted(byAddress), input)
  })
  const byName = new Set(named.map(({ created }) => created))
  const others = creates.filter((created) => !byName.has(created))
  return [...named.map(({ problem }) => problem), ...sameContents(others, input)]
}

/** Finds an undeclared live resource whose name differs only in what people do not see at once. */
function sameNames(
  created: Create,
  [first]: readonly Live[],
  input: PlanInput
): { created: Create; problem: Diagnostic }[] {
  if (!first) return []
  const kind = created.kind.replaceAll('_', ' ')
  const isDeclared = input.match.declaredBy(first) !== undefined
  const problem = warning(
    'P412',
    `${addressText(created)} is to be made, and a live ${kind} is called ${JSON.stringify(first.name)}`,
    {
      labels: [{ span: created.span, text: `the same but for ${differenceOf(created.name, first.name)}` }],
      notes: [`live: ${first.id}`],
      help: [
        isDeclared
          ? 'if both are meant, nothing is to be done; else keep one of the two blocks'
          : `if it is the same, write its name as it is there, or pin it with \`id: ${first.id}\``
      ]
    }
  )
  return [{ created, problem }]
}

/** Normalizes a name: case, blanks, invisible letters and the composition of letters are dropped. */
function plainKey({ kind, name }: Address): string {
  const plain = name.normalize('NFKC').toLowerCase()
  return `${kind}\n${plain.replaceAll(/[\s\u00ad\u200b-\u200f\u2060\ufeff]+/g, '')}`
}

function differenceOf(a: string, b: string): string {
  if (a.normalize('NFC') === b.normalize('NFC')) return 'the form of its letters'
  if (a.toLowerCase() === b.toLowerCase()) return 'case'
  const [plainA, plainB] = [a, b].map((name) => name.replaceAll(/\s+/g, ''))
  return plainA === plainB ? 'blanks' : 'case, blanks, or the form of its letters'
}

/** Creates of more shapes than this are not compared: each shape costs a pass over all live resources. */
const manyShapes = 100

/**
 * Finds an undeclared live resource that has all that the files say. Equal lists alone do not count as
 * equal contents.
 */
function sameContents(creates: readonly Create[], { live, kinds, match }: PlanInput): Diagnostic[] {
  const context = (created: Create): DiffContext => ({ idOf: match.idOf, spanAt: () => created.span })
  const free = Map.groupBy(
    live.resources.filter((one) => !one.partial && !match.declaredBy(one) && one.readOnly === undefined),
    ({ kind }) => kind
  )
  const indexes = new Map<string, Map<string, Live[]>>()
  const found = creates.flatMap((created) => {
    const kind = kinds.managed.find(({ name }) => name === created.kind)
    const candidates = free.get(created.kind) ?? []
    if (!kind || candidates.length === 0) return []
    const shape = `${created.kind}\n${sortedText(shapeOf(created.wanted))}`
    if (!indexes.has(shape) && indexes.size >= manyShapes) return []
    const text = (fields: Json): string => sortedText(projected(created.wanted, fields, context(created)))
    const index = indexes.get(shape) ?? Map.groupBy(candidates, ({ fields }) => text(fields))
    indexes.set(shape, index)
    const equal = (index.get(text(created.wanted)) ?? []).filter((one) =>
      isAlike(created, one, kind, context(created))
    )
    return equal.length === 1 ? [{ created, live: equal[0]! }] : []
  })
  // A live resource that looks like two creates is attributed to neither.
  const claims = Map.groupBy(found, ({ live: one }) => one)
  return found.flatMap(({ created, live: one }) =>
    claims.get(one)?.length === 1 ? [looksLike(created, one)] : []
  )
}

/** Whether contents are alike: one equal field is too little, for many resources have the same type. */
function isAlike(created: Create, live: Live, kind: Kind, context: DiffContext): boolean {
  const { fields, unchanged } = diff(kind.fields, created.wanted, live.fields, context)
  return fields.length === 0 && unchanged > 1
}

function looksLike(created: Create, live: Live): Diagnostic {
  const kind = created.kind.replaceAll('_', ' ')
  const name = JSON.stringify(live.name)
  return warning('P407', `${addressText(created)} looks like the live ${kind} ${name} under a new name`, {
    labels: [{ span: created.span, text: 'this would be made anew' }],
    notes: [
      `live: ${live.id}, which no file declares`,
      'a rename keeps the id, and with it everything that uses it'
    ],
    help: [`if it is the same, write \`lifecycle: { renamed_from: ${name} }\` there`]
  })
}

/** Returns the keys of a value, at any depth. */
function shapeOf(value: Json): Json {
  if (!isObject(value) || isReference(value) || isSecret(value)) return 1
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, shapeOf(part)]))
}

/**
 * Returns the part of a value that has the keys of another one, with ids in place of names, and without
 * secrets.
 */
function projected(shape: Json, value: Json | undefined, context: DiffContext): Json {
  if (isSecret(shape)) return null
  if (!isObject(shape) || isReference(shape)) return value === undefined ? null : resolved(value, context)
  const there = isObject(value) ? value : {}
  return Object.fromEntries(
    Object.entries(shape).map(([name, part]) => [name, projected(part, there[name], context)])
  )
}
