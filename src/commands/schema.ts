import schema from '../../schemas/polyctl.schema.json' with { type: 'json' }
import { exit } from './exit.ts'
import { jsonResult, type Result } from './result.ts'

/** `polyctl schema`: what an editor needs to complete and check the files. */
export async function schemaCommand(): Promise<Result> {
  return jsonResult(exit.done, schema)
}
