import type { Kind } from '../kinds/kind.ts'
import type { Live, Path } from '../state/resource.ts'
import type { Rule } from '../state/rule.ts'
import { isEmpty, isObject, isSecret, type Json, type JsonObject } from '../state/value.ts'
import { keyed, type DiffContext } from './diff.ts'

/** What a comparison says nothing about: that nothing differs does not mean that all of it is equal. */

/**
 * Values that the service has, no file states, and nobody documents as the default: worth a note, not a
 * difference.
 */
export function notStated(kind: Kind, wanted: JsonObject, live: Live, context: DiffContext): string[] {
  return Object.entries(kind.fields).flatMap(([name, field]) => {
    const there = live.fields[name]
    const isOpen = field.rule.is === 'set' && Object.hasOwn(wanted, name) && !isEmpty(wanted[name])
    if (isOpen) return unstatedItems(field.rule, [wanted[name], there], name, { wanted, context })
    if (field.class !== 'carried') return []
    if (field.rule.is === 'stated') return unstatedKeys(kind, name, wanted[name], live)
    if (Object.hasOwn(wanted, name) || isEmpty(there) || there === false) return []
    if (kind.isDefault?.(live.fields, [name]) === true) return []
    return [name]
  })
}

function unstatedKeys(kind: Kind, name: string, wanted: Json | undefined, live: Live): string[] {
  const there = live.fields[name]
  if (!isObject(there)) return []
  const stated = isObject(wanted) ? wanted : {}
  const path = (key: string): Path => [name, key]
  return Object.keys(there)
    .filter(
      (key) =>
        !Object.hasOwn(stated, key) && there[key] !== false && !isEmpty(there[key]) && !isSecret(there[key])
    )
    .filter((key) => kind.isDefault?.(live.fields, path(key)) !== true)
    .map((key) => `${name}.${key}`)
}

interface Whole {
  wanted: JsonObject
  context: DiffContext
}

/**
 * Items of open sets that only the service has, at any depth: they stay. What is switched off, or says
 * nothing, nobody needs to hear of.
 */
function unstatedItems(
  rule: Rule | undefined,
  [wanted, live]: readonly [Json | undefined, Json | undefined],
  path: string,
  whole: Whole
): string[] {
  if (rule?.is === 'object') {
    const [here, there] = [isObject(wanted) ? wanted : {}, isObject(live) ? live : {}]
    return Object.entries(rule.fields).flatMap(([name, part]) =>
      unstatedItems(part, [here[name], there[name]], `${path}.${name}`, whole)
    )
  }
  if (rule?.is !== 'set' || isEmpty(wanted)) return []
  const here = keyed(rule, wanted, whole.context)
  return [...keyed(rule, live, whole.context)].flatMap(([key, theirs]) => {
    const mine = here.get(key)
    const place = `${path}[${theirs.key}]`
    if (mine) return unstatedItems(rule.item, [mine.item, theirs.item], place, whole)
    const isSilent = rule.idle?.(theirs.item) === true
    return rule.open?.(theirs.item, whole.wanted) === true && !isSilent ? [place] : []
  })
}

/** Where the files have secrets: the service never answers them, so nobody can compare them. */
export function secretPaths(value: Json | undefined, path = ''): string[] {
  if (isSecret(value)) return [path]
  const below = (part: string): string => (path === '' ? part : `${path}.${part}`)
  if (Array.isArray(value))
    return value.flatMap((item, index) => secretPaths(item, `${path}[${index + 1}]`))
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([name, part]) => secretPaths(part, below(name)))
}
