import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { added, at, change, diagnostic, header, look, plan } from './builders.ts'
import { situations } from './compared.ts'
import { mixed } from './reports.ts'
import * as situation from './situations.ts'
import { tutorial } from './tutorial.ts'
import { driftJson, planJson, problemsJson, reportJson } from '../support/rendered.ts'

const problem = diagnostic({
  code: 'P101',
  message: 'unknown field `modee` in a sync',
  labels: [{ span: at('configs/syncs.yaml', 3, 5, 5), text: 'not a field of `sync`' }],
  notes: ['a sync has: mode'],
  help: ['write `mode`']
})
const warning = diagnostic({ code: 'P616', severity: 'warning', message: 'there is no key' })

const forms = {
  'plan-tutorial': ['plan', planJson(plan(tutorial), header, [warning])],
  'plan-everything': ['plan', planJson(situation.everything, header, [])],
  'plan-empty': ['plan', planJson(plan([]), header, [])],
  'plan-since-three-way': ['plan', planJson(situations['since-three-way']!, header, [])],
  'plan-since-no-longer-declared': ['plan', planJson(situations['since-no-longer-declared']!, header, [])],
  'plan-since-partial': ['plan', planJson(situations['since-partial']!, header, [])],
  'drift-since-three-way': ['drift', driftJson(situations['since-three-way']!, header, [])],
  'drift-everything': ['drift', driftJson(situation.everything, header, [warning], look)],
  'apply-mixed': ['apply', reportJson(mixed, header, [warning])],
  validate: ['validate', problemsJson([problem, warning], { files: 2, resources: 4 })],
  'validate-fine': ['validate', problemsJson([], { files: 2, resources: 4 })]
} as const

for (const [name, [format, value]] of Object.entries(forms)) {
  test(`the JSON of ${name} is as its schema says`, async () => {
    const schema = JSON.parse(
      readFileSync(new URL(`../../schemas/${format}.schema.json`, import.meta.url), 'utf8')
    )
    const validate = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema)
    validate(value)
    expect(validate.errors ?? []).toEqual([])
    await expect(`${JSON.stringify(value, undefined, 2)}\n`).toMatchFileSnapshot(`../golden/${name}.json`)
  })
}

test('a value of a secret is in no JSON', () => {
  const fields = [
    added(['password'], { $secret: 'env X', value: 'hunter2' }),
    added(['list'], [{ $secret: 'env Y', v: 'hunter2' }])
  ]
  const value = plan([
    change({ action: 'update', kind: 'connection', name: 'A', fields, wanted: { a: 'hunter2' } })
  ])
  const texts = [planJson(value, header, []), driftJson(value, header, [])].map((json) =>
    JSON.stringify(json)
  )
  for (const text of texts) {
    expect(text).not.toContain('hunter2')
    expect(text).toContain('{"secret":"env X"}')
  }
})
