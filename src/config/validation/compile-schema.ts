import { Ajv2020, type CodeOptions, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { JsonObject } from '../../state/value.ts'
import { customFormats } from './formats.ts'
import { foldCase } from './fold-case.ts'
import { withoutRefs } from './resource-schema.ts'

/** A compiled schema, with its source, which explanations of errors need. */
export interface CompiledSchema {
  schema: JsonObject
  validate: ValidateFunction
}

/**
 * Compiles a schema. The build replaces this file by one with the validators that `.runtime/validators.mts`
 * compiled ahead of time, which are found by `name`.
 */
export function compileSchema(_name: string, schema: JsonObject): CompiledSchema {
  const plain = withoutRefs(schema)
  ajv ??= openAjv()
  return { schema: plain, validate: ajv.compile(plain) }
}

let ajv: Ajv2020 | undefined

/**
 * Creates an Ajv instance with polyctl's formats and keywords. `code` has options for code that is stored.
 */
export function openAjv(code: CodeOptions = {}): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: false,
    strict: true,
    strictRequired: false,
    strictTypes: false,
    allowUnionTypes: true,
    // A test validates all schemas. Compiling the meta-schema at run time takes longer than reading most
    // files.
    meta: false,
    validateSchema: false,
    code
  })
  addFormats.default(ajv)
  for (const [name, format] of customFormats) ajv.addFormat(name, format)
  ajv.addKeyword({
    keyword: 'x-caseless',
    schemaType: 'boolean',
    modifying: true,
    before: 'enum',
    errors: false,
    validate: foldCase
  })
  ajv.addKeyword({ keyword: 'x-meant', schemaType: 'object', valid: true })
  ajv.addKeyword({ keyword: 'x-words', schemaType: 'object', valid: true })
  ajv.addKeyword({ keyword: 'x-names', schemaType: 'string', valid: true })
  ajv.addKeyword({ keyword: 'x-offers', schemaType: 'object', valid: true })
  ajv.addKeyword({ keyword: 'x-needs', schemaType: 'object', valid: true })
  return ajv
}
