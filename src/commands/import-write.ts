import { resolve } from 'node:path'
import { saveFiles, type Disk } from '../config/source/index.ts'
import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { ImportFacts } from '../render/view/import.ts'
import type { CommandIo } from './io.ts'

/** Whether a file is there already, and says the same. */
export function stateOf(disk: Disk, path: string, text: string): ImportFacts['files'][number]['state'] {
  if (disk.look(path).is === 'nothing') return 'new'
  const reading = disk.read(path)
  return reading.ok && reading.text === text ? 'unchanged' : 'changed'
}

/** Writes files, each whole or not at all. Stops at the first that cannot be written. */
export function saved(
  files: readonly { path: string; text: string }[],
  io: CommandIo
): Diagnostic | undefined {
  const named = new Map(files.map((file) => [resolve(io.cwd, file.path), file]))
  const failed = saveFiles(Array.from(named, ([path, { text }]) => ({ path, text })))
  return (
    failed &&
    problem('P514', `\`${named.get(failed.path)?.path ?? ''}\` cannot be written: ${failed.reason}`, {
      help: ['mend that and run the command again, or give another folder to `--out`']
    })
  )
}

const mostNamed = 10

/** The problem of files that would lose what they say. */
export function overwrites(paths: readonly string[]): Diagnostic {
  const more = paths.length - mostNamed
  const files =
    paths.length === 1 ? 'one file exists and differs' : `${paths.length} files exist and differ`
  return problem('P513', `${files} from what is live`, {
    notes: [
      ...paths.slice(0, mostNamed).map((path) => `it differs: ${path}`),
      ...(more > 0 ? [`and ${more} more`] : []),
      'nothing was written'
    ],
    help: [
      '`--unmanaged` writes only what no file declares yet, into other files',
      '`--force` overwrites them; `--check` lists them all, and writes nothing'
    ]
  })
}
