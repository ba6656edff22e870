import { mkdirSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { WorldIo } from '../../src/commands/io.ts'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'

/** Where several environments share the files, and from where in the project polyctl is run. */

const files = {
  'configs/a.yaml': `
variables: { region: {} }
connections:
  - name: "PG \${var:region}"
    type: postgresql
    configuration: { hostname: "\${env:PG_HOST}", database: d, username: u, password: "\${env:PG_PASSWORD:-x}" }
`,
  'envs/eu.yaml': 'region: eu\n',
  'envs/us.yaml': 'region: us\n',
  'envs/eu.env': 'PG_HOST=eu.example.com\n',
  '.env': 'PG_HOST=plain.example.com\n'
}

const environments = `
environments:
  eu: { var_file: envs/eu.yaml, env_file: envs/eu.env }
  us: { var_file: [envs/us.yaml], organization: Local }
`

function world(
  yaml = environments,
  more: { env?: Record<string, string>; io?: Partial<WorldIo> } = {}
): Sandbox {
  return createSandbox({ files: { ...files, 'polyctl.yaml': yaml }, ...more })
}

describe('an environment', () => {
  test('brings its variables, and is told in the first line', async () => {
    const { out, code } = await world().run('plan', '--environment', 'eu')
    expect(code).toBe(0)
    expect(out).toMatch(/^Local · environment eu · polytomic\.test · .* · variables of \.env$/m)
    expect(out).toContain('connection "PG eu"')
    expect(out).toContain('eu.example.com')
  })

  test('an option wins over what it says', async () => {
    const sandbox = world()
    const { out } = await sandbox.run('plan', '--environment', 'eu', '--var', 'region=mars')
    expect(out).toContain('connection "PG mars"')
  })

  test('is one of those that are declared, by option, variable and default', async () => {
    const byDefault = world(`default_environment: us\n${environments}`)
    expect((await byDefault.run('plan')).out).toContain('connection "PG us"')
    const byVariable = world(`default_environment: us\n${environments}`, {
      env: { POLYCTL_ENVIRONMENT: 'eu' }
    })
    expect((await byVariable.run('plan')).out).toContain('connection "PG eu"')
    expect((await byVariable.run('plan', '--environment', 'us')).out).toContain('connection "PG us"')
    const wrong = await byVariable.run('plan', '--environment', 'ue')
    expect(wrong.code).toBe(3)
    expect(wrong.err).toContain('error[P316]: no environment is called `ue`')
    expect(wrong.err).toContain('similar name exists: `eu`')
  })

  test('is told in JSON, and none as null', async () => {
    const sandbox = world()
    const json = async (...words: string[]): Promise<unknown> =>
      JSON.parse((await sandbox.run('plan', '--format', 'json', '--var', 'region=x', ...words)).out)
    expect(await json('--environment', 'us')).toMatchObject({ environment: 'us' })
    expect(await json('--environment', 'none')).toMatchObject({ environment: null })
  })

  test.each(['plan', 'drift', 'apply', 'destroy', 'status', 'sources x'])(
    'where none is chosen, nothing is asked: %s',
    async (command) => {
      const sandbox = world()
      const { code, err } = await sandbox.run(...command.split(' '))
      expect(code).toBe(3)
      expect(err).toContain('`polyctl.yaml` declares environments, and none is chosen')
      expect(sandbox.requests()).toEqual([])
    }
  )

  test('the files can be checked, and tried on this machine, without one', async () => {
    const sandbox = world()
    expect((await sandbox.run('validate', '--var', 'region=x')).code).toBe(0)
    expect((await sandbox.run('plan', '--local', '--var', 'region=x')).code).toBe(0)
    expect((await sandbox.run('plan', '--environment', 'none', '--var', 'region=x')).code).toBe(0)
  })

  test('names no address that a person did not name, and none beside another', async () => {
    const there = `environments: { eu: { url: https://elsewhere.example, var_file: envs/eu.yaml } }`
    const unnamed = world(there, { env: { POLYTOMIC_URL: undefined as unknown as string } })
    const refused = await unnamed.run('plan', '--environment', 'eu')
    expect(refused.code).toBe(7)
    expect(refused.err).toContain('error[P623]')
    expect(refused.err).toContain('polyctl.yaml:1:28')
    expect(refused.err).toContain('only `url` of environment `eu` names it')
    const both = world(there)
    const stopped = await both.run('plan', '--environment', 'eu')
    expect(stopped.code).toBe(3)
    expect(stopped.err).toContain('is at another address than POLYTOMIC_URL says')
    expect(both.requests()).toEqual([])
    const same = world(`environments: { eu: { url: https://polytomic.test, var_file: envs/eu.yaml } }`)
    expect((await same.run('plan', '--environment', 'eu')).code).toBe(0)
  })

  test('is of one organization, whatever the key opens', async () => {
    const other = world('environments: { eu: { organization: Acme, var_file: envs/eu.yaml } }')
    const refused = await other.run('plan', '--environment', 'eu')
    expect(refused.code).toBe(4)
    expect(refused.err).toContain('error[P403]')
    const two = world('environments: { us: { organization: Local, var_file: envs/us.yaml } }')
    two.write({ 'configs/w.yaml': 'workspace: { organization: Acme }\n' })
    const { code, err } = await two.run('plan', '--environment', 'us')
    expect(code).toBe(4)
    expect(err).toContain('the files are for organization `Acme`, not for environment `us`')
  })

  test('says the revision that was applied there, and `--since none` goes without', async () => {
    const sandbox = world('environments: { eu: { since: HEAD, var_file: envs/eu.yaml } }')
    const { code, err } = await sandbox.run('plan', '--environment', 'eu')
    expect(code).toBe(3)
    expect(err).toContain('`--since HEAD` cannot be looked up')
    expect((await sandbox.run('plan', '--environment', 'eu', '--since', 'none')).code).toBe(0)
    expect((await sandbox.run('destroy', '--environment', 'eu', '--yes')).code).toBe(0)
  })
})

describe('a polyctl.yaml', () => {
  test.each([
    ['environments: { none: {} }', 'no environment can be called `none`'],
    ['default_environment: x', 'no environment is called `x`'],
    ['environments: { a: { adress: x } }', '`adress`'],
    ['environments: [a]', '`environments` expects a mapping'],
    ['environments: { a: { url: "${env:X}" } }', 'placeholders are not filled'],
    ['connections: []', 'what is to be managed stands in the files'],
    ['- a', '`polyctl.yaml` is a mapping, found a list'],
    ['environments: {', 'polyctl.yaml:1:'],
    ['environments: { "a b": {} }', 'polyctl.yaml:1:']
  ])('%s is told with its place', async (yaml, words) => {
    const sandbox = world(yaml)
    const { code, err } = await sandbox.run('validate')
    expect(code).toBe(3)
    expect(err).toContain(words)
    expect(err).toContain('polyctl.yaml:1:')
  })

  test('shows no value that may be a secret', async () => {
    const { err } = await world('environments: { eu: { password: planted-secret } }').run('validate')
    expect(err).toContain('polyctl.yaml:1:')
    expect(err).not.toContain('planted-secret')
  })

  test('environments stand there and nowhere else; with the whole folder it is no configuration', async () => {
    const sandbox = world()
    expect(
      (await sandbox.run('validate', '-f', 'configs', '-f', 'polyctl.yaml', '--var', 'region=x')).code
    ).toBe(0)
    sandbox.write({ 'configs/e.yaml': environments })
    const { code, err } = await sandbox.run('validate', '--var', 'region=x')
    expect(code).toBe(3)
    expect(err).toContain('error[P316]: `environments` stands in `polyctl.yaml` only')
    expect(err).toContain('configs/e.yaml:2:1')
  })
})

describe('the folder of the project', () => {
  function below(isRepository: boolean): { sandbox: Sandbox; go: (folder: string) => void } {
    const io: Partial<WorldIo> = {}
    const sandbox = world(environments, { io })
    if (isRepository) mkdirSync(join(sandbox.folder, '.git'))
    return {
      sandbox,
      go(folder) {
        mkdirSync(join(sandbox.folder, folder), { recursive: true })
        io.cwd = join(sandbox.folder, folder)
      }
    }
  }

  test('is found from each folder of the repository, with all that belongs to it', async () => {
    const { sandbox, go } = below(true)
    for (const [folder, up] of [
      ['.', ''],
      ['configs', '../'],
      ['a/b', '../../']
    ] as const) {
      go(folder)
      const { out, code } = await sandbox.run('plan', '--local', '--environment', 'eu')
      expect(code).toBe(0)
      expect(out).toContain(`variables of ${up}.env`)
      expect(out).toContain('eu.example.com')
    }
    expect(existsSync(join(sandbox.folder, '.polyctl'))).toBe(true)
    expect(existsSync(join(sandbox.folder, 'a/b/.polyctl'))).toBe(false)
  })

  test('without a repository, what is above belongs to somebody else', async () => {
    const { sandbox, go } = below(false)
    go('a')
    const { code, err } = await sandbox.run('validate')
    expect(code).toBe(3)
    expect(err).toContain('error[P009]')
    expect(err).toContain('there is `../configs`')
  })

  test('is the nearest: a project inside of another is by itself', async () => {
    const { sandbox, go } = below(true)
    sandbox.write({ 'inner/configs/r.yaml': 'roles: [{ name: readers }]\n' })
    go('inner')
    const { out } = await sandbox.run('validate')
    expect(out).toBe('Valid: 1 resource in 1 file.\n')
  })
})

describe('a .env beside the files', () => {
  test('is read, wins over nothing that is set outside, and is told', async () => {
    const sandbox = world(undefined, { env: { PG_HOST: 'outside.example.com' } })
    const { out } = await sandbox.run('plan', '--var', 'region=x', '--environment', 'none')
    expect(out).toContain('outside.example.com')
    const validated = await sandbox.run('validate', '--var', 'region=x')
    expect(validated.out).toMatch(/^Valid: 1 resource in 1 file, with variables of \.env\.$/m)
  })

  test('a line that sets nothing is told with its place', async () => {
    const sandbox = world()
    sandbox.write({ '.env': 'PG_HOST=h\nnonsense\n' })
    const { err } = await sandbox.run('validate', '--var', 'region=x')
    expect(err).toContain('warning[P624]: a line of an environment file sets nothing')
    expect(err).toContain('.env:2:1')
  })

  test('names no host that a person did not name, and is no text for a plan', async () => {
    const sandbox = world(undefined, { env: { POLYTOMIC_URL: undefined as unknown as string } })
    sandbox.write({ '.env': 'PG_HOST=h\nPOLYTOMIC_URL=https://elsewhere.example\n' })
    const { code, err } = await sandbox.run('plan', '--var', 'region=x', '--environment', 'none')
    expect(code).toBe(7)
    expect(err).toContain('only POLYTOMIC_URL in .env names it')
    sandbox.write({
      'configs/a.yaml':
        'models: [{ name: m, connection: c, configuration: { query: "${file:../.env}" } }]\n'
    })
    const shown = await sandbox.run('plan', '--local')
    expect(shown.code).toBe(3)
    expect(shown.err).toContain('it is `.env`, where keys are kept')
    expect(shown.out + shown.err).not.toContain('elsewhere.example')
  })
})
