import { posix } from 'node:path'
import about from '../../package.json' with { type: 'json' }
import { openDisk, type Disk } from '../config/source/index.ts'
import { liveSchema } from '../config/validation/index.ts'
import { kinds } from '../kinds/index.ts'
import { askService } from '../remote/questions.ts'
import { survey, type Survey } from '../remote/survey.ts'
import type { Reader } from '../remote/transport.ts'
import type { Checked } from '../diagnostics/diagnostic.ts'
import type { JsonObject } from '../state/value.ts'
import { exit } from './exit.ts'
import type { CommandIo } from './io.ts'
import type { Result } from './output.ts'
import { lookupResult, problemsResult } from './result.ts'
import { reading, withContext, type CommandContext } from './run.ts'
import { commentFor } from './schema-comment.ts'
import { schema } from './schema-base.ts'
import { schemaFile, schemaText, writtenTo, type SchemaOptions, type SchemaStamp } from './schema-file.ts'
import { referredTo, workspaceNames, type FoundNames } from './workspace-names.ts'

/**
 * `polyctl schema --live`: the schema with the names of a workspace. It can only read the service (R32), and
 * holds names, and no value of anything.
 */
export async function liveSchemaCommand(options: SchemaOptions, io: CommandIo): Promise<Result> {
  return await withContext(io, options, (context) => written(options, io, context), { filesOptional: true })
}

async function written(options: SchemaOptions, io: CommandIo, context: CommandContext): Promise<Result> {
  const found = await reading(context, io, (reader) => readNames(reader, options, context))
  if (!found.ok) return await problemsResult(io, found.problems, context)
  const { surveyed, ...names } = found.value
  const { organization } = surveyed.state
  const ofWorkspace = schemaOf(surveyed, names)
  if (options.out === '-') return lookupResult(exit.done, { of: 'document', facts: ofWorkspace })
  const path = options.out ?? posix.join(io.project.folder, schemaFile)
  const text = schemaText(ofWorkspace, stampOf(surveyed, context, io))
  const failed = writtenTo(path, text, io)
  if (failed) return await problemsResult(io, [failed], context)
  const facts = {
    format_version: 1,
    path,
    organization,
    service: context.service.name,
    names: Object.fromEntries([...names.names.resources].map(([kind, all]) => [kind, new Set(all).size])),
    objects: countOf(names, 'objects'),
    fields_of_objects: countOf(names, 'object fields'),
    fields_of_models: countOf(names, 'fields'),
    left_out: names.leftOut,
    not_read: [
      ...surveyed.refused.map(({ kind, because }) => ({ address: kind, because })),
      ...names.unanswered
    ],
    other_schema: filesWithOther(context.texts.keys(), path, openDisk(io.cwd, io.stdin))
  }
  return lookupResult(exit.done, { of: 'words', facts, text: textOf(facts, options) })
}

/** Returns the schema with the names that somebody has read already. It asks for nothing more. */
export async function surveyedSchemaText(
  surveyed: Survey,
  context: CommandContext,
  io: CommandIo
): Promise<string> {
  const names = await workspaceNames({
    live: surveyed.state.resources,
    desired: [],
    all: false,
    ask: async () => ({ ok: false, refused: false, words: '' })
  })
  return schemaText(schemaOf(surveyed, names), stampOf(surveyed, context, io))
}

function schemaOf({ state }: Survey, { names }: FoundNames): JsonObject {
  const id = `urn:polyctl:${encodeURIComponent(state.organization.id)}`
  return { ...liveSchema(schema, kinds, names), $id: id }
}

function stampOf({ state }: Survey, { header, service }: CommandContext, io: CommandIo): SchemaStamp {
  return {
    version: about.version,
    organization: state.organization,
    service: service.name,
    ...(header.environment === undefined ? {} : { environment: header.environment }),
    readAt: io.now().toISOString()
  }
}

async function readNames(
  reader: Reader,
  options: SchemaOptions,
  { understood }: CommandContext
): Promise<Checked<FoundNames & { surveyed: Survey }>> {
  const { workspace, resources } = understood.desired
  const surveyed = await survey(reader, {
    workspace,
    kinds: referredTo,
    choose: () => new Set(),
    searches: () => false
  })
  if (!surveyed.ok) return surveyed
  const names = await workspaceNames({
    live: surveyed.value.state.resources,
    desired: resources,
    all: options.all === true,
    ask: (question) => askService(reader, kinds, question)
  })
  return { ...surveyed, value: { ...names, surveyed: surveyed.value } }
}

/** Of how many there are names of a sort. */
function countOf({ names }: FoundNames, what: string): number {
  const lists = names.offered.filter((one) => one.what === what)
  return new Set(lists.map(({ kind, values }) => JSON.stringify([kind, values]))).size
}

/** The files that name another schema than this, or none. */
function filesWithOther(files: Iterable<string>, path: string, disk: Disk): string[] {
  return [...files].filter((file) => {
    const reading = /\.ya?ml$/.test(file) ? disk.read(file) : undefined
    if (reading?.ok !== true) return false
    const line = /^# *(yaml-language-server:.*)$/m.exec(reading.text)?.[1]
    return line?.trimEnd() !== commentFor(file, path)
  })
}

const mostTold = 10

function textOf(
  facts: {
    path: string
    organization: { name: string }
    service: string
    names: Record<string, number>
    objects: number
    fields_of_objects: number
    fields_of_models: number
    left_out: number
    not_read: readonly { address: string; because: string }[]
    other_schema: readonly string[]
  },
  { all }: SchemaOptions
): string {
  const { not_read: notRead, other_schema: others, path } = facts
  const counts = kinds.managed.flatMap(({ name, section }) => {
    const count = facts.names[name]
    return count === undefined
      ? []
      : [`  ${section.replaceAll('_', ' ').padEnd(24)} ${String(count).padStart(5)}`]
  })
  const few = <T>(list: readonly T[], line: (one: T) => string): string[] => [
    ...list.slice(0, mostTold).map(line),
    ...(list.length > mostTold ? [`  … and ${list.length - mostTold} more`] : [])
  ]
  const fields: [string, number][] = [
    ['models with fields', facts.fields_of_models],
    ['connections with objects', facts.objects],
    ['objects with fields', facts.fields_of_objects]
  ]
  return `${[
    `Names of ${facts.organization.name} (${facts.service}) for editors: ${path}`,
    ...counts,
    ...fields.map(([name, count]) => `  ${name.padEnd(24)} ${String(count).padStart(5)}`),
    ...(facts.left_out > 0
      ? [`  fields of ${facts.left_out} models that no file names are left out; --all has them`]
      : []),
    ...(all === true || facts.left_out > 0
      ? []
      : ['  Objects are those of connections that files write to; --all has those of all.']),
    ...(notRead.length > 0 ? ['', 'Not read'] : []),
    ...few(notRead, ({ address, because }) => `  ${address}: ${because}`),
    ...(others.length > 0 ? ['', 'These files name another schema, or none; a first line for each:'] : []),
    ...few(others, (file) => `  ${file}   # ${commentFor(file, path)}`)
  ].join('\n')}\n`
}
