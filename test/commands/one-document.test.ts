import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openDoor } from '../../src/commands/door.ts'
import { Unwritable, type WorldIo } from '../../src/commands/io.ts'
import { lookupResult } from '../../src/commands/result.ts'
import { createSandbox, storeFiles, type Sandbox, type SandboxOptions } from '../support/sandbox.ts'

const bad = { ...storeFiles, 'configs/b.yaml': 'roles: [{ nme: a }]\n', 'vars.yaml': 'x: 1\n' }
const env = { PASSWORD: 'planted' }
const down = { fetch: () => Promise.reject(new TypeError('fetch failed')) }
const stopped = { interrupted: Promise.resolve(), fetch: () => new Promise<Response>(() => undefined) }
const partner = { POLYTOMIC_API_KEY: '', POLYTOMIC_PARTNER_KEY: 'partner-key-1' }
const server = { partnerKey: 'partner-key-1', organizations: [{ name: 'Acme' }, { name: 'Beta' }] }
const tenants = {
  'v/Acme.yaml': 'host: a\n',
  'configs/v.yaml': 'variables: { host: {} }\nroles: [{ name: "${var:host}" }]\n'
}
const over = ['--all-organizations', '--var-file', 'v/{organization}.yaml']

interface Situation {
  world: SandboxOptions
  words?: string[]
  /** Words of commands to the exit code that is documented. */
  codes: Readonly<Record<string, number>>
}

const reading = [
  'plan',
  'drift',
  'apply --yes',
  'destroy --yes',
  'connect Store',
  'run --all',
  'preview --all',
  'sources Store',
  'targets Store',
  'graph --live'
]
const all = ['validate', 'graph', ...reading]
const each = (names: readonly string[], code: number) =>
  Object.fromEntries(names.map((name) => [name, code]))

const situations: Readonly<Record<string, Situation>> = {
  'all is well': {
    world: { files: storeFiles, env },
    codes: {
      validate: 0,
      plan: 0,
      'plan --detailed-exitcode': 2,
      drift: 2,
      'apply --yes': 0,
      'apply --yes --run': 0,
      apply: 7,
      'destroy --yes': 0,
      explain: 0,
      graph: 0,
      'graph --live': 0,
      'explain P201': 0
    }
  },
  'the connection is not there': {
    world: { files: storeFiles, env },
    codes: { 'connect Store': 3, 'sources Store': 3, 'targets Store': 3 }
  },
  'the saved plan is none': {
    world: { files: { 'plan.json': '{}' } },
    codes: { 'show plan.json': 3, 'show no.json': 3 }
  },
  'the files are wrong': { world: { files: bad, env }, codes: each(all, 3) },
  'an option is wrong': {
    world: { files: storeFiles, env },
    words: ['--nonsense'],
    codes: each([...all, 'explain', 'schema'], 3)
  },
  'a word is too many': { world: { files: storeFiles, env }, words: ['x', 'y', 'z'], codes: each(all, 3) },
  'a value is wrong': {
    world: { files: storeFiles, env },
    words: ['--timeout', 'soon'],
    codes: each(reading, 3)
  },
  'a file is not there': {
    world: { files: storeFiles, env },
    words: ['--file', 'no.yaml'],
    codes: each(all, 3)
  },
  'an environment file is not there': {
    world: { files: storeFiles, env },
    words: ['--env-file', 'no.env'],
    codes: each(all, 3)
  },
  'no such code': { world: {}, codes: { 'explain P999': 3 } },
  'the service is away': { world: { files: storeFiles, env, io: down }, codes: each(reading, 4) },
  'the key is refused': {
    world: { files: storeFiles, env: { ...env, POLYTOMIC_API_KEY: 'another' } },
    codes: each(reading, 4)
  },
  'the address is not trusted': {
    world: { files: storeFiles, env: { ...env, POLYTOMIC_URL: 'http://other.example' } },
    codes: each(reading, 7)
  },
  'the plan cannot be written': {
    world: { files: storeFiles, env },
    words: ['--out', '../no/such/p.json'],
    codes: { plan: 3 }
  },
  'many organizations': {
    world: { files: storeFiles, env: { ...env, ...partner }, server },
    words: ['--all-organizations'],
    codes: { plan: 0, drift: 2, 'apply --yes': 0, apply: 7 }
  },
  'many organizations, one broken': {
    world: { files: { ...storeFiles, ...tenants }, env: { ...env, ...partner }, server },
    words: over,
    codes: { plan: 3, drift: 3, 'apply --yes': 3 }
  },
  'many organizations, no plan can be written': {
    world: { files: storeFiles, env: { ...env, ...partner }, server },
    words: ['--all-organizations', '--out', '../no/{organization}/p.json'],
    codes: { plan: 3 }
  },
  'many organizations, and none is known': {
    world: { files: storeFiles, env: { ...env, ...partner }, server },
    words: ['--organization', 'Nobody'],
    codes: { plan: 3, drift: 3, 'apply --yes': 3 }
  },
  'a person stops it': { world: { files: storeFiles, env, io: stopped }, codes: each(reading, 130) },
  'a person stops many': {
    world: { files: storeFiles, env: { ...env, ...partner }, server, io: stopped },
    words: ['--all-organizations'],
    codes: { plan: 130, drift: 130, 'apply --yes': 130 }
  }
}

