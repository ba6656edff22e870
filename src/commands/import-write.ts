import { resolve } from 'node:path'
import { parseYaml, saveFiles, valueOfNode, type Disk } from '../config/source/index.ts'
import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { isObject, sortedText, type Json } from '../state/value.ts'
import type { ImportFacts } from '../render/view/import.ts'
import type { CommandIo } from './io.ts'

/** Whether a file is there already, and says the same. */
export function stateOf(disk: Disk, path: string, text: string): ImportFacts['files'][number]['state'] {
  if (disk.look(path).is === 'nothing') return 'new'
  const reading = disk.read(path)
  return reading.ok && reading.text === text ? 'unchanged' : 'changed'
}

/**
 * Whether a file of YAML says what an import would write: services answer settings in any order, and people
 * add comments. The file stays as it is then.
 */
export function saysTheSame(disk: Disk, path: string, text: string): boolean {
  const reading = disk.read(path)
  if (!reading.ok || !/\.ya?ml$/.test(path)) return false
  const meant = [reading.text, text].map((one) => {
    const { documents, problems } = parseYaml(path, one)
    return problems.length > 0
      ? undefined
      : sortedText(documents.map(({ root }) => unordered(valueOfNode(root))))
  })
  return meant[0] !== undefined && meant[0] === meant[1]
}

/** Lists of texts have no order that means anything. */
function unordered(value: Json): Json {
  if (Array.isArray(value)) {
    const items = value.map(unordered)
    return items.every((item) => typeof item === 'string') ? items.toSorted() : items
  }
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unordered(inner)]))
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
