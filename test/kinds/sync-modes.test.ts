import { expect, test } from 'vitest'
import { read } from '../support/reading.ts'

/** What can be known of a mode without asking anybody. */

const base = `connections:
  - { name: C, type: salesforce }
models:
  - { name: M, connection: C, configuration: { table: Contact } }
syncs:
  - name: S
    model: M
    target: { connection: C, object: Contact }
    schedule: manual
`
const identity = 'identity: { source: Email, target: Email, function: Equality }'
const identities = `identities: { mappings: [{ source: Email, target: Email, function: Equality }] }`
const fields = 'fields: [{ source: name, target: LastName }, { source: mail, target: Email }]'

async function problemsOf(...lines: string[]): Promise<[string, string, string, string][]> {
  const text = `${base}${lines.map((line) => `    ${line}\n`).join('')}`
  const { result } = await read(text)
  return result.problems.map(({ code, severity, message, labels, help }) => {
    const { start, end } = labels[0]!.span
    return [code, severity, text.slice(start.offset, end.offset), [message, ...help].join('; ')]
  })
}

test.each(['update', 'updateOrCreate', 'remove'])('%s needs an identity', async (mode) => {
  const help = 'write `identity: { source: mail, target: Email, function: Equality }`'
  expect(await problemsOf(`mode: ${mode}`, fields)).toEqual([
    ['P103', 'error', mode, `\`${mode}\` needs to know which record is which; ${help}`]
  ])
  expect(
    await problemsOf(`mode: ${mode}`, identity, 'fields: [{ source: name, target: LastName }]')
  ).toEqual([])
  expect(
    await problemsOf(`mode: ${mode}`, identities, 'fields: [{ source: name, target: LastName }]')
  ).toEqual([])
})

test('in any case, and where no mapping tells', async () => {
  const [problem] = await problemsOf(
    'mode: UPDATEORCREATE',
    'fields: [{ source: { model: M, field: a }, target: b }]'
  )
  expect(problem).toEqual([
    'P103',
    'error',
    'UPDATEORCREATE',
    expect.stringContaining('{ source: …, target: …,')
  ])
})

test.each(['create', 'replace', 'append', 'snapshot'])('%s needs none', async (mode) => {
  expect(await problemsOf(`mode: ${mode}`, fields)).toEqual([])
})

test('a webhook has no records to find', async () => {
  const webhook = [
    'mode: updateOrCreate',
    'fields: [{ source: a, target: record }, { source: b, target: record }]'
  ]
  expect(await problemsOf(...webhook)).toEqual([])
})

test('what only adds records finds none', async () => {
  const others = 'fields: [{ source: name, target: LastName }]'
  for (const [by, key] of [
    [identity, 'identity'],
    [identities, 'identities']
  ])
    expect(await problemsOf('mode: append', by!, others)).toEqual([
      ['P109', 'warning', key, expect.stringContaining('adds records without looking for others')]
    ])
})

test('what is to be encrypted needs a passphrase', async () => {
  const mapped = (extra: string) => `fields: [{ source: name, target: LastName${extra} }]`
  const encrypted = mapped(', encryption_enabled: true')
  const help = 'write `encryption_passphrase: ${env:SYNC_PASSPHRASE}` in the sync'
  const message = 'a field is to be encrypted, and the sync has no `encryption_passphrase`'
  expect(await problemsOf('mode: create', encrypted)).toEqual([
    ['P103', 'error', 'true', `${message}; ${help}`]
  ])
  const found = await problemsOf('mode: create', encrypted, 'encryption_passphrase: "${env:P}"')
  expect(found.filter(([code]) => code === 'P103')).toEqual([])
  expect(await problemsOf('mode: create', mapped(', encryption_enabled: false'))).toEqual([])
})

test('an unknown field is told also where something is missing in the same place', async () => {
  const fixed = 'override_fields: [{ target: Email, override_value: x, encryption_enabled: true }]'
  const found = await problemsOf('mode: update', fixed, 'unheard_of: 1')
  expect(found.map(([code, , text]) => `${code} ${text}`)).toEqual([
    'P101 encryption_enabled',
    'P101 unheard_of'
  ])
})
