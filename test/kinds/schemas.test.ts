import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { configurationSchema, connectionTypes } from '../../src/kinds/connection-types.ts'
import { kinds } from '../../src/kinds/index.ts'

/** The program trusts its own schemas, and saves the time that checking them would take: so they are checked here. */
const ajv = new Ajv2020({ strict: false })

test.each(kinds.managed.map((kind) => [kind.name, kind.schema] as const))(
  'the schema of a %s is a schema',
  (_name, schema) => {
    expect(ajv.validateSchema(schema), JSON.stringify(ajv.errors)).toBe(true)
  }
)

test('the configuration of each of the 226 connection types is a schema', () => {
  const wrong = Object.keys(connectionTypes).filter(
    (type) => ajv.validateSchema(configurationSchema(type)) !== true
  )
  expect(wrong).toEqual([])
})
