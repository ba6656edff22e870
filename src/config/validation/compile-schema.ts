import { Ajv2020, type CodeOptions, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { JsonObject } from '../../state/value.ts'
import { ourFormats } from './formats.ts'
import { foldCase } from './fold-case.ts'
import { withoutRefs } from './resource-schema.ts'

/** A schema that is ready to be used, with the text it was made of for the words of its errors. */
export interface CompiledSchema {
  schema: JsonObject
  validate: ValidateFunction
}

/**
 * Compiles a schema. The built program does not: there, this file is replaced by one that has all that
 * `.runtime/validators.mts` compiled before, found by `name`.
 */
export function compileSchema(_name: string, schema: JsonObject): CompiledSchema {
  const plain = withoutRefs(schema)
  ajv ??= openAjv()
  return { schema: plain, validate: ajv.compile(plain) }
}

let ajv: Ajv2020 | undefined

/** The one that knows our formats and keywords. `code` is for whoever keeps what it compiles. */
export function openAjv(code: CodeOptions = {}): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: false,
    strict: true,
    strictRequired: false,
    strictTypes: false,
    allowUnionTypes: true,
    // The schemas are ours, and a test checks them: compiling the schema of schemas would take longer than
    // reading most files.
    meta: false,
    validateSchema: false,
    code
  })
  addFormats.default(ajv)
  for (const [name, format] of ourFormats) ajv.addFormat(name, format)
  ajv.addKeyword({
    keyword: 'x-caseless',
    schemaType: 'boolean',
    modifying: true,
    before: 'enum',
    errors: false,
    validate: foldCase
  })
  ajv.addKeyword({ keyword: 'x-meant', schemaType: 'object', valid: true })
  ajv.addKeyword({ keyword: 'x-needs', schemaType: 'object', valid: true })
  return ajv
}
