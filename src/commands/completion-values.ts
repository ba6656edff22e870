import { noEnvironment, readEnvironments } from '../config/environments.ts'
import { splitSections, writtenNames } from '../config/sections.ts'
import { openDisk, parseYaml, readFiles, revisionNames, standardInput } from '../config/source/index.ts'
import { codes } from '../diagnostics/codes.ts'
import { compareText } from '../diagnostics/diagnostic.ts'
import { kinds, openCatalogue } from '../kinds/index.ts'
import { addressText, type Address } from '../state/resource.ts'
import type { CommandIo } from './io.ts'
import { projectOf } from './project.ts'

/** Something that may be typed, and a few words about it. */
export interface Value {
  value: string
  about?: string
}

/** What is wanted: a sort that polyctl knows, or one of fixed words. */
export type Sort =
  | 'addresses'
  | 'authorizable'
  | 'executable'
  | 'kinds'
  | 'environments'
  | 'revisions'
  | 'topics'
  | 'files'
  | 'variables'
  | readonly string[]

/** What the line says already. */
export interface Typed {
  io: CommandIo
  files: readonly string[]
  arguments: readonly string[]
  /** The word that is being typed. */
  current: string
}

/** All values of a sort. What cannot be read is left out: nobody reads a message in the middle of a line. */
export async function valuesOf(sort: Sort, typed: Typed): Promise<Value[]> {
  if (typeof sort !== 'string') return sort.map((value) => ({ value }))
  switch (sort) {
    case 'addresses':
      return (await namesIn(typed)).map((address) => ({ value: writtenAs(address, typed) }))
    case 'authorizable':
      return (await namesIn(typed))
        .filter(({ kind }) => authorizable.has(kind))
        .map(({ name }) => ({ value: name }))
    case 'executable':
      return (await namesIn(typed))
        .filter(({ kind }) => executable.has(kind))
        .map((address) => ({ value: writtenAs(address, typed) }))
    case 'kinds':
      return kindNames()
    case 'environments':
      return environmentNames(typed.io)
    case 'revisions':
      return ['HEAD', 'none', ...revisionNames(typed.io.cwd, typed.io.env)].map((value) => ({ value }))
    case 'topics':
      return typed.arguments.length > 0 ? [] : await topics(typed)
    case 'variables':
      return variablesIn(await textsIn(typed))
    case 'files':
      return []
  }
}

/** Kinds that a person may have to authorize: those that stand for a connected system. */
const authorizable = new Set(
  kinds.managed.filter(({ authorization }) => authorization !== undefined).map(({ name }) => name)
)

/** Kinds that `run` runs. */
const executable = new Set(
  kinds.managed.filter(({ executions }) => executions !== undefined).map(({ name }) => name)
)

function kindNames(): Value[] {
  return kinds.managed.map(({ name, description }) => ({ value: name, about: description }))
}

async function topics(typed: Typed): Promise<Value[]> {
  const { typeIds } = await openCatalogue()
  return [
    ...Object.entries(codes).map(([value, { title }]) => ({ value, about: title })),
    ...kindNames(),
    ...typeIds().map((value) => ({ value, about: 'a type of connections' })),
    { value: 'types', about: 'all types of connections' },
    { value: 'values', about: 'what becomes of the values of records' },
    ...(await valuesOf('addresses', typed))
  ]
}

function environmentNames({ cwd, stdin }: CommandIo): Value[] {
  const { environments } = projectOf(cwd)
  const reading = environments && readEnvironments(environments, openDisk(cwd, stdin), kinds).result
  const names = reading && reading.ok ? reading.value.all.map(({ name }) => name) : []
  return [...names, noEnvironment].map((value) => ({ value }))
}

/** An address as plans write it, or with a slash for whoever has begun so. */
function writtenAs(address: Address, { current }: Typed): string {
  return /^\w+\//.test(current) ? `${address.kind}/${address.name}` : addressText(address)
}

/** The variables that texts name, in the order of the alphabet. */
function variablesIn(texts: ReadonlyMap<string, string>): Value[] {
  const names = [...texts.values()].flatMap((text) =>
    Array.from(text.matchAll(/\$\{var:\s*([A-Za-z_]\w*)/g), ([, name = '']) => name)
  )
  return [...new Set(names)].toSorted(compareText).map((name) => ({ value: `${name}=` }))
}

/** Texts of the files by path. Standard input is the terminal now: nobody may wait for it. */
async function textsIn({ io: { cwd, stdin }, files }: Typed): Promise<ReadonlyMap<string, string>> {
  const paths = files.filter((path) => path !== standardInput.argument)
  if (files.length > 0 && paths.length === 0) return new Map()
  return (await readFiles(paths, openDisk(cwd, stdin, projectOf(cwd).folder))).texts
}

/** Names of resources in the files, which are read as they are: no placeholder is filled. */
async function namesIn(typed: Typed): Promise<Address[]> {
  return [...(await textsIn(typed))].flatMap(([path, text]) => {
    const { documents, problems } = parseYaml(path, text)
    if (problems.length > 0) return namesInBroken(text)
    return writtenNames(splitSections(documents, new Set([path]), kinds).resources)
  })
}

/** Names in a text that is no YAML (yet): line by line, for whoever is in the middle of writing it. */
function namesInBroken(text: string): Address[] {
  const bySection = new Map(kinds.managed.map(({ name, section }) => [section, name]))
  const found: Address[] = []
  let kind: string | undefined
  for (const line of text.split(/\r?\n/)) {
    const section = /^([a-z_]+):/.exec(line)?.[1]
    if (section !== undefined) kind = bySection.get(section)
    const item = /^\s*-\s+(?:\{\s*)?name:\s*(?:"([^"]*)"|'([^']*)'|([^,}#"']+))/.exec(line)
    const name = (item?.[1] ?? item?.[2] ?? item?.[3] ?? '').trim()
    if (kind !== undefined && name !== '' && !name.includes('$')) found.push({ kind, name })
  }
  return found
}
