import { posix } from 'node:path'
import about from '../../package.json' with { type: 'json' }
import type { Disk } from '../config/source/index.ts'
import { schemaFile } from './schema-file.ts'

const ofPackage = 'schemas/polyctl.schema.json'

/** Where editors find the schema of files that are about to be written. */
export interface SchemaPlace {
  /** The comment that names it, for a file at a path. */
  comment: (path: string) => string
  /** The path that it has to be written to; absent where it is there. */
  missing?: string
}

/**
 * Finds the schema for the files of a project: that with the names of its workspace, else that of the package
 * which is installed beside the files, or of this repository. Else it has to be written: a package that is
 * installed elsewhere has no path that is the same for everybody, and an address needs a network.
 */
export function schemaPlace(disk: Disk, folder: string): SchemaPlace {
  const own = posix.join(folder, schemaFile)
  const near = [posix.join('node_modules', about.name, ofPackage), ofPackage]
  const all = [own, ...foldersAbove().flatMap((above) => near.map((path) => posix.join(above, path)))]
  const found = all.find((path) => disk.look(path).is === 'file')
  return { comment: (path) => commentFor(path, found ?? own), ...(found === undefined && { missing: own }) }
}

/** The comment by which editors find a schema, for a file at a path. */
export function commentFor(path: string, schema: string): string {
  return `yaml-language-server: $schema=${posix.relative(posix.dirname(path), schema)}`
}

/** The working folder, and those above it that a project may have its packages in. */
function foldersAbove(): string[] {
  return Array.from({ length: 4 }, (_, levels) =>
    levels === 0 ? '.' : Array.from({ length: levels }, () => '..').join('/')
  )
}
