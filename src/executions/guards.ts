import { isObject, textOf, type Json, type JsonObject } from '../state/value.ts'
import type { GuardStop, RecordGuards, RecordLimit } from '../wire/local-start.ts'

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

/** Where no file says otherwise, of syncs that remove records. */
const usualRemoves: RecordLimit = { most: 3, share: 0.1 }

/** Returns the guards of a sync. `declared` is its key `guards`; `removal` is what its mode may take away. */
export function guardsOf(
  declared: Json | undefined,
  removal: 'some' | 'all' | undefined,
  requested: RequestedGuards
): RecordGuards {
  const own: JsonObject = isObject(declared) ? declared : {}
  const limits = sorts.flatMap(([name, option]): [string, RecordLimit][] => {
    const usual = name === 'removes' && removal !== undefined ? usualRemoves : undefined
    const limit = requested[option] ?? (own[name] === undefined ? undefined : limitOf(textOf(own[name])))
    const found = limit === undefined || limit === false ? usual : limit.limit
    return found === undefined ? [] : [[name, found]]
  })
  const stops = (own.empty_source ?? (removal === 'all' ? 'stop' : 'allow')) === 'stop'
  return {
    ...Object.fromEntries(limits),
    ...(stops && requested.allowEmptySource !== true && { empty_source: true })
  }
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
    return 'its source has no records; if that is right, pass `--allow-empty-source` to `polyctl run`'
  const [, , flag] = sorts.find(([name]) => name === guard) ?? sorts[2]
  const records = `${count} record${count === 1 ? '' : 's'}`
  const tooMany = `it would ${verbs[guard]} ${records}, and at most ${allowed} may be`
  return `${tooMany}; if that is right, pass \`${flag} ${count}\` to \`polyctl run\``
}
