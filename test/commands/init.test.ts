import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { describe, expect, test } from 'vitest'
import { createdCommands } from '../support/command-words.ts'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'

function reader(world: Sandbox): (path: string) => string {
  return (path) => readFileSync(join(world.folder, path), 'utf8')
}

test('from nothing: what is written is valid, in the layout, and applied on this machine', async () => {
  const world = createSandbox()
  const read = reader(world)
  const first = await world.run('init')
  expect([first.code, first.err]).toEqual([0, ''])
  expect(await world.run('validate')).toMatchObject({ code: 0, err: '' })
  expect((await world.run('fmt', '--check')).code).toBe(0)
  expect((await world.run('plan', '--local')).out).toContain('Plan: 3 to create')
  expect((await world.run('apply', '--local', '--yes')).code).toBe(0)
  expect((await world.run('plan', '--local', '--detailed-exitcode')).code).toBe(0)
  expect(read('configs/example.yaml')).toMatch(/^# yaml-language-server: \$schema=/)
  expect(parse(read('.github/workflows/polyctl.yml'))).toMatchObject({
    jobs: { review: { steps: expect.any(Array) }, apply: {}, drift: {} }
  })
  const before = ['.gitignore', '.env.example', 'configs/example.yaml'].map(read)
  expect((await world.run('init')).code).toBe(0)
  expect(['.gitignore', '.env.example', 'configs/example.yaml'].map(read)).toEqual(before)
  expect(read('.gitignore')).toBe('.env\n.polyctl/*\n!.polyctl/schema.json\n')
  expect(world.requests()).toEqual([])
})

test('what exists is left: lines are added to .gitignore alone, and only --force overwrites', async () => {
  const files = {
    '.gitignore': 'node_modules\r\n.env',
    '.env.example': 'MINE=\n',
    'polytomic/mine.yaml': 'roles: [{ name: mine }]\n'
  }
  const world = createSandbox({ files })
  const read = reader(world)
  const { out } = await world.run('init', '--no-workflow')
  expect(out).toContain('= .env.example  (exists, and is left; --force overwrites)')
  expect(read('.gitignore')).toBe('node_modules\r\n.env\r\n.polyctl/*\r\n!.polyctl/schema.json\r\n')
  expect(read('.env.example')).toBe('MINE=\n')
  expect(['configs', '.github'].map((path) => existsSync(join(world.folder, path)))).toEqual([false, false])
  await world.run('init', '--force', '--no-workflow')
  expect(read('.env.example')).toContain('POLYTOMIC_API_KEY=')
})

test('what is live is imported into the folder that is named, and the plan there is empty', async () => {
  const world = createSandbox({ files: { 'first/configs/a.yaml': 'roles: [{ name: readers }]\n' } })
  expect((await world.run('apply', '--yes', '--file', 'first/configs')).code).toBe(0)
  const { code, out } = await world.run('init', 'a new one', '--import')
  expect([code, out]).toEqual([0, expect.stringContaining('Imported from')])
  expect(existsSync(join(world.folder, 'a new one', '.gitignore'))).toBe(true)
  const plan = await world.run('plan', '--detailed-exitcode', '--file', 'a new one/configs')
  expect([plan.code, plan.out]).toEqual([0, expect.stringContaining('Nothing to do')])
})

test('what comes next after an import is written as it has to be typed', async () => {
  const world = createSandbox({ files: { 'first/configs/a.yaml': 'roles: [{ name: readers }]\n' } })
  world.write({ 'keys/own.env': 'A=1\n' })
  const address = 'https://polytomic.test'
  expect((await world.run('apply', '--yes', '--file', 'first/configs')).code).toBe(0)
  const next = (out: string): string[] =>
    out
      .split('\nNext\n')
      .slice(1)
      .flatMap((text) => text.trim().split(/\n */))
      .map((line) => line.replace(/ +# .*/, ''))
  const begun = await world.run('init', 'a b', '--import', '--url', address, '--env-file', 'keys/own.env')
  expect(next(begun.out)).toEqual(["cd 'a b'", `polyctl plan --env-file ../keys/own.env --url ${address}`])
  const elsewhere = await world.run('import', '--out', 'there', '--url', address)
  expect(next(elsewhere.out)).toEqual([`polyctl plan --file there --url ${address}`])
  world.write({ 'polyctl.yaml': 'environments: { one: {}, two: {} }\n' })
  const chosen = await world.run('import', '--environment', 'two')
  expect(next(chosen.out)).toEqual(['polyctl plan --environment two'])
  expect((await world.run('plan', '--environment', 'two', '--detailed-exitcode')).code).toBe(0)
})

test('a person is asked what to begin with; nobody else is, nor where there are files', async () => {
  const questions: string[] = []
  const terminal = { out: true, err: true, in: true, width: 80 }
  const ask = async (question: string): Promise<string> => {
    questions.push(question)
    return 'example'
  }
  const world = createSandbox({ io: { terminal, ask } })
  await world.run('init')
  expect(questions).toEqual([expect.stringContaining('Begin with an `example`')])
  expect(existsSync(join(world.folder, 'configs/example.yaml'))).toBe(true)
  await world.run('init', '--no-import')
  await world.run('init', '--format', 'json')
  await world.run('init', 'other', '--format', 'json')
  await world.run('init')
  expect(questions.length).toBe(1)
})

test('a folder that is a file is told, and a .gitignore that is none is left', async () => {
  const world = createSandbox({ files: { file: 'x' } })
  const wrong = await world.run('init', 'file')
  expect([wrong.code, wrong.err]).toEqual([3, expect.stringContaining('error[P514]')])
  expect(reader(world)('file')).toBe('x')
  mkdirSync(join(world.folder, '.gitignore'))
  expect((await world.run('init')).out).toContain('= .gitignore  (exists, and is left')
})

test('without a terminal nobody is asked: what is missing is said before anything is written', async () => {
  const ask = (): Promise<string> => Promise.reject(new Error('nobody is there'))
  const world = createSandbox({ env: { POLYTOMIC_API_KEY: undefined }, io: { ask } })
  const missing = await world.run('init', 'new', '--import')
  expect([missing.code, missing.err]).toEqual([4, expect.stringContaining('POLYTOMIC_API_KEY')])
  expect(existsSync(join(world.folder, 'new'))).toBe(false)
  const { out, code } = await world.run('init', 'new')
  expect([code, out]).toEqual([0, expect.stringContaining('becomes files with `--import`')])
  const said = await world.run('init', 'newer', '--no-import')
  expect(said.out).not.toContain('--import')
})

test('a document says what became of each file, and of what is live what an import says', async () => {
  const world = createSandbox({ files: { 'first/configs/a.yaml': 'roles: [{ name: readers }]\n' } })
  expect(JSON.parse((await world.run('init', 'new', '--format', 'json')).out)).toEqual({
    format_version: 1,
    folder: 'new',
    files: [
      'configs/example.yaml',
      '.env.example',
      '.polyctl/schema.json',
      '.github/workflows/polyctl.yml',
      '.gitignore'
    ].map((path) => ({ path, state: 'new' })),
    next: ['cd new', 'polyctl plan --local', 'polyctl apply --local']
  })
  const again = JSON.parse((await world.run('init', 'new', '--format', 'json')).out)
  expect(again.files.map(({ state }: { state: string }) => state)).toEqual(
    again.files.map(() => 'unchanged')
  )
  await world.run('apply', '--yes', '--file', 'first/configs')
  const live = JSON.parse((await world.run('init', 'live', '--import', '--format', 'json')).out)
  expect(live).toMatchObject({ format_version: 1, applied: true, folder: 'live/configs' })
})

test('the workflow plans in review, applies on merge, looks for drift by night, and may no more', async () => {
  const world = createSandbox()
  await world.run('init')
  const workflow = parse(reader(world)('.github/workflows/polyctl.yml'))
  expect(Object.keys(workflow)).toEqual(['name', 'on', 'permissions', 'concurrency', 'env', 'jobs'])
  expect(workflow.on).toEqual({
    pull_request: null,
    push: { branches: ['main'] },
    schedule: [{ cron: expect.stringMatching(/^\d+ \d+ \* \* \*$/) }]
  })
  expect(workflow.permissions).toEqual({ contents: 'read' })
  expect(workflow.concurrency).toEqual({
    group: 'polytomic-${{ github.ref }}',
    'cancel-in-progress': "${{ github.event_name == 'pull_request' }}"
  })
  expect(workflow.env).toEqual({
    POLYTOMIC_API_KEY: '${{ secrets.POLYTOMIC_API_KEY }}',
    POLYTOMIC_URL: 'https://polytomic.test',
    // Nothing is fetched by a name that anybody may take.
    POLYCTL_PACKAGE: './polyctl-0.1.0.tgz'
  })
  const commands = await createdCommands()
  const lines: Record<string, string[]> = {}
  for (const [name, job] of Object.entries<Job>(workflow.jobs)) {
    expect([job['runs-on'], job.permissions]).toEqual([
      'ubuntu-latest',
      name === 'apply' ? { contents: 'write' } : undefined
    ])
    expect(job.steps.slice(0, 2)).toEqual([
      { uses: expect.stringMatching(/^actions\/checkout@v\d+$/), with: { 'fetch-depth': 0 } },
      { uses: expect.stringMatching(/^actions\/setup-node@v\d+$/), with: { 'node-version': '24' } }
    ])
    const own = job.steps.flatMap(
      ({ run = '' }) => /^npx --yes --package "\$POLYCTL_PACKAGE" polyctl (.*)/.exec(run)?.[1] ?? []
    )
    for (const line of own) {
      const [command = '', ...words] = line.split(' ')
      for (const word of words.filter((one) => one.startsWith('--')))
        expect(commands.get(command), line).toContain(word)
    }
    lines[name] = own
  }
  const onPage = '--format markdown="$GITHUB_STEP_SUMMARY"'
  // What the topic `workflow` shows is what the workflow does.
  expect(lines).toEqual({
    review: [
      'fmt --check --verbose',
      'validate --format github',
      `plan --since "origin/$GITHUB_BASE_REF" ${onPage}`
    ],
    plan: [`plan --out plan.json ${onPage}`],
    apply: [`apply plan.json --push-applied ${onPage}`],
    drift: [`drift ${onPage}`]
  })
  const page = (await world.run('help', 'workflow')).out
  for (const line of [
    'validate',
    'plan --since origin/main',
    'plan --out plan.json',
    'apply plan.json --push-applied',
    'drift'
  ])
    expect(page).toMatch(new RegExp(`^polyctl ${line} `, 'm'))
  expect(Object.values<Job>(workflow.jobs).map((job) => job.if ?? job.needs)).toEqual([
    "github.event_name == 'pull_request'",
    "github.event_name == 'push'",
    'plan',
    "github.event_name == 'schedule'"
  ])
})

interface Job {
  if?: string
  needs?: string
  'runs-on': string
  permissions?: object
  steps: { uses?: string; run?: string }[]
}

describe('another address than that of the hosted service', () => {
  const files = (world: Sandbox): string[] =>
    ['.github/workflows/polyctl.yml', '.env.example'].map((path) =>
      readFileSync(join(world.folder, path), 'utf8')
    )

  test.each([
    ['of an option', ['--url', 'https://eu.polytomic.example/'], {}, 'https://eu.polytomic.example'],
    ['of the environment', [], { POLYTOMIC_URL: 'polytomic.example' }, 'https://polytomic.example']
  ])('%s is told to the workflow and to colleagues', async (_what, words, env, url) => {
    const world = createSandbox({ env: { POLYTOMIC_URL: undefined, ...env } })
    expect((await world.run('init', '--no-import', ...words)).code).toBe(0)
    const [workflow, example] = files(world)
    expect(workflow).toContain(
      `\n  POLYTOMIC_API_KEY: \${{ secrets.POLYTOMIC_API_KEY }}\n  POLYTOMIC_URL: ${url}\n`
    )
    expect(example).toContain(`\nPOLYTOMIC_URL=${url}\n`)
  })

  test.each([
    ['the hosted service', { POLYTOMIC_URL: 'https://app.polytomic.com/' }],
    ['nothing', { POLYTOMIC_URL: undefined }],
    ['this machine', { POLYTOMIC_URL: 'http://127.0.0.1:8080' }]
  ])('%s is none', async (_what, env) => {
    const world = createSandbox({ env })
    expect((await world.run('init', '--no-import')).code).toBe(0)
    expect(files(world).join('\n')).not.toContain('POLYTOMIC_URL')
  })
})

describe('what nobody answers is no answer', () => {
  const terminal = { out: true, err: true, in: true, width: 80 }
  const answers = (...all: (string | null)[]) => {
    const left = [...all]
    return async (): Promise<string | null> => left.shift() ?? null
  }

  test('what was typed is in the command that comes next', async () => {
    const typed = ['live', 'https://polytomic.test', 'sandbox-key', 'yes']
    const world = createSandbox({
      env: { POLYTOMIC_URL: undefined, POLYTOMIC_API_KEY: undefined },
      server: { apiKey: 'sandbox-key' },
      io: { terminal, ask: answers(...typed) }
    })
    const { code, out, err } = await world.run('init', 'team')
    expect(code, err).toBe(0)
    expect(out).toMatch(
      /\nNext\n {2}cd team\n(?: {2}.*\n)? {2}polyctl plan --url https:\/\/polytomic\.test /
    )
  })

  test.each<[string, (string | null)[], string]>([
    ['the input ends at once', [null], 'the input ended'],
    ['three wrong words', ['x', 'y', 'z'], 'nothing that was typed is an answer'],
    ['the input ends at the address', ['live', null], 'the input ended'],
    [
      'three wrong addresses',
      ['live', 'a b', 'x://y', 'https://u:p@h'],
      'nothing that was typed is an answer'
    ],
    ['the input ends at the key', ['live', '', null], 'the input ended'],
    ['the input ends at the last question', ['live', '', 'key', null], 'the input ended']
  ])('%s: nothing is written, and that is said', async (_what, all, because) => {
    const env = { POLYTOMIC_URL: undefined, POLYTOMIC_API_KEY: undefined }
    const world = createSandbox({ env, io: { terminal, ask: answers(...all) } })
    const { code, err } = await world.run('init')
    expect([code, err]).toEqual([
      7,
      expect.stringContaining(`error[P505]: a question was not answered: ${because}`)
    ])
    expect(err).toContain('nothing was written')
    expect(readdirSync(world.folder)).toEqual([])
    expect(world.requests()).toEqual([])
  })
})
