import { posix, resolve } from 'node:path'
import about from '../../package.json' with { type: 'json' }
import { openDisk, saveFiles, type Disk } from '../config/source/index.ts'
import { problem, warning, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { isObject, textOf, type Json, type JsonObject } from '../state/value.ts'
import type { Workspace } from '../state/resource.ts'
import type { CommandIo } from './io.ts'
import type { FileOptions, ReadOptions, ServiceOptions } from './options.ts'

/** Options of `schema`. `out` is a file, or `-` for standard output. */
export interface SchemaOptions extends ReadOptions {
  live?: boolean
  all?: boolean
  out?: string
}

/**
 * Where the schema for editors is, below the folder of the project. Files name it by a relative path, so it
 * is there for everybody who has the files, without a network and whatever else is installed.
 */
export const schemaFile = '.polyctl/schema.json'

/** What a schema was made of; without an organization, of no workspace. */
export interface SchemaStamp {
  version: string
  organization?: { id: string; name: string }
  service?: string
  environment?: string
  readAt?: string
}

const stampKey = 'x-polyctl'

/**
 * Returns a schema as it is kept in a file: a line for each section and each definition, so that whoever
 * reviews it sees which names came and went.
 */
export function schemaText(schema: JsonObject, stamp: SchemaStamp): string {
  const { $schema = null, $id = null, ...rest } = schema
  const lines = Object.entries({ $schema, $id, [stampKey]: { ...stamp }, ...rest }).map(
    ([key, value]) => `${JSON.stringify(key)}: ${linesOf(key, value)}`
  )
  return `{\n${lines.join(',\n')}\n}\n`
}

function linesOf(key: string, value: Json): string {
  if (!isObject(value) || !['properties', 'definitions'].includes(key)) return JSON.stringify(value)
  const lines = Object.entries(value).map(
    ([name, part]) => `${JSON.stringify(name)}: ${JSON.stringify(part)}`
  )
  return `{\n${lines.join(',\n')}\n}`
}

/** Returns the schema of this version, which knows no workspace, as a file. */
export async function plainSchemaText(): Promise<string> {
  const { schema } = await import('./schema-base.ts')
  return schemaText(schema, { version: about.version })
}

/** Writes the schema, whole or not at all; returns why it could not be written. */
export function writtenTo(path: string, text: string, { cwd, stdin }: CommandIo): Diagnostic | undefined {
  const help = ['mend that and run the command again, or name another file: `--out`']
  if (openDisk(cwd, stdin).look(path).is === 'folder')
    return problem('P514', `\`${path}\` cannot be written: it is a folder`, { help })
  const failed = saveFiles([{ path: resolve(cwd, posix.normalize(path)), text }])
  return failed && problem('P514', `\`${path}\` cannot be written: ${failed.reason}`, { help })
}

/** The stamp stands in a line of its own: the schema may be long, and nothing else of it is looked at. */
function stampIn(text: string): SchemaStamp | undefined {
  const line = new RegExp(`^"${stampKey}": (\\{.*\\}),$`, 'm').exec(text)?.[1]
  if (line === undefined) return undefined
  try {
    const stamp: unknown = JSON.parse(line)
    if (!isObject(stamp)) return undefined
    const { version, organization, environment, readAt } = stamp
    return {
      version: textOf(version ?? ''),
      ...(isObject(organization)
        ? {
            organization: { id: textOf(organization['id'] ?? ''), name: textOf(organization['name'] ?? '') }
          }
        : {}),
      ...(environment === undefined ? {} : { environment: textOf(environment) }),
      ...(readAt === undefined ? {} : { readAt: textOf(readAt) })
    }
  } catch {
    return undefined
  }
}

const staleDays = 30
const dayMs = 24 * 60 * 60 * 1000

/**
 * Tells that editors complete the files by a schema that is old, of another workspace, or of another polyctl:
 * the files are none the worse for it. Without such a file there is nothing to tell.
 */
export function outdatedSchema(
  disk: Disk,
  io: Pick<CommandIo, 'project' | 'now'>,
  { chosen }: FileOptions & Pick<ServiceOptions, 'chosen'>,
  workspace: Workspace
): Diagnostic[] {
  const path = posix.join(io.project.folder, schemaFile)
  if (disk.look(path).is !== 'file') return []
  const reading = disk.read(path)
  const stamp = reading.ok ? stampIn(reading.text) : undefined
  if (!stamp) return []
  const organization = chosen?.organization ?? workspace.organization
  const reason =
    otherWorkspace(stamp, organization?.value, chosen?.name) ??
    ageOf(stamp, io.now()) ??
    (stamp.version === about.version ? undefined : `it was written by polyctl ${stamp.version}`)
  if (reason === undefined) return []
  const where = chosen?.name === undefined ? '' : ` --environment ${chosen.name}`
  const help = stamp.organization ? `polyctl schema --live${where}` : `polyctl schema --out ${path}`
  return [
    warning('P627', `the schema by which editors complete the files is out of date: ${reason}`, {
      notes: [`it is \`${path}\``],
      help: [`\`${help}\` writes it anew`]
    })
  ]
}

function otherWorkspace(
  { organization, environment }: SchemaStamp,
  wanted: string | undefined,
  chosen: string | undefined
): string | undefined {
  if (!organization) return undefined
  const { id, name } = organization
  if (wanted !== undefined)
    return wanted === name || wanted.toLowerCase() === id.toLowerCase()
      ? undefined
      : `it has the names of organization \`${name}\`, and the files are for \`${wanted}\``
  return chosen === undefined || environment === undefined || chosen === environment
    ? undefined
    : `it has the names of environment \`${environment}\`, not of \`${chosen}\``
}

function ageOf({ readAt }: SchemaStamp, now: Date): string | undefined {
  const at = readAt === undefined ? Number.NaN : Date.parse(readAt)
  const days = Math.floor((now.getTime() - at) / dayMs)
  return days > staleDays ? `its names are ${days} days old` : undefined
}
