import { isSameName } from '../../src/kinds/kind.ts'
import type { JsonObject } from '../../src/state/value.ts'
import { edited, kindNamed, placed } from './items.ts'
import type { Random } from './random.ts'
import type { Scene } from './scene.ts'
import { chooser } from './world.ts'

/**
 * Somebody else changes some of what the files declare, in the web page: one or two keys of a thing are as another
 * such thing has them. Returns what was changed.
 */
export async function editDeclared(
  { world, service }: Scene,
  random: Random,
  count: number
): Promise<{ kind: string; name: string }[]> {
  const changed: { kind: string; name: string }[] = []
  for (const declared of random.shuffled(world.declared).slice(0, count)) {
    const kind = kindNamed(declared.kind)
    const looks = await service.looks()
    const there = looks.find(
      (look) => look.kind === kind.name && isSameName(kind, look.name, declared.name)
    )
    if (!there) continue
    const things = looks.map(({ kind: of, name, fields }) => ({
      kind: of,
      name,
      item: fields as JsonObject
    }))
    const choose = chooser(random, kind, there.name, things)
    const item = placed(edited(kind, declared.item, random, world), choose)
    // What is refused may have been done in part.
    await service.change({ kind: kind.name, name: there.name, item }, there, looks)
    changed.push({ kind: kind.name, name: declared.name })
  }
  return changed
}
