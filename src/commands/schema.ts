import schema from '../../schemas/polyctl.schema.json' with { type: 'json' }
import { exit } from './exit.ts'
import type { Result } from './output.ts'
import { lookupResult } from './result.ts'

/** `polyctl schema`: what an editor needs to complete and check the files. */
export async function schemaCommand(): Promise<Result> {
  return lookupResult(exit.done, { of: 'document', facts: schema })
}
