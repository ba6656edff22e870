import { exit } from './exit.ts'
import type { CommandIo } from './io.ts'
import type { Result } from './output.ts'
import { withoutPlace } from './place.ts'
import { lookupResult, nothingRead, problemsResult } from './result.ts'
import { schema } from './schema-base.ts'
import { plainSchemaText, writtenTo, type SchemaOptions } from './schema-file.ts'

/** `polyctl schema`: what an editor needs to complete and check the files. */
export async function schemaCommand(options: SchemaOptions, io: CommandIo): Promise<Result> {
  const { out } = options
  const misplaced = out === undefined || out === '-' ? undefined : withoutPlace(io.cwd, out)
  if (misplaced) return await problemsResult(io, [misplaced], nothingRead)
  if (options.live === true) return await (await import('./schema-live.ts')).liveSchemaCommand(options, io)
  if (out === undefined || out === '-') return lookupResult(exit.done, { of: 'document', facts: schema })
  const failed = writtenTo(out, await plainSchemaText(), io)
  if (failed) return await problemsResult(io, [failed], nothingRead)
  const facts = { format_version: 1, path: out }
  return lookupResult(exit.done, { of: 'words', facts, text: `Written: ${out}\n` })
}
