import schema from '../../schemas/polyctl.schema.json' with { type: 'json' }
import { exit } from './exit.ts'
import type { CommandIo } from './io.ts'
import { jsonText } from './run.ts'

/** `polyctl schema`: what an editor needs to complete and check the files. */
export async function schemaCommand(io: CommandIo): Promise<number> {
  io.out(jsonText(schema))
  return exit.done
}
