import { resolve } from 'node:path'
import { readEnvironmentFile } from '../config/environment-file.ts'
import { openGit, saveChanged, saveFile, type Disk } from '../config/source/index.ts'
import type { CommandIo } from './io.ts'

/** What became of a key: it stands in `.env`; it does not, and why; or nobody wanted that. */
export type KeptKey = { is: 'kept' } | { is: 'left'; reason: string } | { is: 'unkept' }

interface Key {
  key: string
  /** The address that it was typed for, where that is not the hosted service. */
  url: string | undefined
  /** The disk of the folder, and where the folder is. */
  disk: Disk
  cwd: string
}

/**
 * Writes a key to `.env`, which only its owner may read, and never where git would take it along. An address
 * goes with it: no command may send the key elsewhere because the address is missing (R35).
 */
export function keptKey({ key, url, disk, cwd }: Key, io: CommandIo): KeptKey {
  const path = resolve(cwd, '.env')
  const before = disk.read('.env')
  const isNew = disk.look('.env').is === 'nothing'
  if (!isNew && !before.ok) return { is: 'left', reason: `.env cannot be read: ${before.reason}` }
  if (!isIgnored(cwd, io)) return { is: 'left', reason: 'git does not ignore .env' }
  const text = before.ok ? before.text : ''
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const start = text === '' || text.endsWith('\n') ? text : `${text}${eol}`
  const lines = [
    ...(url === undefined ? [] : [`POLYTOMIC_URL=${url}`]),
    `POLYTOMIC_API_KEY=${/^[\w.:-]+$/.test(key) ? key : `'${key}'`}`
  ]
  const after = `${start}${lines.map((line) => `${line}${eol}`).join('')}`
  if (readEnvironmentFile('.env', after).entries.get('POLYTOMIC_API_KEY')?.value !== key)
    return { is: 'left', reason: 'no line of .env can hold it' }
  const reason = isNew ? saveFile(path, after, 0o600) : saveChanged(path, text, after)
  return reason === undefined ? { is: 'kept' } : { is: 'left', reason: `.env cannot be written: ${reason}` }
}

/** Outside of a repository nothing takes it along. */
function isIgnored(cwd: string, io: CommandIo): boolean {
  const git = openGit(cwd, io.env)
  if (!git.ok) return true
  const index = git.value.index()
  const isTracked = !index.ok || index.value.files.has(`${git.value.prefix}.env`)
  return !isTracked && git.value.ignored(['.env']).has('.env')
}
