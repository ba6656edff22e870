import { resolve } from 'node:path'
import { thrownText } from '../diagnostics/thrown.ts'
import { visible } from '../render/plain-text.ts'
import { isKey, readTextFile } from '../server/index.ts'

/** Where the keys of the local server may come from. A file or a variable is seen by no other process. */
export interface KeyOptions {
  apiKey?: string
  apiKeyFile?: string
  /** Name to key. */
  user?: Record<string, string>
  userFile?: string
  partnerKey?: string
  partnerKeyFile?: string
}

/** The keys that were given, each of them one that can be sent. */
export interface GivenKeys {
  apiKey: string | undefined
  partnerKey: string | undefined
  users: { name: string; key: string }[]
}

/** What was read, or in one line what is wrong with it: the text of a key is never repeated. */
export type ReadKeys = { ok: true; keys: GivenKeys } | { ok: false; problem: string }

/** Why a key cannot be used. Whatever names it comes first. */
class WrongKey extends Error {}

/**
 * Reads all keys. An option goes before its file, and that before its variable; a variable that is there
 * and empty counts as not there, as in a script that has none. Two keys that are the same would let one
 * person in as another: they are a problem, too.
 */
export function readKeys(
  options: KeyOptions,
  cwd: string,
  env: Record<string, string | undefined>
): ReadKeys {
  try {
    const users = [
      ...Object.entries(options.user ?? {}).map(([name, key]) => ({
        from: `--user ${visible(name)}`,
        name,
        key
      })),
      ...linesOf(options.userFile, '--user-file', cwd).map((line) => userOf(line, '--user-file')),
      ...lines(env['POLYCTL_SERVER_USERS'] ?? '').map((line) => userOf(line, 'POLYCTL_SERVER_USERS'))
    ]
    const apiKey =
      one('--api-key', options.apiKey) ??
      one('--api-key-file', fileKey(options.apiKeyFile, '--api-key-file', cwd)) ??
      one('POLYTOMIC_API_KEY', env['POLYTOMIC_API_KEY'] || undefined)
    const partnerKey =
      one('--partner-key', options.partnerKey) ??
      one('--partner-key-file', fileKey(options.partnerKeyFile, '--partner-key-file', cwd)) ??
      one('POLYCTL_SERVER_PARTNER_KEY', env['POLYCTL_SERVER_PARTNER_KEY'] || undefined)
    const named = users.map(({ from, name, key }) => ({ from, name, key: mustBeKey(from, key) }))
    mustDiffer([
      ...[apiKey, partnerKey].filter((given) => given !== undefined),
      ...named.map(({ from, key }) => ({ from, key }))
    ])
    const keys = {
      apiKey: apiKey?.key,
      partnerKey: partnerKey?.key,
      users: named.map(({ name, key }) => ({ name, key }))
    }
    return { ok: true, keys }
  } catch (error) {
    if (!(error instanceof WrongKey)) throw error
    return { ok: false, problem: error.message }
  }
}

/** The options that put a key where everybody on the machine can read it, as they were typed. */
export function openKeys({ apiKey, user, partnerKey }: KeyOptions): string[] {
  return [
    ...(apiKey === undefined ? [] : ['--api-key']),
    ...(Object.keys(user ?? {}).length === 0 ? [] : ['--user']),
    ...(partnerKey === undefined ? [] : ['--partner-key'])
  ]
}

interface NamedKey {
  from: string
  key: string
}

function one(from: string, key: string | undefined): NamedKey | undefined {
  return key === undefined ? undefined : { from, key: mustBeKey(from, key) }
}

function mustBeKey(from: string, key: string): string {
  if (isKey(key)) return key
  const why =
    key.trim() === '' ? 'has an empty key' : 'has a key with blanks or signs that no header can hold'
  throw new WrongKey(`${from} ${why}; leave it out, or give one of visible ASCII characters`)
}

function mustDiffer(keys: readonly NamedKey[]): void {
  const seen = new Map<string, string>()
  for (const { from, key } of keys) {
    const other = seen.get(key)
    if (other !== undefined)
      throw new WrongKey(`${other} and ${from} have the same key; each needs its own`)
    seen.set(key, from)
  }
}

function fileKey(path: string | undefined, option: string, cwd: string): string | undefined {
  return path === undefined ? undefined : readFile(path, option, cwd).replace(/\r?\n$/, '')
}

function linesOf(path: string | undefined, option: string, cwd: string): string[] {
  return path === undefined ? [] : lines(readFile(path, option, cwd))
}

function lines(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== '')
}

function userOf(line: string, from: string): NamedKey & { name: string } {
  const at = line.indexOf('=')
  const name = line.slice(0, Math.max(at, 0)).trim()
  if (name === '') throw new WrongKey(`${from} has a line that is not written name=key`)
  return { from: `${from}: ${visible(name)}`, name, key: line.slice(at + 1) }
}

function readFile(path: string, option: string, cwd: string): string {
  try {
    return readTextFile(resolve(cwd, path))
  } catch (error) {
    const why = visible(thrownText(error))
    throw new WrongKey(`${option}: the file ${visible(path)} cannot be read: ${why}`, { cause: error })
  }
}
