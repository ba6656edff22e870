import { posix } from 'node:path'
import about from '../../package.json' with { type: 'json' }
import type { Disk } from '../config/source/index.ts'

const file = `schemas/polyctl.schema.json`

/**
 * Returns the comment by which editors find the schema, for a file at a path: the schema of the package that
 * is installed beside the files, or of this repository; else the published one. No version is in it: another
 * polyctl would write other files else.
 */
export function schemaComment(disk: Disk): (path: string) => string {
  const near = [posix.join('node_modules', about.name, file), file]
  const found = foldersAbove()
    .flatMap((folder) => near.map((path) => posix.join(folder, path)))
    .find((path) => disk.look(path).is === 'file')
  const published = `https://cdn.jsdelivr.net/npm/${about.name}/${file}`
  return (path) => {
    const where = found === undefined ? published : posix.relative(posix.dirname(path), found)
    return `yaml-language-server: $schema=${where}`
  }
}

/** The working folder, and those above it that a project may have its packages in. */
function foldersAbove(): string[] {
  return Array.from({ length: 4 }, (_, levels) =>
    levels === 0 ? '.' : Array.from({ length: levels }, () => '..').join('/')
  )
}
