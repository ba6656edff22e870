import { resolve } from 'node:path'
import { formatted } from '../config/layout/index.ts'
import { redact } from '../config/redact.ts'
import { ShownTexts } from '../config/shown-texts.ts'
import {
  openDisk,
  parseYaml,
  readFiles,
  saveChanged,
  standardInput,
  type Disk
} from '../config/source/index.ts'
import { inOrder, isError, problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { kinds } from '../kinds/index.ts'
import { unwritable } from '../pull/left-problems.ts'
import { exit, exitOfProblems } from './exit.ts'
import type { CommandIo } from './io.ts'
import type { OutputOptions, Result } from './output.ts'
import { projectOf } from './project.ts'
import { findingsResult, lookupResult, problemsResult } from './result.ts'

/** Options of `fmt`. */
export interface FormatOptions extends OutputOptions {
  check?: boolean
}

/** A file, and what became of it. `left`: it stays as it is, and a problem says why. */
interface FormattedFile {
  path: string
  state: 'formatted' | 'unchanged' | 'left'
  before: string
  after: string
}

/** `polyctl fmt`: gives files the one layout, and changes nothing of what they mean. It asks nobody. */
export async function formatCommand(
  paths: readonly string[],
  options: FormatOptions,
  io: CommandIo
): Promise<Result> {
  const disk = openDisk(io.cwd, io.stdin, projectOf(io.cwd).folder)
  const { texts, problems } = await readFiles(paths, disk)
  const shown = new ShownTexts()
  for (const [path, text] of texts) shown.defer(path, () => shownText(path, text))
  const named = new Set(paths.map((path) => disk.beside('', path)))
  const files = Array.from(texts, ([path, before]): FormattedFile => {
    const outside = named.has(path) ? undefined : outsideOf(disk, path)
    if (outside) problems.push(outside)
    return outside ? { path, state: 'left', before, after: before } : inLayout(path, before, problems)
  })
  if (options.check !== true)
    for (const file of files) if (file.state === 'formatted') save(file, io, problems)
  return await answered({ files, texts: shown, problems }, options, io)
}

/** R36: The text of a file with dots in place of what is secret in it, or may be. */
function shownText(path: string, text: string): string {
  return redact(text, parseYaml(path, text).documents, kinds, () => [])
}

/** A link inside of a folder may lead to the file of somebody else. */
function outsideOf(disk: Disk, path: string): Diagnostic | undefined {
  const entry = disk.look(path)
  if (entry.is !== 'file' || entry.barred === undefined || path === standardInput.shown) return undefined
  return leftAlone(path, entry.barred, `name it to have it formatted: \`polyctl fmt ${path}\``)
}

function inLayout(path: string, before: string, problems: Diagnostic[]): FormattedFile {
  const result = formatted(path, before)
  if (result.is === 'formatted') {
    const state = result.text === before ? 'unchanged' : 'formatted'
    return { path, state, before, after: result.text }
  }
  const reason = 'a comment, or a value, would not stay in its place'
  const help = 'put comments on lines of their own above what they are about'
  problems.push(...(result.is === 'wrong' ? result.problems : [leftAlone(path, reason, help)]))
  return { path, state: 'left', before, after: before }
}

function leftAlone(path: string, reason: string, help: string): Diagnostic {
  const found = problem('P709', `\`${path}\` was not formatted: ${reason}`, { help: [help] })
  return { ...found, severity: 'warning' }
}

function save(file: FormattedFile, io: CommandIo, problems: Diagnostic[]): void {
  if (file.path === standardInput.shown) return
  const reason = saveChanged(resolve(io.cwd, file.path), file.before, file.after)
  if (reason === undefined) return
  file.state = 'left'
  problems.push(unwritable(file.path, reason))
}

interface Run {
  files: readonly FormattedFile[]
  texts: ReadonlyMap<string, string>
  problems: readonly Diagnostic[]
}

async function answered({ files, texts, problems }: Run, options: FormatOptions, io: CommandIo) {
  const read = { texts, files: files.length }
  const isCheck = options.check === true
  const changed = files.filter(({ state }) => state === 'formatted')
  const isDue = isCheck && changed.length > 0
  const code = problems.some(isError)
    ? await exitOfProblems(problems)
    : isDue
      ? exit.differences
      : exit.done
  if (files.length === 0) return await problemsResult(io, problems, read)
  const { problemsView } = await import('../render/view/problems.ts')
  const facts = {
    format_version: 1,
    applied: !isCheck,
    files: files.map(({ path, state }) => ({ path, state })),
    problems: problemsView(inOrder(problems), { texts, hide: io.redaction.shown }).problems
  }
  if (problems.length > 0 && !io.output.isDocument) {
    const { answer } = await findingsResult(code, problems, { read, io })
    if (answer) await io.output.tell(answer)
  }
  const piped = files.find(({ path }) => path === standardInput.shown)
  const output = piped && !isCheck ? piped.after : await textOf(changed, files, options)
  return lookupResult(code, { of: 'words', facts, text: output })
}

/** The paths of what changed, one a line, as other programs want them; what it comes to goes last. */
async function textOf(
  changed: readonly FormattedFile[],
  files: readonly FormattedFile[],
  { check, verbose, quiet }: FormatOptions
): Promise<string> {
  const { unified } = await import('../render/unified.ts')
  const patchLines = (path: string, before: string, after: string): string[] =>
    unified(path, shownText(path, before), shownText(path, after)).patch.split('\n')
  const { visible } = await import('../render/plain-text.ts')
  const lines = changed.flatMap(({ path, before, after }) => [
    visible(path),
    ...(verbose === true ? patchLines(path, before, after).map(visible) : [])
  ])
  const done = check === true ? 'would be formatted' : 'formatted'
  const left = files.filter(({ state }) => state === 'left').length
  const same = files.length - changed.length - left
  const closing = [
    `${changed.length} ${changed.length === 1 ? 'file' : 'files'} ${done}`,
    ...(same > 0 ? [`${same} unchanged`] : []),
    ...(left > 0 ? [`${left} left`] : [])
  ].join(', ')
  return `${[...lines, ...(quiet === true ? [] : [`${closing}.`])].join('\n')}\n`
}
