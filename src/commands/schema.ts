import { posix, resolve } from 'node:path'
import printed from '../../schemas/polyctl.schema.json' with { type: 'json' }
import { openDisk, saveFiles } from '../config/source/index.ts'
import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { JsonObject } from '../state/value.ts'
import { exit } from './exit.ts'
import type { CommandIo } from './io.ts'
import type { ReadOptions } from './options.ts'
import type { Result } from './output.ts'
import { lookupResult, nothingRead, problemsResult } from './result.ts'
import { plainSchemaText } from './schema-file.ts'

/** The schema of all files, which knows no workspace. */
export const schema: JsonObject = printed

/** Options of `schema`. `out` is a file, or `-` for standard output. */
export interface SchemaOptions extends ReadOptions {
  live?: boolean
  all?: boolean
  out?: string
}

/** `polyctl schema`: what an editor needs to complete and check the files. */
export async function schemaCommand(options: SchemaOptions, io: CommandIo): Promise<Result> {
  if (options.live === true) return await (await import('./schema-live.ts')).liveSchemaCommand(options, io)
  const { out } = options
  if (out === undefined || out === '-') return lookupResult(exit.done, { of: 'document', facts: schema })
  const failed = writtenTo(out, await plainSchemaText(), io)
  if (failed) return await problemsResult(io, [failed], nothingRead)
  const facts = { format_version: 1, path: out }
  return lookupResult(exit.done, { of: 'words', facts, text: `Written: ${out}\n` })
}

/** Writes the schema, whole or not at all; returns why it could not be written. */
export function writtenTo(path: string, text: string, { cwd, stdin }: CommandIo): Diagnostic | undefined {
  const help = ['mend that and run the command again, or name another file: `--out`']
  if (openDisk(cwd, stdin).look(path).is === 'folder')
    return problem('P514', `\`${path}\` cannot be written: it is a folder`, { help })
  const failed = saveFiles([{ path: resolve(cwd, posix.normalize(path)), text }])
  return failed && problem('P514', `\`${path}\` cannot be written: ${failed.reason}`, { help })
}
