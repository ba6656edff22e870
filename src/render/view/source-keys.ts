import type { Json } from '../../wire/common.ts'
import type { SourceMeta } from '../../wire/enumeration.ts'

/** A key that may stand in the configuration of a model. */
export interface SourceKey {
  name: string
  /** In the words of the service; empty where it does not say. */
  type: string
  /**
   * Whether the service needs it now; `one of several`: exactly one of all that are marked so; `excluded`:
   * another one of these is chosen.
   */
  required: 'yes' | 'one of several' | 'no' | 'excluded'
  /** It can be chosen as soon as one of these is. */
  after: string[]
  /** What it may be; empty where that is free. */
  values: Json[]
  /** What was chosen; null as long as it is open. */
  chosen: string | null
}

/**
 * Returns the keys that a model may have, as far as the service tells after what was chosen: the chosen ones
 * first, then those that are needed.
 */
export function sourceKeys(meta: SourceMeta, chosen: Readonly<Record<string, string>>): SourceKey[] {
  const { items, configuration, requires_one_of: needed } = meta
  const ways = needed ?? []
  const isSettled = ways.some((name) => Object.hasOwn(chosen, name))
  const open = isSettled ? 'excluded' : ways.length === 1 ? 'yes' : 'one of several'
  const all = new Map<string, SourceKey>()
  const add = (name: string, own: Partial<SourceKey>): void => {
    const isOpen = !Object.hasOwn(chosen, name)
    all.set(name, {
      name,
      type: '',
      required: isOpen && ways.includes(name) ? open : 'no',
      after: [],
      values: [],
      chosen: isOpen ? null : (chosen[name] ?? ''),
      ...own
    })
  }
  for (const name of Object.keys(chosen)) add(name, {})
  for (const name of ways) add(name, {})
  for (const [name, item] of Object.entries(items ?? {}))
    add(name, { after: item.requires_one_of ?? [], values: item.items ?? [] })
  for (const [name, { type, items: values }] of Object.entries(configuration ?? {}))
    add(name, { type: type ?? '', values: values ?? [] })
  return [...all.values()]
}
