import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { failureProblem } from '../../src/remote/failure.ts'
import { idleAdvice } from '../support/advice.ts'
import { allow, createSandbox, tutorial, type Sandbox } from '../support/sandbox.ts'

const env = { PASSWORD: 'planted', MONGODB_PASSWORD: 'planted' }
const store = `
connections:
  - name: Store
    type: postgresql
    configuration: { hostname: h, port: 5432, database: d, username: u, password: "\${env:PASSWORD}" }
`
const model = 'models: [{ name: Users, connection: Store, configuration: { table: public.users } }]\n'

test('advice that cannot be followed is found', async () => {
  expect(await idleAdvice(['drift'], 'pass `--rotate x`')).toEqual(['--rotate x: drift takes no --rotate'])
  expect(await idleAdvice(['destroy'], 'run `polyctl forget --now`')).not.toEqual([])
  expect(await idleAdvice(['plan'], 'run `polyctl connect "X" --wait`')).not.toEqual([])
  expect(await idleAdvice(['plan'], 'authorize it: polyctl connect "X" --wait\n')).not.toEqual([])
  expect(await idleAdvice(['plan'], 'pass `--since`; run `polyctl apply --yes`; `--file` is')).toEqual([])
})

describe('what is advised works where it is advised', () => {
  test('destroy takes along what uses a connection and no file declares, when it is told to', async () => {
    const world = createSandbox({ files: { 'configs/a.yaml': store, 'configs/b.yaml': model }, env })
    expect((await world.run('apply', '--yes')).code).toBe(0)
    world.write({ 'configs/b.yaml': 'variables: {}\n' })
    const refused = await world.run('destroy', '--yes')
    expect(refused.code).toBe(7)
    expect(refused.err).toContain('`--force-delete`')
    const done = await world.run('destroy', '--yes', '--force-delete')
    expect(done.code, done.err).toBe(0)
    expect(done.out).toContain('it uses connection "Store", which is deleted')
    expect(world.server.store.all('model')).toEqual([])
    expect(world.server.store.all('connection')).toEqual([])
  })

  test('the last line of the help can be typed as it stands, in an empty folder', async () => {
    const { out } = await createSandbox().run('--help')
    const last = out.trimEnd().split('\n').at(-1) ?? ''
    const lines = last.replace(/^.*?: /, '').split(' && ')
    const world = createSandbox()
    let shown = ''
    for (const line of lines) {
      const ran = await world.run(...line.replace(/^polyctl /, '').split(' '))
      expect(ran.code, `${line}: ${ran.err}`).toBe(0)
      shown = ran.out
    }
    expect(shown).toMatch(/^Plan: [1-9]\d* to create/m)
  })

  test('an object that is not there is told by what is there', async () => {
    const world = createSandbox({ files: { 'configs/a.yaml': tutorial }, env })
    await world.run('apply', '--yes')
    await allow(world, 'Salesforce Connection')
    const ran = await world.run('targets', 'Salesforce Connection', 'contact')
    expect(ran.code).toBe(3)
    expect(ran.err).toContain('connection `Salesforce Connection` has no object `contact`')
    expect(ran.err).toContain('there is `Contact`')
    expect(ran.err).not.toContain('deleted meanwhile')
    expect((await world.run('targets', 'Salesforce Connection', 'Contact')).code).toBe(0)
    const far = await world.run('targets', 'Salesforce Connection', 'nothing_like_it')
    expect(far.err).toContain('see them all: `polyctl targets "Salesforce Connection"`')
    expect((await world.run('targets', 'Salesforce Connection')).code).toBe(0)
  })

  test('where the first request finds nothing, the address is wrong', async () => {
    const io = { fetch: async () => new Response('{"message":"no such address"}', { status: 404 }) }
    const ran = await createSandbox({ files: { 'configs/a.yaml': store }, env, io }).run('plan')
    expect(ran.err).toContain('error[P606]')
    expect(ran.err).toContain('check the address of the service (`--url` or POLYTOMIC_URL)')
    expect(ran.err).not.toContain('deleted meanwhile')
  })

  const failure = { status: 403, words: 'no', refused: true, usedBy: [] }
  const id = '9f1c9b1e-0000-4000-8000-000000000009'
  test.each([
    ['P605', `GET /api/organizations/${id}/users`, /key of a partner/],
    ['P605', 'GET /api/syncs', /^(?!.*partner)/],
    ['P606', `GET /api/organizations/${id}/users`, /key of a partner/],
    ['P606', `GET /api/models/${id}`, /deleted meanwhile/],
    ['P606', 'POST /api/syncs', /deleted meanwhile/],
    ['P606', 'GET /api/syncs?page=2', /deleted meanwhile|address/],
    ['P606', 'GET /api/me', /^(?!.*deleted).*--url/]
  ] as const)('%s of %s', (code, request, wanted) => {
    expect(failureProblem({ ...failure, code, request }, 'reading').help.join(' ')).toMatch(wanted)
  })

  test('a question says what it asks for, and a near answer what is missing', async () => {
    const asked: string[] = []
    let answer = 'y'
    const io = {
      terminal: { out: true, err: false, in: true, width: 80 },
      ask: async (question: string) => {
        asked.push(question)
        return answer
      }
    }
    const world = createSandbox({ files: { 'configs/a.yaml': store }, env, io })
    const refused = await world.run('apply')
    expect(refused.code).toBe(7)
    expect(refused.err).toContain('type the whole word yes')
    answer = 'yes'
    expect((await world.run('apply')).code).toBe(0)
    const kept = await world.run('destroy')
    expect(asked.at(-1)).toBe('Type "Local" to delete 1 resource: ')
    expect(kept.err).toContain('type the name of the organization, as the question shows it')
    answer = 'Local'
    expect((await world.run('destroy')).code).toBe(0)
  })

  test('what becomes of each change is told once, and a link once', async () => {
    const world = createSandbox({ files: { 'configs/a.yaml': tutorial }, env })
    const ran = await world.run('apply', '--yes')
    const all = ran.out + ran.err
    expect(all.match(/^pending +connection "Salesforce Connection"/gm)).toHaveLength(1)
    expect(all.match(/https:\/\/polytomic\.test\/connect\//g)).toHaveLength(1)
    const failing: Sandbox = createSandbox({
      files: { 'configs/a.yaml': store },
      env,
      io: {
        fetch: async (request) =>
          request.method === 'POST'
            ? new Response('{"message":"not like this"}', { status: 400 })
            : await failing.server.fetch(request)
      }
    })
    const failed = await failing.run('apply', '--yes')
    expect(failed.code).not.toBe(0)
    expect((failed.out + failed.err).match(/^failed +connection "Store"/gm)).toHaveLength(1)
    expect((failed.out + failed.err).match(/^error\[/gm)).toHaveLength(1)
  })
})

test('lines of an environment file that set nothing are told with their place, and no value', async () => {
  const files = { 'configs/a.yaml': store, 'ci.env': '# keys\nPASSWORD=x\nhunter2\nPASSWORD=y\n' }
  for (const words of [['validate'], ['plan'], ['apply', '--yes']]) {
    const ran = await createSandbox({ files }).run(...words, '--env-file', 'ci.env')
    expect(ran.code, ran.err).toBe(0)
    expect(ran.err).toMatch(
      /warning\[P624\]: a line of an environment file sets nothing\n +--> ci\.env:3:1/
    )
    expect(ran.err).toMatch(
      /warning\[P624\]: `PASSWORD` stands twice in an environment file\n +--> ci\.env:4:1/
    )
    expect(ran.out + ran.err).not.toContain('hunter2')
  }
})

describe('a Node that is too old', () => {
  function checkedBy(version: string, isCheckout: boolean): { status: number | null; stderr: string } {
    const folder = mkdtempSync(join(tmpdir(), 'polyctl-node-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    cpSync('.runtime/check-node.cjs', join(folder, '.runtime/check-node.cjs'))
    if (isCheckout) {
      mkdirSync(join(folder, 'src'))
      writeFileSync(join(folder, 'src/main.ts'), '')
    }
    const pretend = `Object.defineProperty(process, 'versions', { value: { node: '${version}' } })`
    const script = `${pretend}; require('./.runtime/check-node.cjs')`
    const ran = spawnSync(process.execPath, ['-e', script], { cwd: folder, encoding: 'utf8' })
    return { status: ran.status, stderr: ran.stderr }
  }

  test.each([
    ['20.19.0', false],
    ['22.17.9', false],
    ['22.18.0', true],
    ['23.11.1', false],
    ['24.0.0', false],
    ['24.10.0', false],
    ['24.11.0', true],
    ['25.0.0', true]
  ])('%s: %s', (version, fits) => {
    const { status, stderr } = checkedBy(version, false)
    expect(status).toBe(fits ? 0 : 1)
    if (!fits) expect(stderr).toContain(`this is Node ${version}`)
  })

  test('who installed a package is not told of a checkout', () => {
    const installed = checkedBy('23.1.0', false).stderr
    expect(installed).toContain('not 23, and not 24.0 to 24.10')
    expect(installed).not.toMatch(/checkout|npm ci/)
    expect(checkedBy('23.1.0', true).stderr).toContain('npm run -s polyctl')
  })
})
