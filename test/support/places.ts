import { isMap, isScalar, isSeq, parse, parseDocument, stringify, type Node, type Scalar } from 'yaml'
import { examples } from './examples.ts'

/** A stretch of a small file: a value, or a key. */
export interface TextPlace {
  /** The section, the type, and the keys on the way, numbers left out: one place of each sort is enough. */
  sort: string
  text: string
  start: number
  end: number
}

/** Each sort of value that the examples have, and each sort of key, in a file with its resource alone. */
export function placesOfExamples(what: 'values' | 'keys'): TextPlace[] {
  const found = new Map<string, TextPlace>()
  for (const example of Object.values(examples)) {
    const sections = parse(example, { merge: true }) as Record<string, unknown>
    for (const [section, items] of Object.entries(sections)) {
      for (const item of Array.isArray(items) ? items : []) {
        const text = stringify({ [section]: [item] }, { aliasDuplicateObjects: false })
        const { type = '' } = item as { type?: string }
        for (const { path, key, value } of scalars(parseDocument(text).contents)) {
          const node = what === 'keys' ? key : value
          const sort = `${type} ${path.filter((part) => typeof part === 'string').join('.')}`.trim()
          const [start, end] = node?.range ?? [0, 0]
          if (node && !found.has(sort)) found.set(sort, { sort, text, start, end })
        }
      }
    }
  }
  return [...found.values()]
}

interface Found {
  path: (string | number)[]
  key?: Scalar
  value?: Node
}

function scalars(node: unknown, path: (string | number)[] = []): Found[] {
  if (isMap<Scalar<string>, Node>(node)) {
    return node.items.flatMap(({ key, value }) => {
      const below = [...path, key.value]
      return [{ path: below, key }, ...scalars(value, below)]
    })
  }
  if (isSeq(node)) return node.items.flatMap((item, index) => scalars(item, [...path, index]))
  return isScalar(node) ? [{ path, value: node }] : []
}
