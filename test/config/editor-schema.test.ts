import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { editorSchema } from '../../src/config/validation/editor-schema.ts'
import { configurationCodes } from '../../src/diagnostics/codes-configuration.ts'
import { kinds } from '../../src/kinds/index.ts'
import { isEmail, isWebAddress } from '../../src/wire/formats.ts'
import { committed, schemas } from '../support/write-schemas.ts'

const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false, allowUnionTypes: true })
ajv.addKeyword('enumDescriptions')
addFormats.default(ajv)
// Of JSON Schema since draft 7, and not in the package.
ajv.addFormat('idn-email', isEmail)
ajv.addFormat('iri', isWebAddress)
const schema = await editorSchema(kinds)
const validate = ajv.compile(schema)

test.each(Object.keys(schemas))(
  '%s is what the code makes of it: else run npm run schemas',
  async (name) => {
    expect(committed(name) === (await schemas[name]?.())).toBe(true)
  }
)

const examples = Object.entries(configurationCodes).flatMap(([code, entry]) =>
  'good' in entry ? [[code, entry.good] as const] : []
)

test.each(examples)('the good example of %s looks good in an editor too', (_code, yaml) => {
  validate(parse(yaml, { merge: true }))
  expect(validate.errors ?? []).toEqual([])
})

test.each([
  'connections: [{ name: C }]',
  'connections: [{ name: C, type: mongdb }]',
  'connections: [{ name: C, type: mongodb, configuration: { host: x } }]',
  'connections: [{ name: C, type: mongodb, configuration: { ssl: 5 } }]',
  'syncs: [{ name: S, mode: upsert, target: { connection: C }, schedule: manual }]',
  'connections: [{ name: C, type: postgresql, configuration: { hostname: x } }]',
  'connections: [{ name: C, type: stripe }]',
  'connections: [{ name: C, type: salesforce, configuration: { connect_mode: api, domain: x } }]',
  'conections: []'
])('an editor shows what is wrong with %s', (yaml) => {
  expect(validate(parse(yaml))).toBe(false)
})

test.each([
  'connections: [{ name: C, type: mysql, id: 5ba0e6bb-a26e-4a5e-b0b6-d3b0f2a3ff4e, configuration: { port: "${env:PORT}", ssl: "${var:ssl}" } }]',
  'connections: [{ name: C, type: salesforce }, { name: D, type: gsheets, configuration: {} }]',
  'connections: [{ name: C, type: "${var:type}", configuration: { x: 1 } }]',
  'syncs: [{ name: S, mode: "${var:mode}", active: "${var:on}", target: { connection: C }, schedule: manual }]',
  'syncs: [{ name: S, mode: UPDATEORCREATE, target: { connection: C }, schedule: { frequency: Daily, hour: 5, minute: 0 } }]',
  'x-anything: { a: 1 }'
])('an editor does not complain about placeholders and other freedom: %s', (yaml) => {
  validate(parse(yaml))
  expect(validate.errors ?? []).toEqual([])
})

test('every section and every field of ours is explained', () => {
  const { properties, definitions } = JSON.parse(JSON.stringify(schema)) as {
    properties: Record<string, { description?: string }>
    definitions: Record<string, { properties: Record<string, { description?: string }> }>
  }
  const silent = Object.entries(properties).filter(([, { description }]) => !description)
  expect(silent).toEqual([])
  for (const field of ['name', 'id', 'lifecycle']) {
    expect(definitions['sync']?.properties[field]?.description).toMatch(/\.$/)
  }
})

test.each([
  ['daily', '{ frequency: daily, hour: 5 }'],
  ['weekly', '{ frequency: Weekly, hour: 5, minute: 0 }'],
  ['after others', '{ frequency: runafter }']
])('an editor complains about a schedule that lacks a part: %s', (_what, schedule) => {
  validate(parse(`syncs: [{ name: S, mode: create, target: { connection: C }, schedule: ${schedule} }]`))
  expect((validate.errors ?? []).map(({ keyword }) => keyword)).toContain('required')
})

const parts = {
  minute: '5',
  hour: '5',
  day_of_week: 'monday',
  connection: 'C',
  job_id: '7',
  run_after: '{ syncs: [T] }'
}
const needed: Record<string, (keyof typeof parts)[]> = {
  manual: [],
  continuous: [],
  hourly: ['minute'],
  daily: ['hour', 'minute'],
  weekly: ['day_of_week', 'hour', 'minute'],
  custom: [],
  builder: [],
  runafter: ['run_after'],
  dbtcloud: ['connection', 'job_id']
}
const lacking = Object.entries(needed).flatMap(([frequency, all]) =>
  [undefined, ...all].map((without) => [frequency, without, all] as const)
)

test.each(lacking)('a %s schedule in an editor, without %s', (frequency, without, all) => {
  const stated = all.filter((part) => part !== without).map((part) => `${part}: ${parts[part]}`)
  const schedule = `{ ${[`frequency: ${frequency}`, ...stated].join(', ')} }`
  const isFine = validate(
    parse(`syncs: [{ name: S, mode: create, target: { connection: C }, schedule: ${schedule} }]`)
  )
  const keywords = (validate.errors ?? []).map(({ keyword }) => keyword)
  expect([isFine, keywords.includes('required')]).toEqual([without === undefined, without !== undefined])
})