const rows = Object.entries(situations).flatMap(([what, { codes }]) =>
  Object.entries(codes).map(([words, code]) => [what, words, code] as const)
)

const validator = new Ajv2020({ allowUnionTypes: true }).compile(
  JSON.parse(readFileSync('schemas/validate.schema.json', 'utf8')) as object
)

describe('for programs', () => {
  test.each(rows)('%s: %s', async (what, words, code) => {
    const { world, words: more = [] } = situations[what]!
    const ran = await createSandbox(world).run(...words.split(' '), ...more, '--format', 'json')
    expect(ran.code, ran.out + ran.err).toBe(code)
    const value = JSON.parse(ran.out) as { problems?: unknown; valid?: unknown }
    expect(ran.out).toBe(`${JSON.stringify(value, null, 2)}\n`)
    if (value.valid !== undefined) expect(validator(value) || validator.errors).toBe(true)
    if (!ran.err.startsWith('error: ') && !words.startsWith('connect')) expect(ran.err).toBe('')
    expect(ran.out + ran.err).not.toContain('\u001B')
  })
})

describe('for people', () => {
  test.each(rows)('%s: %s', async (what, words, code) => {
    const { world, words: more = [] } = situations[what]!
    const ran = await createSandbox(world).run(...words.split(' '), ...more)
    expect(ran.code, ran.out + ran.err).toBe(code)
    // Whatever is wrong is told once, on standard error, and a failure says something.
    if (![0, 2, 130].includes(code)) expect(ran.err).toMatch(/error/)
    const reported = ran.err.split('\n').filter((line) => /^(error|warning)\[/.test(line))
    if (!more.some((word) => word.includes('organization')))
      expect(new Set(reported).size).toBe(reported.length)
    if (what !== 'many organizations, one broken') expect(ran.out).not.toMatch(/^error/m)
  })
})

describe('quiet is the result, and nothing else', () => {
  async function quiet(world: Sandbox, ...words: string[]): Promise<string> {
    const ran = await world.run(...words, '--quiet')
    expect(ran.err).toBe('')
    return ran.out
  }

  test('of each command', async () => {
    const world = createSandbox({ files: storeFiles, env })
    expect(await quiet(world, 'validate')).toBe('Valid: 2 resources in 1 file.\n')
    expect(await quiet(world, 'plan')).toBe('Plan: 2 to create, 0 to update, 0 to delete; 0 unchanged.\n')
    expect(await quiet(world, 'plan', '--out', 'p.json')).toMatch(/^Plan: [^\n]*\n$/)
    expect(await quiet(world, 'drift')).toBe('Drift: 2 of 2 declared resources differ.\n')
    expect(await quiet(world, 'apply', '--yes')).toBe('Applied: 2 done.\n')
    const idle = 'Nothing to do: the 2 declared resources are as the files say.\n'
    expect(await quiet(world, 'apply', '--yes')).toBe(idle)
    expect(await quiet(world, 'plan')).toBe(idle)
    expect(await quiet(world, 'drift')).toMatch(/^No drift: [^\n]*\n$/)
    expect(await quiet(world, 'destroy', '--yes')).toBe('Deleted: 2.\n')
    expect(await quiet(world, 'destroy', '--yes')).toMatch(/^Nothing to destroy: [^\n]*\n$/)
  })

  test('problems are told all the same', async () => {
    const world = createSandbox({ files: storeFiles, env, io: down })
    expect((await world.run('plan', '--quiet')).err).toContain('error[P603]')
  })

  test('what must be confirmed is shown', async () => {
    const io = { terminal: { out: true, err: false, in: true, width: 80 }, ask: async () => 'no' }
    const ran = await createSandbox({ files: storeFiles, env, io }).run('apply', '--quiet')
    expect(ran.out).toContain('+ connection "Store"')
  })
})

test('files are those of the configuration, whatever else was read and whatever came of it', async () => {
  for (const files of [storeFiles, { ...storeFiles, 'configs/z.yaml': 'roles: [{ nme: a }]\n' }]) {
    const world = createSandbox({ files: { ...files, 'vars.yaml': '{}' }, env })
    const counts: number[] = []
    for (const words of [['validate'], ['plan'], ['drift'], ['apply', '--yes']]) {
      const ran = await world.run(...words, '--var-file', 'vars.yaml', '--format', 'json')
      counts.push((JSON.parse(ran.out) as { files: number }).files)
    }
    expect(new Set(counts)).toEqual(new Set([Object.keys(files).length]))
  }
})

test('a secret that looks like a number leaves JSON behind', async () => {
  const texts: string[] = []
  const terminal = { out: false, err: false, in: false, width: 80 }
  const out = (text: string) => void texts.push(text)
  const door = openDoor({ out, terminal, env: {} } as unknown as WorldIo)
  door.redaction.add(['1234567890'])
  const facts = { number: 1234567890, text: 'a 1234567890', other: [12, 1234567890] }
  await door.end(lookupResult(0, { of: 'document', facts }), { format: 'json' })
  expect(JSON.parse(texts.join(''))).toEqual({
    number: '(secret)',
    text: 'a (secret)',
    other: [12, '(secret)']
  })
})

test('a plan that cannot be written is one answer with one problem more', async () => {
  const world = createSandbox({ files: storeFiles, env })
  const ran = await world.run('plan', '--out', '../no/such/p.json', '--format', 'json')
  const value = JSON.parse(ran.out) as { summary: unknown; problems: { code: string }[] }
  expect(value.summary).toMatchObject({ create: 2 })
  expect(value.problems.map(({ code }) => code)).toEqual(['P508'])
  const text = await world.run('plan', '--out', '../no/such/p.json')
  expect(text.code).toBe(3)
  expect(text.out).toContain('Plan: 2 to create')
})

test('many organizations: each has its own answer, whatever happens in one', async () => {
  const world = createSandbox({ files: storeFiles, env: { ...env, ...partner }, server })
  const ran = await world.run(
    'plan',
    '--all-organizations',
    '--out',
    '../no/{organization}.json',
    '--format',
    'json'
  )
  const value = JSON.parse(ran.out) as {
    organizations: { exit_code: number; result: { problems: { code: string }[]; summary: unknown } }[]
  }
  expect(value.organizations).toHaveLength(3)
  for (const { exit_code: code, result } of value.organizations) {
    expect(code).toBe(3)
    expect(result.summary).toMatchObject({ create: 2 })
    expect(result.problems.map((problem) => problem.code)).toEqual(['P508'])
  }
})

describe('a mistake of the program itself', () => {
  const mistaken: Partial<WorldIo> = {
    newKey: () => {
      throw new RangeError('a mistake')
    },
    stdin: () => Promise.reject(new RangeError('a mistake'))
  }

  test('is a document, too', async () => {
    const texts: string[] = []
    const world = createSandbox({ env, io: { ...mistaken, out: (text) => void texts.push(text) } })
    await expect(world.run('validate', '--file', '-', '--format', 'json')).rejects.toThrow('a mistake')
    const value = JSON.parse(texts.join('')) as { problems: { code: string }[] }
    expect(value.problems.map(({ code }) => code)).toEqual(['P622'])
    expect(validator(value) || validator.errors).toBe(true)
  })

  test('in one of many organizations is the answer of that one', async () => {
    const options = { env: { ...env, ...partner }, server, io: mistaken }
    const ran = await createSandbox(options).run(
      ...'plan --all-organizations --file - --format json'.split(' ')
    )
    expect(ran.code).toBe(1)
    const value = JSON.parse(ran.out) as { organizations: { result: { problems: { code: string }[] } }[] }
    expect(value.organizations.map(({ result }) => result.problems[0]?.code)).toEqual([
      'P622',
      'P622',
      'P622'
    ])
  })
})

describe('an answer that cannot be written', () => {
  test('is a failure, and is not tried again', async () => {
    for (const words of [
      ['schema'],
      ['explain', '--format', 'json'],
      ['plan'],
      ['plan', '--format', 'json']
    ]) {
      let tries = 0
      const io: Partial<WorldIo> = {
        out: () => {
          tries++
          throw new Unwritable('ENOSPC: no space left on device, write')
        }
      }
      const world = createSandbox({ files: storeFiles, env, io })
      await expect(world.run(...words), words.join(' ')).rejects.toThrow(Unwritable)
      expect(tries).toBe(1)
    }
  })

  test('nothing is applied where the plan could not be shown', async () => {
    const io: Partial<WorldIo> = {
      out: () => {
        throw new Unwritable('ENOSPC')
      }
    }
    const world = createSandbox({ files: storeFiles, env, io })
    await expect(world.run('apply', '--yes')).rejects.toThrow(Unwritable)
    expect(world.requests().filter((request) => !request.startsWith('GET '))).toEqual([])
  })

  // The limit of a shell makes every disk a small one: the first write takes a part, the next one fails.
  test.skipIf(process.platform === 'win32')('in part is a failure of the process', () => {
    const folder = mkdtempSync(join(tmpdir(), 'polyctl-full-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const whole = spawnSync(process.execPath, ['.runtime/polyctl.cjs', 'schema'], {
      encoding: 'utf8'
    }).stdout
    const script = `trap '' XFSZ; ulimit -f 16; exec "$0" src/main.ts schema > "$1"`
    const ran = spawnSync('bash', ['-c', script, process.execPath, join(folder, 'schema.json')], {
      encoding: 'utf8'
    })
    const written = readFileSync(join(folder, 'schema.json'), 'utf8')
    expect(written.length).toBeGreaterThan(0)
    expect(written.length).toBeLessThan(whole.length)
    expect(ran.stderr).toMatch(/^error: the output cannot be written: /)
    expect(ran.status).toBe(1)
  })
})
