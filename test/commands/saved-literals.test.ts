import { createHash, createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { elsewhere } from '../support/repository.ts'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'

/** Secrets that the files spell out: an approval is of them too, and gives nobody a way to them. */

const secret = 'S3cretHunter2'
const file = 'configs/a.yaml'
const connection = (password: string, more = ''): string =>
  `${more}connections: [{ name: C, type: mongodb, configuration: { hosts: h, password: "${password}" } }]\n`

async function saved(text: string, env: Record<string, string> = {}): Promise<Sandbox> {
  const world = createSandbox({ files: { [file]: text }, env })
  const ran = await world.run('plan', '--out', 'plan.json')
  expect(ran.code, ran.out + ran.err).toBe(0)
  return world
}

test.each([
  ['a literal', connection(secret), connection(secret.replace('2', '3'))],
  ['a part of one', connection(`\${env:A}${secret}`), connection(`\${env:A}${secret.replace('2', '3')}`)],
  ['a fallback', connection(`\${env:PW:-${secret}}`), connection('${env:PW:-S3cretHunter3}')],
  [
    'a default',
    connection('${var:pw}', `variables: { pw: { default: ${secret} } }\n`),
    connection('${var:pw}', 'variables: { pw: { default: S3cretHunter3 } }\n')
  ]
])('%s that changed in its place is told, and not what it is', async (_what, then, now) => {
  const world = await saved(then, { A: 'a' })
  world.write({ [file]: now })
  const ran = await world.run('apply', 'plan.json')
  expect([ran.code, ran.err]).toEqual([6, expect.stringContaining('the files say something else of it')])
  expect(ran.out + ran.err).not.toContain('Hunter')
  world.write({ [file]: then })
  expect((await world.run('apply', 'plan.json')).code).toBe(0)
})

test('the value of a placeholder is not in the approval', async () => {
  const world = await saved(connection('${env:PW}'), { PW: 'one' })
  expect(readFileSync(join(world.folder, 'plan.json'), 'utf8')).not.toContain('secrets_key')
  expect((await elsewhere(world, { env: { PW: 'two' } }).run('apply', 'plan.json')).code).toBe(0)
})

test('without the key, two secrets leave the same traces as chance', async () => {
  const world = await saved(connection(secret))
  const read = (): string => readFileSync(join(world.folder, 'plan.json'), 'utf8')
  const first = read()
  await world.run('plan', '--out', 'plan.json')
  expect(read()).toBe(first)
  const texts = [secret, JSON.stringify(secret), JSON.stringify([{ literal: secret }])]
  for (const text of texts)
    for (const algorithm of ['md5', 'sha1', 'sha256', 'sha512'])
      for (const encoding of ['hex', 'base64', 'base64url'] as const)
        for (const hash of [
          createHash(algorithm),
          createHmac(algorithm, ''),
          createHmac(algorithm, 'polyctl')
        ])
          expect(first).not.toContain(hash.update(text).digest(encoding).slice(0, 12))
  expect(first).not.toContain(secret)
  // The same files in the same place, with another key: everything that rests on the secret differs.
  const other = await saved(connection(secret))
  const theirs = readFileSync(join(other.folder, 'plan.json'), 'utf8')
  const of = (text: string): string[] => {
    const { configuration, secrets_key, resources } = JSON.parse(text)
    return [configuration, secrets_key, resources[0].declared]
  }
  const [mine, others] = [of(first), of(theirs)]
  for (const [at, hash] of mine.entries()) expect(hash).not.toBe(others[at])
})

test('another key cannot tell, and says so', async () => {
  const world = createSandbox({ files: {} })
  const text = connection(secret, `workspace: { organization: ${world.server.organizationId} }\n`)
  world.write({ [file]: text })
  expect((await world.run('plan', '--out', 'plan.json')).code).toBe(0)
  const key = world.server.store.addPartnerKey()
  const partner = elsewhere(world, { env: { POLYTOMIC_PARTNER_KEY: key, POLYTOMIC_API_KEY: '' } })
  const ran = await partner.run('apply', 'plan.json')
  expect([ran.code, ran.err]).toEqual([3, expect.stringContaining('the plan was made with another key')])
})
