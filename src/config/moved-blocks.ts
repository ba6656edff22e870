import { keyOf, nameOfItem, type Kinds } from '../kinds/kind.ts'
import type { Address } from '../state/resource.ts'
import { isObject } from '../state/value.ts'
import { splitSections } from './sections.ts'
import { parseYaml, valueOfNode, type Disk } from './source/index.ts'

/**
 * R15: Returns a predicate: whether a resource of the base is declared in one of these files, which are not
 * a part of the configuration. Such a resource was moved there, and must not count as removed. A file that
 * cannot be parsed counts as declaring every name that its text contains.
 */
export function isDeclaredIn(
  paths: readonly string[],
  disk: Disk,
  kinds: Kinds
): (atBase: Address) => boolean {
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
  return (atBase) =>
    declared.has(key({ kind: atBase.kind, name: atBase.name })) ||
    unclear.some((text) => text.includes(atBase.name))
}
