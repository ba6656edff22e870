import printed from '../../schemas/polyctl.schema.json' with { type: 'json' }
import type { JsonObject } from '../state/value.ts'

/** The schema of all files, which knows no workspace. It is long: only who needs it loads it. */
export const schema: JsonObject = printed
