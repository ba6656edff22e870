import { posix } from 'node:path'
import type { Disk, DiskEntry } from '../../src/config/source/index.ts'
import { understand, type Inputs, type Understanding } from '../../src/config/understand.ts'
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts'
import { kinds as allKinds } from '../../src/kinds/index.ts'
import type { Kinds } from '../../src/kinds/kind.ts'
import type { Desired, DesiredState } from '../../src/state/resource.ts'

/** Files that exist only here: path → text. */
export type Files = Readonly<Record<string, string>>

/** A disk without a disk. Everything is inside of the working folder, but what starts with `/` or `..`. */
function memoryDisk(files: Files, stdin = ''): Disk {
  const look = (path: string): DiskEntry => {
    const text = files[path]
    const isInside = !path.startsWith('/') && !path.startsWith('..')
    const barred = isInside ? {} : { barred: 'it is outside of the working folder' }
    if (text !== undefined) return { is: 'file', size: text.length, real: path, ...barred }
    const isFolder = path === '.' || Object.keys(files).some((name) => name.startsWith(`${path}/`))
    return isFolder ? { is: 'folder', real: path } : { is: 'nothing', reason: 'it does not exist' }
  }
  return {
    folder: '.',
    look,
    list(folder) {
      const start = folder === '.' ? '' : `${folder}/`
      const inner = Object.keys(files).filter((name) => name.startsWith(start))
      return [...new Set(inner.map((name) => name.slice(start.length).split('/')[0] ?? ''))]
    },
    read(path) {
      const text = files[path]
      return text === undefined ? { ok: false, reason: 'it does not exist' } : { ok: true, text }
    },
    beside: (base, name) => (posix.isAbsolute(name) ? name : posix.join(posix.dirname(base), name)),
    stdin: async () => stdin
  }
}

export interface Options extends Partial<Omit<Inputs, 'disk'>> {
  kinds?: Kinds
}

/** What was understood, and the files as they are written: frames show less of them. */
interface Reading extends Understanding {
  written: ReadonlyMap<string, string>
}

/** Understands files that are given as text; one text is `configs/a.yaml`. */
export async function read(files: Files | string, options: Options = {}): Promise<Reading> {
  const { kinds = allKinds, ...inputs } = options
  const given = typeof files === 'string' ? { 'configs/a.yaml': files } : files
  const asked = { files: [], env: {}, variables: {}, variableFiles: [], ...inputs, disk: memoryDisk(given) }
  const understanding = await understand(asked, kinds)
  const paths = [...understanding.texts.keys()]
  const written = new Map(paths.map((path) => [path, (given[path] ?? '').replace(/^\uFEFF/, '')]))
  return { ...understanding, written }
}

/** What it means; problems fail the test. */
export async function meaning(files: Files | string, options: Options = {}): Promise<DesiredState> {
  const { result } = await read(files, options)
  if (!result.ok)
    throw new Error(result.problems.map(({ code, message }) => `${code} ${message}`).join('\n'))
  return result.value.desired
}

/** The fields of the only resource, or of the one that is named. */
export async function fieldsOf(
  yaml: string,
  options: Options & { name?: string } = {}
): Promise<Desired['fields']> {
  const { resources } = await meaning(yaml, options)
  const found =
    options.name === undefined ? resources[0] : resources.find(({ name }) => name === options.name)
  if (!found) throw new Error('there is no such resource')
  return found.fields
}

/**
 * Problems as code and places, for tests that are not about words: `P101 a.yaml:3:5 modee`, further
 * places behind `+`, and warnings marked by `w`. The file is left out where there is only one.
 */
export function places({
  result,
  texts,
  written = texts
}: Understanding & Partial<Pick<Reading, 'written'>>): string[] {
  return result.problems.map((problem) => place(problem, written))
}

function place({ code, severity, labels }: Diagnostic, texts: ReadonlyMap<string, string>): string {
  const shown = labels.map(({ span }) => {
    const file = texts.size > 1 || !texts.has(span.path) ? `${span.path}:` : ''
    const cut = (texts.get(span.path) ?? '').slice(span.start.offset, span.end.offset)
    return `${file}${span.start.line}:${span.start.column} ${cut}`.trim()
  })
  return `${severity === 'warning' ? 'w' : ''}${code} ${shown.join(' + ')}`.trim()
}

/** The problems of some YAML, as places. */
export async function problemsOf(files: Files | string, options: Options = {}): Promise<string[]> {
  return places(await read(files, options))
}

/** Everything that a run tells: no secret may be in it. */
export function everything({ result }: Understanding): string {
  return JSON.stringify(result)
}
