import { _, type AnySchemaObject } from 'ajv'
import standalone from 'ajv/dist/standalone/index.js'
import type { Plugin } from 'rolldown'
import { openAjv } from '../src/config/validation/compile-schema.ts'
import { environmentsSchema, fileSchema } from '../src/config/validation/file-schema.ts'
import { foldCase } from '../src/config/validation/fold-case.ts'
import { resourceSchema, withoutRefs } from '../src/config/validation/resource-schema.ts'
import { kinds } from '../src/kinds/index.ts'
import { isObject, type JsonObject } from '../src/state/value.ts'

/**
 * Puts validators that are compiled already in the place of `compile-schema.ts`, found by the name of their
 * schema. To compile them takes longer than all else that `validate` does with a file of usual size. Each is a
 * file of its own: a workspace has few of the many types of connections.
 */
export const compiledValidators: Plugin = {
  name: 'compiled-validators',
  load: {
    filter: { id: /\/validation\/compile-schema\.ts$/ },
    handler() {
      for (const [name, schema] of allSchemas())
        this.emitFile({ type: 'asset', fileName: fileOf(name), source: asFile(schema) })
      return { code: compileSchema, moduleType: 'js' }
    }
  }
}

/** What `compile-schema.ts` exports to others, without compiling. */
const compileSchema = `
import equal from 'ajv/dist/runtime/equal.js'
import ucs2length from 'ajv/dist/runtime/ucs2length.js'
import { fullFormats } from 'ajv-formats/dist/formats.js'
import { foldCase } from './fold-case.ts'
import { customFormats } from './formats.ts'
import { withoutRefs } from './resource-schema.ts'

const formats = { ...fullFormats, ...Object.fromEntries(customFormats) }
const parts = { 'ajv/dist/runtime/equal': equal, 'ajv/dist/runtime/ucs2length': ucs2length }

export function compileSchema(name, schema) {
  const make = require(__dirname + '/validators/' + name.replaceAll(' ', '-') + '.cjs')
  let plain
  return {
    // It is wanted for the words of errors only.
    get schema() { return (plain ??= withoutRefs(schema)) },
    validate: make({ formats, foldCase, require: (path) => parts[path] })
  }
}`

function fileOf(name: string): string {
  return `validators/${name.replaceAll(' ', '-')}.cjs`
}

/** A file with the function that makes the validator. `self` is what a keyword is called on: ours need nothing. */
function asFile(schema: JsonObject): string {
  const ajv = openAjv({ source: true, esm: true, formats: _`formats` })
  const validate = ajv.compile(withoutRefs(schema) as AnySchemaObject)
  for (const name of validate.source?.scopeValues['keyword'] ?? []) {
    if (name.value?.ref !== foldCase)
      throw new Error('a keyword has a function that the build does not know')
    name.value.code = _`foldCase`
  }
  const head = /^"use strict";\s*export const validate = (\w+);\s*export default \w+;/
  const code = standalone.default(ajv, validate)
  const name = head.exec(code)?.[1]
  if (name === undefined)
    throw new Error(`the package writes validators in another way: ${code.slice(0, 99)}`)
  const body = `${code.replace(head, '')}\nreturn ${name}`
  return `'use strict'\nmodule.exports = ({ formats, foldCase, require, self }) => {\n${body}\n}\n`
}

function allSchemas(): [name: string, schema: JsonObject][] {
  const ofKinds = kinds.managed.map((kind): [string, JsonObject] => [kind.name, resourceSchema(kind)])
  return [['file', fileSchema(kinds)], ['environments', environmentsSchema], ...ofKinds, ...detailSchemas()]
}

/** Schemas that depend on the type of a resource, one for each type. */
function detailSchemas(): [name: string, schema: JsonObject][] {
  return kinds.managed.flatMap((kind) => {
    const { properties } = kind.schema
    const type = isObject(properties) ? properties['type'] : undefined
    const types = isObject(type) && Array.isArray(type['enum']) ? type['enum'] : []
    const details = types.map((one) => kind.detail?.({ type: one }))
    return details.flatMap((one) => (one ? [[one.key, one.schema] as [string, JsonObject]] : []))
  })
}
