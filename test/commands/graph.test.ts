import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createSandbox, tutorial } from '../support/sandbox.ts'

const env = { MONGODB_PASSWORD: 'planted' }
const files = { 'configs/a.yaml': tutorial }

test('from the files alone: nobody is asked', async () => {
  const world = createSandbox({ files, env })
  const { code, out, err } = await world.run('graph')
  expect({ code, err, out }).toEqual({
    code: 0,
    err: '',
    out: `connection "MongoDB Connection"
└─ model "MongoDB Model"
   └─ sync "Mongo to Salesforce Sync" → connection "Salesforce Connection": "Contact"
connection "Salesforce Connection" (written to by 1 resource)

2 connections, 1 model, 1 sync.
`
  })
  expect(world.requests()).toEqual([])
})

test('with --live: what a plan would do, and what does not work; it costs as much as a plan', async () => {
  const world = createSandbox({ files, env })
  await world.run('apply', '--yes')
  world.write({ 'configs/a.yaml': tutorial.replace('collection: users', 'collection: people') })
  world.requests()
  const { out } = await world.run('graph', '--live')
  const requests = world.requests().toSorted()
  expect(out).toContain('└─ ~ model "MongoDB Model"')
  expect(out).toContain('⧗ it is not authorized yet, or no longer')
  expect(out).toContain('; 1 to update, 2 wait for a person.')
  await world.run('plan', '--no-check')
  const planned = world.requests().filter((request) => request !== 'GET /api/bulk/syncs')
  expect(requests).toEqual(planned.toSorted())
  expect(requests.every((request) => request.startsWith('GET '))).toBe(true)
})

test('what is to be deleted still hangs where it hangs in the service', async () => {
  const world = createSandbox({
    files: {
      'configs/a.yaml': tutorial
        .replace('type: salesforce', 'type: postgresql')
        .replace(
          '{ domain: "https://example.my.salesforce.com" }',
          '{ hostname: db.example.com, database: d, username: u, password: "${env:MONGODB_PASSWORD}" }'
        )
        .replace('object: Contact', 'object: public.contact')
    },
    env
  })
  const { code } = await world.run('apply', '--yes', '--no-check')
  expect(code).toBe(0)
  const text = readFileSync(join(world.folder, 'configs/a.yaml'), 'utf8')
  world.write({
    'configs/a.yaml': `${text.slice(0, text.indexOf('syncs:'))}removed:\n  syncs: [Mongo to Salesforce Sync]\n`
  })
  const { out } = await world.run('graph', '--live')
  expect(out).toContain(
    '   └─ - sync "Mongo to Salesforce Sync" → connection "Salesforce Connection": "public.contact"'
  )
})

test('of a part, in any format, and into files', async () => {
  const world = createSandbox({ files, env })
  const words = [
    'graph',
    '--only',
    'model "MongoDB Model"',
    '--format',
    'mermaid',
    '--format',
    'svg=out/g.svg'
  ]
  const { code, out } = await world.run(...words)
  expect(code).toBe(0)
  expect(out).toMatch(/^flowchart LR\n/)
  expect(readFileSync(join(world.folder, 'out/g.svg'), 'utf8')).toMatch(/^<\?xml .*<\/svg>\n$/s)
  const { nodes } = { nodes: out.match(/^ {2}n\d+\[/gm) }
  expect(nodes).toHaveLength(4)
  const none = await world.run('graph', '--only', 'sync "Nobody"')
  expect(none.code).toBe(3)
  expect(none.err).toContain('no declared resource is called')
})

test('files that are wrong are told beside the drawing, which is empty', async () => {
  const world = createSandbox({ files: { 'configs/a.yaml': 'syncs: [{ nme: x }]\n' } })
  for (const format of ['dot', 'mermaid', 'svg']) {
    const { code, out, err } = await world.run('graph', '--format', format)
    expect({ code, out }).toEqual({ code: 3, out: '' })
    expect(err).toContain('P101')
  }
})

test('only its own formats are taken', async () => {
  const world = createSandbox({ files, env })
  expect((await world.run('graph', '--format', 'junit')).code).toBe(3)
  expect((await world.run('plan', '--format', 'dot')).code).toBe(3)
})
