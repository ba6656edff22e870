import { expect, test } from 'vitest'
import { apiVersions } from '../../src/wire/common.ts'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'

/** What is chosen with `--param` and is not there is told; what is open, or fits, is not. */

const files = (version: string): string => `workspace: { api_version: "${version}" }
connections:
  - { name: E, type: postgresql, configuration: { hostname: h, port: 5432, database: d, username: u, password: "\${env:PW}" } }
  - { name: M, type: mongodb, configuration: { hosts: h, username: u, password: "\${env:PW}" } }
`

async function applied(version: string): Promise<Sandbox> {
  const world = createSandbox({ files: { 'configs/a.yaml': files(version) }, env: { PW: 'planted' } })
  expect((await world.run('apply', '--yes')).code).toBe(0)
  return world
}

test.each(apiVersions)('in %s', async (version) => {
  const world = await applied(version)
  const run = async (connection: string, ...chosen: string[]): Promise<[number, string]> => {
    const params = chosen.flatMap((one) => ['--param', one])
    const { code, out, err } = await world.run('sources', connection, ...params)
    return [code, out + err]
  }
  const wrong: [string, string[], RegExp][] = [
    [
      'E',
      ['table=public.userz'],
      /has no `table` that is called so: `--param table=public.userz`[^]*`public.users`/
    ],
    ['E', ['table=zzzzzzzzzzz'], /has no `table`[^]*there is `public/],
    ['E', ['tabel=public.users'], /nothing to choose as `tabel`[^]*there is `table`/],
    ['E', ['constructor=x'], /nothing to choose as `constructor`/],
    ['M', ['database=nowhere'], /has no `database`/],
    ['M', ['database=example', 'collection=nothing'], /has no `collection`/]
  ]
  for (const [connection, chosen, reported] of wrong) {
    const [code, text] = await run(connection, ...chosen)
    expect([code, text], chosen.join()).toEqual([3, expect.stringMatching(reported)])
    const json = await world.run(
      'sources',
      connection,
      '--format',
      'json',
      ...chosen.flatMap((one) => ['--param', one])
    )
    expect([json.code, JSON.parse(json.out).problems[0].code]).toEqual([3, 'P402'])
  }
  const right: [string, string[]][] = [
    ['E', []],
    ['E', ['table=public.users']],
    ['E', ['query=select 1']],
    ['M', ['database=example']],
    ['M', ['database=example', 'collection=users']]
  ]
  for (const [connection, chosen] of right) {
    const [code, text] = await run(connection, ...chosen)
    expect([code, text], chosen.join()).toEqual([0, text])
  }
})
