import { posix } from 'node:path'
import { compareText, problem, type Diagnostic } from '../../diagnostics/diagnostic.ts'
import { similarNames } from '../../diagnostics/similar.ts'
import type { Disk } from './disk.ts'

/** The texts of the configuration by path, in a stable order, and problems of what cannot be read. */
export interface FoundFiles {
  texts: Map<string, string>
  problems: Diagnostic[]
}

/** Folders that are read when no file is named. */
export const defaultFolders = ['configs', 'polytomic'] as const

/** Bytes; a file of this size has about 20,000 resources. */
const sizeLimit = 10 * 1024 * 1024

/** Standard input: its argument, and its path in problems. */
export const standardInput = { argument: '-', shown: '<stdin>' } as const

/**
 * Reads every file that `paths` mean: files as they are, folders recursively. A file that is reached
 * twice is read once.
 */
export async function readFiles(paths: readonly string[], disk: Disk): Promise<FoundFiles> {
  const found = findFiles(paths, disk)
  const texts = new Map<string, string>()
  const problems = [...found.problems]
  if (paths.includes(standardInput.argument))
    texts.set(standardInput.shown, withoutMark(await disk.stdin()))
  for (const path of found.paths) {
    const reading = disk.read(path)
    if (reading.ok) texts.set(path, withoutMark(reading.text))
    else problems.push(unreadable(path, reading.reason))
  }
  if (texts.size === 0 && problems.length === 0) problems.push(nothingFound(paths, disk))
  return { texts, problems }
}

/**
 * Returns the files that `paths` mean, in a stable order, without opening them or reading standard input.
 */
export function findFiles(
  paths: readonly string[],
  disk: Disk
): { paths: string[]; problems: Diagnostic[] } {
  const search = new Search(disk)
  for (const root of rootsOf(paths, disk)) if (root !== standardInput.argument) search.add(root)
  return { paths: search.paths.toSorted(compareText), problems: search.problems }
}

/** Returns the paths themselves; when there is none, the first of the usual folders that exists. */
export function rootsOf(paths: readonly string[], disk: Disk): readonly string[] {
  if (paths.length > 0) return paths
  return defaultFolders
    .map((folder) => posix.join(disk.folder, folder))
    .filter((folder) => disk.look(folder).is !== 'nothing')
    .slice(0, 1)
}

/** A pipe or device is read only if its own path is given; inside of a folder it is refused. */
const special = 'it is a pipe or a device, and no file'

/** Names of files that are read inside of a folder, in any case: a `.YAML` file must not be left out. */
export const yamlName = /\.ya?ml$/i

/** Walks each folder once, however many links lead to it, so that cycles of links end. */
class Search {
  readonly paths: string[] = []
  readonly problems: Diagnostic[] = []
  readonly #seen = new Set<string>()
  readonly #disk: Disk

  constructor(disk: Disk) {
    this.#disk = disk
  }

  add(given: string): void {
    // `--file "$UNSET"` must not read the whole working folder.
    if (given.trim() === '') {
      this.problems.push(unreadable('', 'the path is empty'))
      return
    }
    const path = this.#disk.beside('', given)
    const entry = this.#disk.look(path)
    if (entry.is === 'nothing') this.problems.push(unreadable(path, entry.reason, this.#near(path)))
    else if (entry.is === 'folder') this.#walk(path)
    else this.#take(path)
  }

  #walk(folder: string): void {
    const entry = this.#disk.look(folder)
    if (entry.is !== 'folder' || !this.#first(entry.real)) return
    for (const name of this.#disk.list(folder).toSorted(compareText)) {
      if (name.startsWith('.')) continue
      const path = folder === '.' ? name : `${folder.replace(/\/$/, '')}/${name}`
      const inner = this.#disk.look(path)
      if (inner.is === 'folder') this.#walk(path)
      else if (!yamlName.test(name)) continue
      else if (inner.is === 'file' && inner.isSpecial === true)
        this.problems.push(unreadable(path, special))
      else this.#take(path)
    }
  }

  #take(path: string): void {
    const entry = this.#disk.look(path)
    if (entry.is === 'nothing') this.problems.push(unreadable(path, entry.reason))
    if (entry.is !== 'file' || !this.#first(entry.real)) return
    if (entry.size > sizeLimit) this.problems.push(tooLarge(path, entry.size))
    else this.paths.push(path)
  }

  #first(real: string): boolean {
    if (this.#seen.has(real)) return false
    this.#seen.add(real)
    return true
  }

  /** Returns existing paths, each segment of which is equal or similar to that of the given path. */
  #near(path: string): string[] {
    const parts = path.split('/')
    const root = path.startsWith('/') ? '/' : ''
    const near = parts.slice(root === '' ? 0 : 1).reduce<string[]>(
      (folders, part) =>
        folders.flatMap((folder) => {
          const names = this.#disk.list(folder === '' ? '.' : folder)
          const isThere = names.includes(part) || part === '..' || part === '.'
          const prefix = folder === '' || folder === '/' ? folder : `${folder}/`
          return (isThere ? [part] : similarNames(part, names)).map((name) => `${prefix}${name}`)
        }),
      [root]
    )
    return near.slice(0, maxNear)
  }
}

const maxNear = 4

/** Removes byte order marks at the starts of lines: concatenated files have some inside. */
function withoutMark(text: string): string {
  return text.replaceAll(/(^|\n)\uFEFF/g, '$1')
}

/** The label of a problem of a whole file, at the start of the file. */
function fileLabel(path: string, text: string) {
  const start = { line: 1, column: 1, offset: 0 }
  return { span: { path, start, end: start }, text }
}

function unreadable(path: string, reason: string, near: readonly string[] = []): Diagnostic {
  const help = near.map((name) => `a path with a similar name exists: \`${name}\``)
  return problem('P008', `\`${path}\` cannot be read: ${reason}`, {
    labels: [fileLabel(path, reason)],
    help
  })
}

function tooLarge(path: string, size: number): Diagnostic {
  const megabytes = (size / 1024 / 1024).toFixed(1)
  return problem('P007', `\`${path}\` is larger than 10 MiB`, {
    labels: [fileLabel(path, `this file has ${megabytes} MiB`)],
    help: ['split it: sections may be spread over any number of files']
  })
}

function nothingFound(paths: readonly string[], disk: Disk): Diagnostic {
  if (paths.length > 0) {
    const where = paths.map((path) => `\`${path}\``).join(', ')
    return problem('P009', `there are no YAML files in ${where}`, {
      notes: ['files named *.yaml or *.yml count, at any depth; hidden ones do not']
    })
  }
  return problem('P009', 'there are no YAML files in `configs` or `polytomic`', {
    notes: ['without --file, polyctl reads the folder configs, else the folder polytomic'],
    help: [elsewhere(disk)]
  })
}

/** Advises where the files probably are: in the working folder, or beside one of its parents. */
function elsewhere(disk: Disk): string {
  const here = disk.list('.').filter((name) => yamlName.test(name) && !name.startsWith('.')).length
  if (here > 0) return `${here === 1 ? 'one is' : `${here} are`} in this folder: pass \`--file .\``
  for (let above = '..', levels = 0; levels < maxLevels; above += '/..', levels++)
    for (const folder of defaultFolders)
      if (disk.look(`${above}/${folder}`).is === 'folder')
        return `there is \`${above}/${folder}\`: run polyctl in \`${above}\``
  return 'begin with an example, or with what is live: `polyctl init`; or name files with --file'
}

/** The number of parent folders that are searched for advice. */
const maxLevels = 5
