import { keyOf, nameOfItem, type Kinds } from '../kinds/kind.ts'
import type { Desired } from '../state/resource.ts'
import { isObject } from '../state/value.ts'
import { splitSections } from './sections.ts'
import { parseYaml, valueOfNode, type Disk } from './source/index.ts'

/**
 * Whether a resource of then stands in one of these files now, which are not read: it was moved there, and
 * nobody removed it (R15). What cannot be understood may hold whatever it mentions.
 */
export function standsElsewhere(
  paths: readonly string[],
  disk: Disk,
  kinds: Kinds
): (atBase: Desired) => boolean {
  const key = keyOf(kinds)
  const declared = new Set<string>()
  const unclear: string[] = []
  for (const path of paths) {
    const read = disk.read(path)
    if (!read.ok) continue
    const { documents, problems } = parseYaml(path, read.text)
    if (problems.length > 0) unclear.push(read.text)
    for (const { kind, node } of splitSections(documents, new Set(), kinds).resources) {
      const item = valueOfNode(node)
      const lifecycle = isObject(item) ? item['lifecycle'] : undefined
      const former = isObject(lifecycle) ? [lifecycle['renamed_from']].flat() : []
      const names = [isObject(item) ? nameOfItem(kind, item) : item, ...former]
      for (const name of names) if (typeof name === 'string') declared.add(key({ kind: kind.name, name }))
    }
  }
  return (atBase) => declared.has(key(atBase)) || unclear.some((text) => text.includes(atBase.name))
}
