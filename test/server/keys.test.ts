import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { digest, openDirectory } from '../../src/server/directory.ts'
import { openServerDatabase } from '../../src/server/database.ts'
import { client, origin, testServer } from './client.ts'

const blanks = ['', ' ', '\t', '  \n', '\u00A0', '\u0000', 'a b', 'ä']

test.each(blanks)('%j cannot be made a key, whichever way it comes', (key) => {
  expect(() => testServer({ apiKey: key })).toThrow(/a key must not be empty/)
  expect(() => testServer({ partnerKey: key })).toThrow(/a key must not be empty/)
  expect(() => testServer({ users: [{ name: 'X', key }] })).toThrow(/a key must not be empty/)
  expect(() => testServer({ organizations: [{ name: 'B', key }] })).toThrow(/a key must not be empty/)
  const directory = openDirectory(openServerDatabase(undefined))
  const credential = { class: 'partner', organizationId: '', actor: { id: '', name: '', type: 'partner' } }
  expect(() => directory.addCredential(key, credential as never)).toThrow(/a key must not be empty/)
})

const basic = (text: string): string => Buffer.from(text).toString('base64')

test('an empty credential is refused, even by a folder that has one', async () => {
  const path = mkdtempSync(join(tmpdir(), 'polyctl-keys-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  testServer({ directory: path }).close()
  const database = new DatabaseSync(join(path, 'polytomic.db'))
  const actor = JSON.stringify({ id: 'x', name: 'X', type: 'partner' })
  for (const key of ['', ' ']) {
    database
      .prepare(
        "INSERT INTO credential (digest, class, organization_id, actor) VALUES (?, 'partner', '', ?)"
      )
      .run(digest(key), actor)
  }
  database.close()
  const server = testServer({ directory: path, partnerKey: 'partner-key' })
  onTestFinished(() => server.close())
  const { organizationId: id } = server
  for (const sent of [
    'Bearer',
    'bearer',
    'Bearer ',
    'Bearer\t',
    'Bearer  ',
    'Bearer ""',
    'Bearer , Bearer',
    'Bearer ,',

    'Basic',
    'Basic ',
    'Basic =',
    `Basic ${basic('')}`,
    `Basic ${basic(':')}`,
    `Basic ${basic(`${id}:`)}`,
    `Basic ${basic(`${id}: `)}`,
    `Basic ${basic(':partner-key')}`,
    'Bearer partner-key, Bearer',
    'Bearer partner-key Bearer',
    'Bearer, Bearer partner-key',
    'partner-key',
    ',',
    'Token partner-key'
  ]) {
    const reply = await client(server, '2025-09-18', sent).get('/api/organizations')
    expect([sent, reply.status]).toEqual([sent, 401])
  }
  for (const sent of ['Bearer partner-key', 'bearer  partner-key', 'BEARER\tpartner-key']) {
    expect([sent, (await client(server, '2025-09-18', sent).get('/api/organizations')).status]).toEqual([
      sent,
      200
    ])
  }
})

test('two headers of one request are one that is wrong', async () => {
  const server = testServer({ partnerKey: 'partner-key' })
  const headers = new Headers([
    ['authorization', 'Bearer partner-key'],
    ['authorization', 'Bearer partner-key']
  ])
  expect((await server.fetch(new Request(`${origin}/api/organizations`, { headers }))).status).toBe(401)
})
