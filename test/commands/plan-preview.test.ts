import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createSandbox, tutorial } from '../support/sandbox.ts'
import { ada, threePeople } from './preview-world.ts'

test('a plan says what a changed sync would do to records, and stores nothing for it', async () => {
  const made = await threePeople()
  await made.run('run', 'People')
  made.system.writes = []
  const nothing = await made.run('plan', '--preview', '--no-check')
  expect(nothing.out).not.toContain('a run would')
  made.change('configs/a.yaml', (text) =>
    text.replace('{ source: phone, target: phone }', '{ source: phone, target: age }')
  )
  made.requests()
  const { code, out } = await made.run('plan', '--preview', '--no-check')
  expect(code).toBe(0)
  expect(out).toContain('a run would read 4 records: 3 to update, 1 skipped')
  expect(out).not.toContain(ada)
  expect(made.requests().filter((line) => /^(PUT|PATCH|DELETE|POST \/api)/.test(line))).toEqual([])
  expect(made.system.writes).toEqual([])
  const json = JSON.parse((await made.run('plan', '--preview', '--no-check', '--format', 'json')).out)
  const sync = json.changes.find((one: { kind: string }) => one.kind === 'sync')
  expect(sync.preview).toBe('a run would read 4 records: 3 to update, 1 skipped')
  const markdown = await made.run('plan', '--preview', '--no-check', '--format', 'markdown')
  expect(markdown.out).toContain('a run would read 4 records: 3 to update, 1 skipped')
  // It is what apply and run then do.
  await made.run('apply', '--yes', '--no-check', '--quiet')
  expect((await made.run('run', 'People')).out).toContain('3 records, 3 updated')
})

test('guards of the files that would stop the run are told with it', async () => {
  const made = await threePeople()
  made.change('configs/a.yaml', (text) =>
    text.replace('target: phone }', 'target: age }').replace('manual', 'manual\n    guards: { updates: 1 }')
  )
  const { out } = await made.run('plan', '--preview', '--no-check', '--format', 'markdown')
  expect(out).toContain('it would stop before that: it would update 2 records, and at most 1 may be')
  made.change('configs/a.yaml', (text) =>
    text.replace('{ updates: 1 }', '{ updates: none }').replace('updateOrCreate', 'remove')
  )
  made.system.objects.set(
    'people',
    new Map(['a', 'b', 'c', 'd'].map((name) => [name, { email: `${name}@example.com`, name }]))
  )
  made.source(...['a', 'b', 'c', 'd'].map((name) => ({ email: `${name}@example.com`, name, phone: null })))
  const removing = await made.run('plan', '--preview', '--no-check', '--format', 'markdown')
  expect(removing.out).toContain('it would remove 4 records, and at most 3 may be')
})

test('a new sync is previewed where what it reads is there', async () => {
  const made = await threePeople()
  made.change('configs/a.yaml', (text) => `${text}${another}`)
  const { out } = await made.run('plan', '--preview', '--no-check')
  expect(out).toContain('a run would read 4 records: 1 to create, 3 skipped')
  expect(out).toContain('no preview before model "New" exists')
  const list = await made.run('preview', '--all')
  expect(list.out).not.toContain('Another')
})

const another = `
  - name: Another
    active: true
    mode: create
    model: People
    identity: { source: email, target: email, function: Equality }
    fields: [{ source: name, target: name }]
    target: { connection: Store, object: people }
    schedule: manual
  - name: Later
    active: true
    mode: create
    model: New
    identity: { source: email, target: email, function: Equality }
    fields: [{ source: name, target: name }]
    target: { connection: Store, object: people }
    schedule: manual
---
models:
  - name: New
    connection: Store
    configuration: { table: people }
    fields: [email, name]
`

test('elsewhere it is a note, and the plan is whole', async () => {
  const made = await threePeople()
  made.change('configs/a.yaml', (text) => text.replace('mode: updateOrCreate', 'mode: create'))
  made.hide()
  const { code, out, err } = await made.run('plan', '--preview', '--no-check')
  expect(code).toBe(0)
  expect(out).toContain('1 to update')
  expect(err).toContain('warning[P808]: the service at polytomic.test has no preview of records')
})

test('of what the server cannot run it says why', async () => {
  const made = createSandbox({
    files: { 'configs/a.yaml': tutorial },
    env: { MONGODB_PASSWORD: 'p' },
    server: { run: { fetch: async () => Promise.reject(new Error('no')), connectors: new Map() } }
  })
  await made.run('apply', '--yes', '--no-check', '--quiet', '--exclude', 'sync "*"')
  const { out } = await made.run('plan', '--preview', '--no-check')
  expect(out).toMatch(/no preview/)
})

test('on this machine alone it reads the systems of the user, and has sent nothing to the target', async () => {
  const sent: string[] = []
  const made = createSandbox({
    io: {
      fetch: (request) => {
        sent.push(request.url)
        return Promise.reject(new TypeError('fetch failed'))
      }
    }
  })
  const file = (source: string): string => `
connections:
  - { name: Sheet, type: csv, configuration: { url: "file://${join(made.folder, 'people.csv')}" } }
  - { name: Hook, type: webhook, configuration: { url: "https://hooks.example.com/in" } }
models:
  - { name: People, connection: Sheet, configuration: {}, fields: [email, name] }
syncs:
  - name: People
    active: true
    mode: updateOrCreate
    model: People
    fields: [{ source: ${source}, target: record }]
    target: { connection: Hook, object: http }
    schedule: manual
    guards: { creates: 1 }
`
  writeFileSync(join(made.folder, 'people.csv'), 'email,name\na@example.com,A\nb@example.com,B\n')
  mkdirSync(join(made.folder, 'configs'), { recursive: true })
  const path = join(made.folder, 'configs/a.yaml')
  writeFileSync(path, file('name'))
  const local = ['--local', '--no-check'] as const
  expect(await made.run('apply', ...local, '--yes')).toMatchObject({ code: 0 })
  writeFileSync(path, file('email'))
  const { code, out } = await made.run('plan', ...local, '--preview')
  expect(code).toBe(0)
  expect(out).toContain(
    'a run would read 2 records: 2 to send; it would stop before that: it would create 2'
  )
  expect(out).not.toContain('a@example.com')
  expect(sent).toEqual([])
})
