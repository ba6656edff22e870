import { posix, resolve } from 'node:path'
import { environmentsFile } from '../config/sections.ts'
import { defaultFolders, openDisk } from '../config/source/index.ts'

/**
 * Where the project is, by paths from the working folder. What it has beside the files (environments,
 * variables, the local Polytomic) is found there from each of its folders.
 */
export interface Project {
  /** The folder that holds the folder of files; the working folder where none is found. */
  folder: string
  /** Its `polyctl.yaml`, if it has one. */
  environments?: string
  /** Its `.env`, if it has one. */
  variables?: string
  /** The top of the repository, if there is one: git may know what the files were before. */
  top?: string
}

/**
 * Finds the project: the nearest folder that has files or a `polyctl.yaml`, from the working folder up to the
 * top of the repository. Outside of a repository only the working folder counts: whatever is above it may
 * belong to somebody else.
 */
export function projectOf(cwd: string): Project {
  const disk = openDisk(cwd, async () => '')
  const has = (folder: string, name: string): boolean =>
    disk.look(posix.join(folder, name)).is !== 'nothing'
  const isOne = (folder: string): boolean =>
    [environmentsFile, ...defaultFolders].some((name) => has(folder, name))
  const above = foldersAbove(cwd, (folder) => has(folder, '.git'))
  const folder = above.find(isOne) ?? '.'
  const top = above.at(-1) ?? '.'
  const file = (name: string): string | undefined =>
    disk.look(posix.join(folder, name)).is === 'file' ? posix.join(folder, name) : undefined
  const [environments, variables] = [file(environmentsFile), file('.env')]
  return {
    folder,
    ...(environments && { environments }),
    ...(variables && { variables }),
    ...(has(top, '.git') && { top })
  }
}

/** The working folder and those above it up to the top of the repository; outside of one, it alone. */
function foldersAbove(cwd: string, isTop: (folder: string) => boolean): string[] {
  const folders: string[] = []
  for (let folder = '.'; ; folder = posix.join(folder, '..')) {
    folders.push(folder)
    if (isTop(folder)) return folders
    if (resolve(cwd, folder) === resolve(cwd, folder, '..')) return ['.']
  }
}
