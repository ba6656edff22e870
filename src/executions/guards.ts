import { isObject, textOf, type Json, type JsonObject } from '../state/value.ts'
import {
  usualRemoves,
  type GuardStop,
  type RecordGuards,
  type RecordLimit,
  type StandingBounds
} from '../wire/local-start.ts'

/** The guards of a run: what the files say of a sync, overruled by what a person asks for. */

/** What was asked for on the command line. */
export interface RequestedGuards {
  maxCreates?: RequestedLimit
  maxUpdates?: RequestedLimit
  maxRemoves?: RequestedLimit
  allowEmptySource?: boolean
}

/** A limit as a person wrote it. */
export interface RequestedLimit {
  text: string
  /** Undefined: there is none. */
  limit: RecordLimit | undefined
}

/** Reads a limit: `40`, `10%` or `none`. False where the text is none of these. */
export function limitOf(text: string): RequestedLimit | false {
  if (text === 'none') return { text, limit: undefined }
  const [, digits = '', sign] = /^(\d{1,12}(?:\.\d{1,6})?)(%?)$/.exec(text) ?? []
  if (digits === '' || (sign === '' && digits.includes('.'))) return false
  return { text, limit: sign === '%' ? { share: Number(digits) / 100 } : { most: Number(digits) } }
}

const sorts = [
  ['creates', 'maxCreates', '--max-creates'],
  ['updates', 'maxUpdates', '--max-updates'],
  ['removes', 'maxRemoves', '--max-removes']
] as const

/** Reads what files say of the guards of a sync: their key `guards`. */
export function standingOf(declared: Json | undefined): StandingBounds {
  const own: JsonObject = isObject(declared) ? declared : {}
  const limits = sorts.flatMap(([name]) => {
    const read = own[name] === undefined ? false : limitOf(textOf(own[name]))
    return read === false ? [] : [{ name, limit: read.limit }]
  })
  const guards: RecordGuards = Object.fromEntries(
    limits.flatMap(({ name, limit }) => (limit === undefined ? [] : [[name, limit]]))
  )
  if (own.empty_source === 'stop') guards.empty_source = true
  const without: (keyof RecordGuards)[] = [
    ...limits.flatMap(({ name, limit }) => (limit === undefined ? [name] : [])),
    ...(own.empty_source === 'allow' ? (['empty_source'] as const) : [])
  ]
  return {
    ...(Object.keys(guards).length > 0 && { guards }),
    ...(without.length > 0 && { without })
  }
}

/**
 * Returns the guards of one run: what stands, overruled by what a person asks for. `removal` is what its mode
 * may take away, which is limited where nothing is said.
 */
export function guardsOf(
  { guards = {}, without = [] }: StandingBounds,
  removal: 'some' | 'all' | undefined,
  requested: RequestedGuards
): RecordGuards {
  const usual: RecordGuards = {
    ...(removal !== undefined && { removes: usualRemoves }),
    ...(removal === 'all' && { empty_source: true })
  }
  for (const name of without) delete usual[name]
  const found = { ...usual, ...guards }
  for (const [name, option] of sorts) {
    const limit = requested[option]
    if (limit === undefined) continue
    delete found[name]
    if (limit.limit !== undefined) found[name] = limit.limit
  }
  if (requested.allowEmptySource === true) delete found.empty_source
  return found
}

/** What was asked for, as it was written, for the execution to record. */
export function requestedWords(requested: RequestedGuards): string[] {
  const limits = sorts.flatMap(([, option, flag]) => {
    const limit = requested[option]
    return limit === undefined ? [] : [`${flag} ${limit.text}`]
  })
  return [...limits, ...(requested.allowEmptySource === true ? ['--allow-empty-source'] : [])]
}

const verbs = { creates: 'create', updates: 'update', removes: 'remove' } as const

/** Says why a guard stopped a run, and what lets it go on. */
export function stopWords({ guard, count, allowed, words }: GuardStop): string {
  if (guard === 'assert') return `what is asserted does not hold: ${words ?? ''}`
  if (guard === 'empty_source')
    return 'its source has no records; if that is right, `polyctl run --allow-empty-source` lets it go on'
  const [, , flag] = sorts.find(([name]) => name === guard) ?? sorts[2]
  const records = `${count} record${count === 1 ? '' : 's'}`
  const tooMany = `it would ${verbs[guard]} ${records}, and at most ${allowed} may be`
  return `${tooMany}; if that is right, \`polyctl run ${flag} ${count}\` lets it go on`
}
