/** The files that a person drops into the folder, to say what connections hold. */
import type { Json } from '../../wire/common.ts'
import { parseJson } from '../body.ts'
import { digest } from '../directory.ts'
import { errorCode, type Folder } from '../../storage/folder.ts'
import { Refusal } from '../refusal.ts'
import { readCsv } from './csv-text.ts'

const longestFileName = 255

/**
 * Returns the file name for a connection. Two names never share a file, and none leads out of the folder:
 * characters that are not allowed are percent-encoded, and a name that is too long is replaced by its
 * digest.
 */
function fileName(name: string, ending: string): string {
  // eslint-disable-next-line no-control-regex
  const plain = `${name.replace(/[/\\\0]|%(?=[0-9A-F]{2})/gi, encodeURIComponent)}.${ending}`
  return Buffer.byteLength(plain) <= longestFileName ? plain : `${digest(name)}.${ending}`
}

/** A file of the user, and its parsed content. */
interface FileValue {
  file: string
  value: unknown
}

/** Reads the file for the name of a connection, or of its type. Throws 400 for one that cannot be read. */
export function readFile(folder: Folder | undefined, name: string): FileValue | undefined {
  const file = `catalogue/${fileName(name, 'json')}`
  const text = readText(folder, file)
  return text === undefined ? undefined : { file, value: parseJson(text, wrongFile(file)) }
}

/** Reads a CSV file that the user has put into the folder: nothing is fetched. */
export function readCsvFile(
  folder: Folder | undefined,
  name: string,
  url: Json | undefined
): FileValue | undefined {
  for (const candidate of [name, nameIn(url)]) {
    const file = `catalogue/${fileName(candidate, 'csv')}`
    const text = candidate === '' ? undefined : readText(folder, file)
    if (text === undefined) continue
    const data = readCsv(text)
    if (typeof data === 'string') throw wrongFile(file)(data)
    return { file, value: { objects: { data } } }
  }
  return undefined
}

/** Returns the last part of a URL without its extension. */
function nameIn(url: Json | undefined): string {
  if (typeof url !== 'string' || !URL.canParse(url)) return ''
  const last = new URL(url).pathname.split('/').at(-1) ?? ''
  return last.replace(/\.csv$/i, '')
}

function wrongFile(file: string): (problem: string) => Refusal {
  return (problem) => new Refusal(400, 'catalogue', `the catalogue file ${file} ${problem}`)
}

function readText(folder: Folder | undefined, file: string): string | undefined {
  try {
    return folder?.read(file)
  } catch (error) {
    throw wrongFile(file)(`cannot be read: ${errorCode(error)}`)
  }
}
