import { keyOf, type Kinds } from '../kinds/kind.ts'
import { idKey, type Live } from '../state/resource.ts'
import { isId, type Reference } from '../state/value.ts'

/** How what is live is called in files. */
export interface Names {
  /** Returns the text that stands for a reference: a name, or an id where no name can choose. */
  nameOf(reference: Reference): string
  /** Whether there is what a reference means. */
  isThere(reference: Reference): boolean
  /** Why a resource needs its id beside its name. */
  pinned(live: Live): Pin | undefined
  /** Returns names of others of the kind that look like that of this one, and are not equal. */
  lookalikes(live: Live): string[]
}

/** Why a name alone does not do: others have it, or nobody sees how it begins, ends or breaks. */
export type Pin = { why: 'shared'; others: number; builtIn: boolean } | { why: 'blanks' | 'control' }

/** Names of all that is live: also of what is not written, for references may name it. */
export function openNames(live: readonly Live[], kinds: Kinds): Names {
  const key = keyOf(kinds)
  const [byName, byId, byLook] = [groups(), new Map<string, Live>(), groups()]
  for (const one of live) {
    byName.add(key(one), one)
    byLook.add(`${one.kind}\n${lookOf(one.name)}`, one)
    byId.set(idKey(one), one)
  }
  const liveOf = ({ $ref: kind, id }: Reference): Live | undefined =>
    id === undefined ? undefined : byId.get(idKey({ kind, id }))
  return {
    isThere: (reference) => liveOf(reference) !== undefined,
    nameOf(reference) {
      const found = liveOf(reference)
      if (!found) return reference.id ?? reference.name ?? ''
      return byName.of(key(found)).length > 1 || isId(found.name) ? found.id : found.name
    },
    pinned(one) {
      const same = byName.of(key(one))
      if (same.length > 1)
        return {
          why: 'shared',
          others: same.length - 1,
          builtIn: same.some(({ readOnly }) => readOnly?.nameOnly === true)
        }
      if (/\p{Cc}/u.test(one.name)) return { why: 'control' }
      return one.name.trim() === one.name ? undefined : { why: 'blanks' }
    },
    lookalikes: (one) => [
      ...new Set(
        byLook
          .of(`${one.kind}\n${lookOf(one.name)}`)
          .filter((other) => key(other) !== key(one))
          .map(({ name }) => name)
      )
    ]
  }
}

/** Names of one look differ in Unicode form, invisible signs, blanks or case alone. */
function lookOf(name: string): string {
  const folded = name.normalize('NFKC').toLowerCase()
  const seen = folded.replaceAll(/[\p{C}\p{Default_Ignorable_Code_Point}]/gu, '')
  return seen.replaceAll(/\s+/g, ' ').trim()
}

function groups(): { add(key: string, one: Live): void; of(key: string): readonly Live[] } {
  const all = new Map<string, Live[]>()
  return {
    add(key, one) {
      const same = all.get(key)
      if (same) same.push(one)
      else all.set(key, [one])
    },
    of: (key) => all.get(key) ?? []
  }
}
