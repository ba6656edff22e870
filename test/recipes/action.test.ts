import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { contextOf } from '../../.github/actions/polyctl/context.ts'
import { run } from '../../.github/actions/polyctl/modes.ts'
import { program } from '../support/program.ts'
import { elsewhere, makeRepository, type Repository } from '../support/repository.ts'
import { startGitHub, type GitHubServer, type Post } from './github-server.ts'

/** What the composite action does, with the events of GitHub, a GitHub on this machine, and the local service. */

const action = join(import.meta.dirname, '..', '..', '.github', 'actions', 'polyctl', 'run.ts')
const first = 'roles: [{ name: readers }]\n'
const second = 'roles: [{ name: readers }, { name: writers }]\n'
const file = 'configs/a.yaml'

interface Scene extends Repository {
  github: GitHubServer
  remote: string
  /** Runs the action, and gives its exit code. */
  act(mode: string, event: object, more?: Record<string, string>): Promise<number>
  env(mode: string, event: object, more?: Record<string, string>): Record<string, string>
  said: string[]
  page(): string
  outputs(): string
  /** The variables that polyctl was run with, where it was a process. */
  variables(): string
}

async function stage(): Promise<Scene> {
  const world = makeRepository({ files: { [file]: first, '.gitignore': '.polyctl/\n' } })
  const github = await startGitHub()
  const beside = mkdtempSync(join(tmpdir(), 'polyctl-action-'))
  onTestFinished(() => rmSync(beside, { recursive: true, force: true }))
  const [remote, command] = [join(beside, 'remote.git'), join(beside, 'polyctl')]
  world.git(['init', '--quiet', '--bare', '--initial-branch', 'main', remote])
  world.git(['remote', 'add', 'origin', remote])
  world.git(['push', '--quiet', 'origin', 'main'])
  world.git(['fetch', '--quiet', 'origin'])
  const [log, variables] = [join(beside, 'log'), join(beside, 'variables')]
  writeFileSync(
    command,
    `#!/bin/sh\nenv > '${variables}'\nexec '${process.execPath}' '${program}' "$@" >> '${log}' 2>&1\n`,
    { mode: 0o755 }
  )
  const [temporary, page, outputs] = [
    join(beside, 'temporary'),
    join(beside, 'page'),
    join(beside, 'outputs')
  ]
  const said: string[] = []
  let runs = 0
  const env: Scene['env'] = (mode, event, more = {}) => {
    runs += 1
    mkdirSync(`${temporary}-${runs}`)
    const path = join(beside, `event-${runs}.json`)
    writeFileSync(path, JSON.stringify({ repository: { full_name: 'acme/data' }, ...event }))
    return {
      PATH: process.env['PATH'] ?? '',
      HOME: beside,
      INPUT_MODE: mode,
      INPUT_COMMAND: command,
      INPUT_FOLDER: world.folder,
      INPUT_GITHUB_TOKEN: 'planted-token',
      ...service,
      POLYTOMIC_API_KEY: world.server.apiKey,
      GITHUB_API_URL: github.url,
      GITHUB_REPOSITORY: 'acme/data',
      GITHUB_EVENT_NAME: 'push',
      GITHUB_EVENT_PATH: path,
      GITHUB_SHA: world.git(['rev-parse', 'HEAD']).trim(),
      GITHUB_REF_NAME: 'main',
      GITHUB_RUN_ID: '7',
      GITHUB_STEP_SUMMARY: page,
      GITHUB_OUTPUT: outputs,
      RUNNER_TEMP: `${temporary}-${runs}`,
      ...more
    }
  }
  const textOf = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '')
  return {
    ...world,
    github,
    remote,
    env,
    said,
    page: () => textOf(page),
    outputs: () => textOf(outputs),
    variables: () => textOf(variables),
    async act(mode, event, more) {
      const context = contextOf({
        env: env(mode, event, more),
        append: (path, text) => appendFileSync(path, text),
        say: (text) => void said.push(text),
        pauseMs: 1
      })
      const keyed = more?.['POLYTOMIC_API_KEY']
      const there =
        keyed === undefined ? world : elsewhere(world, { env: { ...service, POLYTOMIC_API_KEY: keyed } })
      // In this process: a process of its own for each command would take most of the time.
      const polyctl = async (words: readonly string[]): Promise<number> => (await there.run(...words)).code
      return await run({ ...context, programs: { ...context.programs, polyctl } })
    }
  }
}

const service = { POLYTOMIC_URL: 'https://polytomic.test' }

/** A pull request of a branch, in which the second role is new. */
function opened(scene: Scene, text = second, from = 'acme/data'): object {
  scene.write({ [file]: text })
  const sha = scene.commit('change')
  const [known] = scene.github.pulls
  if (known) known.head = { sha }
  else {
    const user = { login: 'ada', type: 'User' as const }
    const rest = { id: 5, body: '', state: 'open' as const, labels: [], html_url: '' }
    scene.github.pulls.push({ ...rest, number: 5, user, head: { sha } })
  }
  return {
    pull_request: { number: 5, head: { sha, repo: { full_name: from } }, base: { ref: 'main', sha } }
  }
}

const inReview = { GITHUB_EVENT_NAME: 'pull_request' }

describe('a pull request', () => {
  test('has its plan as one comment, which is changed with each commit', async () => {
    const scene = await stage()
    expect(await scene.act('review', opened(scene), inReview)).toBe(0)
    expect(scene.github.comments).toHaveLength(1)
    expect(scene.github.comments[0]).toMatchObject({ of: 5 })
    expect(scene.github.comments[0]?.body).toMatch(/^<!-- polyctl plan polytomic -->\n[^]*2 to create/)
    expect(scene.outputs()).toContain('differs=true')
    expect(scene.page()).toContain('2 to create')
    const third = second.replace('writers', 'authors')
    expect(await scene.act('review', opened(scene, third), inReview)).toBe(0)
    expect(scene.github.comments).toHaveLength(1)
    expect(scene.github.comments[0]?.body).toContain('authors')
    expect(scene.github.comments[0]?.body).toContain('/acme/data/actions/runs/7')
  })

  test('our comment is found behind many, and one of a stranger that begins alike is left', async () => {
    const scene = await stage()
    const event = opened(scene)
    const stranger = { login: 'eve', type: 'User' as const }
    const rest = { state: 'open' as const, labels: [], html_url: '', of: 5 }
    for (let id = 1000; id < 1230; id += 1)
      scene.github.comments.push({
        ...rest,
        id,
        number: id,
        user: stranger,
        body: '<!-- polyctl plan polytomic -->\nhello'
      })
    await scene.act('review', event, inReview)
    await scene.act('review', event, inReview)
    const ours = scene.github.comments.filter(({ user }) => user.type === 'Bot')
    expect(ours).toHaveLength(1)
    expect(scene.github.comments.filter(({ body }) => body.endsWith('hello'))).toHaveLength(230)
  })

  test('two that ran at once leave one comment in the end', async () => {
    const scene = await stage()
    const event = opened(scene)
    await scene.act('review', event, inReview)
    scene.github.comments.push({ ...scene.github.comments[0]!, id: 999, number: 999 })
    await scene.act('review', event, inReview)
    expect(scene.github.comments).toHaveLength(1)
  })

  test.each([
    ['from a fork', { fork: 'eve/data', key: 'k' }],
    ['whose fork is gone', { fork: undefined, key: 'k' }],
    ['without a key', { fork: 'acme/data', key: '' }]
  ])('%s is checked, and nothing else: nobody is asked anything', async (_what, { fork, key }) => {
    const scene = await stage()
    const event = opened(scene, second, fork ?? '')
    scene.requests()
    expect(await scene.act('review', event, { ...inReview, POLYTOMIC_API_KEY: key })).toBe(0)
    expect(scene.requests()).toEqual([])
    expect(scene.github.requests).toEqual([])
    expect(scene.said.join()).toContain('the files are checked')
    expect(
      await scene.act('review', opened(scene, 'roles: [{}]\n', fork ?? ''), {
        ...inReview,
        POLYTOMIC_API_KEY: key
      })
    ).toBe(3)
  })

  test('with a mistake in its files says so, and fails', async () => {
    const scene = await stage()
    expect(await scene.act('review', opened(scene, 'roles: [{ nam: x }]\n'), inReview)).toBe(3)
    expect(scene.github.comments[0]?.body).toContain('nam')
  })

  test('of which a newer commit is there already is left to the run of that one', async () => {
    const scene = await stage()
    const event = opened(scene)
    opened(scene, first)
    expect(await scene.act('review', event, inReview)).toBe(0)
    expect(scene.github.comments).toEqual([])
  })

  test('never runs where strangers could get at secrets', async () => {
    const scene = await stage()
    await expect(
      scene.act('review', opened(scene), { GITHUB_EVENT_NAME: 'pull_request_target' })
    ).rejects.toThrow('must not run on `pull_request_target`')
  })
})

describe('a merge', () => {
  const roles = (scene: Scene): string[] => scene.server.store.all('role').map(({ name }) => name)

  test('is applied as its plan says, and what was applied is pushed', async () => {
    const scene = await stage()
    const plan = join(scene.folder, '.polyctl', 'plan')
    expect(await scene.act('plan', {}, { INPUT_PLAN: plan })).toBe(0)
    expect(roles(scene)).not.toContain('readers')
    expect(await scene.act('apply', {}, { INPUT_PLAN: plan })).toBe(0)
    expect(roles(scene)).toContain('readers')
    expect(scene.git(['for-each-ref', 'refs/polyctl/applied'], scene.remote)).toContain(
      scene.git(['rev-parse', 'HEAD']).trim()
    )
    // Without differences it is carried out as well, for git to remember the commit.
    scene.write({ [file]: `# the same\n${first}` })
    const next = scene.commit('the same')
    expect(await scene.act('plan', {}, { INPUT_PLAN: plan })).toBe(0)
    expect(scene.outputs()).toContain('differs=false')
    expect(await scene.act('apply', {}, { INPUT_PLAN: plan })).toBe(0)
    expect(scene.git(['for-each-ref', 'refs/polyctl/applied'], scene.remote)).toContain(next)
  })

  test('a plan of another commit, one that was changed, and other files are refused', async () => {
    const scene = await stage()
    const plan = join(scene.folder, '.polyctl', 'plan')
    await scene.act('plan', {}, { INPUT_PLAN: plan })
    const text = readFileSync(join(plan, 'plan.json'), 'utf8')
    writeFileSync(join(plan, 'plan.json'), text.replace('readers', 'owners'))
    await expect(scene.act('apply', {}, { INPUT_PLAN: plan })).rejects.toThrow('was changed after it was')
    writeFileSync(join(plan, 'plan.json'), text)
    await expect(scene.act('apply', {}, { INPUT_PLAN: plan, GITHUB_SHA: 'f'.repeat(40) })).rejects.toThrow(
      /the plan is of commit [0-9a-f]{40}, and this is f{40}/
    )
    const before = scene.git(['rev-parse', 'HEAD']).trim()
    scene.commit('another')
    await expect(scene.act('apply', {}, { INPUT_PLAN: plan, GITHUB_SHA: before })).rejects.toThrow(
      'check that out'
    )
    await expect(scene.act('apply', {}, { INPUT_PLAN: join(plan, 'none') })).rejects.toThrow(
      'there is no plan'
    )
    expect(roles(scene)).not.toContain('readers')
  })

  test('what moved in the service since the plan is refused by polyctl itself', async () => {
    const scene = await stage()
    const plan = join(scene.folder, '.polyctl', 'plan')
    await scene.act('plan', {}, { INPUT_PLAN: plan })
    await scene.run('apply', '--yes')
    expect(await scene.act('apply', {}, { INPUT_PLAN: plan })).toBe(6)
    expect(scene.outputs()).toContain('exit-code=6')
  })

  test('without a plan it applies what the files say', async () => {
    const scene = await stage()
    expect(await scene.act('apply', {})).toBe(0)
    expect(roles(scene)).toContain('readers')
  })
})

describe('a night', () => {
  async function applied(): Promise<Scene> {
    const scene = await stage()
    scene.write({
      [file]:
        'connections: [{ name: Hook, type: webhook, configuration: { url: "https://example.com/a" } }]\nroles: [{ name: readers }]\n'
    })
    scene.commit()
    scene.git(['push', '--quiet', 'origin', 'main'])
    expect(await scene.act('apply', {})).toBe(0)
    return scene
  }
  const drop = (scene: Scene): void =>
    scene.server.store.remove(
      'role',
      scene.server.store.all('role').find(({ name }) => name === 'readers')!.id
    )
  const open = ({ github }: Scene): Post[] => github.issues.filter(({ state }) => state === 'open')

  test('with drift opens an issue, keeps it, says when it is another drift, and closes it', async () => {
    const scene = await applied()
    expect(await scene.act('drift', {})).toBe(0)
    expect(scene.github.issues).toEqual([])
    drop(scene)
    expect(await scene.act('drift', {})).toBe(0)
    expect(open(scene)).toHaveLength(1)
    expect(open(scene)[0]).toMatchObject({
      title: 'Polytomic: drift (polytomic)',
      labels: [{ name: 'polytomic-drift' }]
    })
    expect(open(scene)[0]?.body).toContain('readers')
    expect(await scene.act('drift', {})).toBe(0)
    expect([open(scene).length, scene.github.comments.length]).toEqual([1, 0])
    const hook = scene.server.store.all('connection')[0]!
    scene.server.store.edit('connection', hook.id, { configuration: { url: 'https://example.com/b' } })
    expect(await scene.act('drift', {})).toBe(0)
    expect(open(scene)[0]?.body).toContain('Hook')
    expect(scene.github.comments.map(({ body }) => body)).toEqual([
      expect.stringContaining('What differs is another now. Drift: 2 of 2')
    ])
    expect(await scene.act('apply', {})).toBe(0)
    expect(await scene.act('drift', {})).toBe(0)
    expect(scene.github.issues).toHaveLength(1)
    expect(open(scene)).toEqual([])
    expect(scene.github.comments.at(-1)?.body).toContain('No drift any more')
  })

  test('in which nobody can look leaves the issue as it is', async () => {
    const scene = await applied()
    drop(scene)
    await scene.act('drift', {})
    const before = structuredClone(scene.github.issues)
    expect(await scene.act('drift', {}, { POLYTOMIC_API_KEY: 'wrong' })).toBe(4)
    expect(scene.github.issues).toEqual(before)
  })

  test('ends with one issue, also where two were opened', async () => {
    const scene = await applied()
    drop(scene)
    await scene.act('drift', {})
    scene.github.issues.push({ ...scene.github.issues[0]!, id: 900, number: 900 })
    await scene.act('drift', {})
    expect(open(scene).map(({ number }) => number)).toEqual([scene.github.issues[0]?.number])
  })

  test('what was changed in the service is one pull request, and none where nothing is left of it', async () => {
    const scene = await applied()
    const hook = scene.server.store.all('connection')[0]!
    const edit = (page: string): void =>
      scene.server.store.edit('connection', hook.id, {
        configuration: { url: `https://example.com/${page}` }
      })
    edit('b')
    writeFileSync(join(scene.folder, 'stray.txt'), 'not ours')
    const again = (): void => void scene.git(['checkout', '--quiet', 'main'])
    expect(await scene.act('pull', {})).toBe(0)
    again()
    const branch = 'polyctl/pull-polytomic'
    expect(scene.github.pulls).toHaveLength(1)
    expect(scene.github.pulls[0]).toMatchObject({
      head: { ref: branch },
      title: 'Take over what was changed in Polytomic'
    })
    const shown = scene.git(['show', '--stat', '--patch', branch], scene.remote)
    expect(shown).toContain('https://example.com/b')
    expect(shown).not.toContain('stray.txt')
    edit('c')
    expect(await scene.act('pull', {})).toBe(0)
    again()
    expect(scene.github.pulls).toHaveLength(1)
    expect(
      scene
        .git(['log', '--format=%s', `main..${branch}`], scene.remote)
        .trim()
        .split('\n')
    ).toHaveLength(1)
    expect(scene.git(['show', branch], scene.remote)).toContain('https://example.com/c')
    edit('a')
    expect(await scene.act('pull', {})).toBe(0)
    expect(scene.github.pulls[0]?.state).toBe('closed')
  })
})

describe('GitHub', () => {
  const busy = { status: 502, message: 'Bad gateway' }

  test('that is busy is asked again for what may be asked twice', async () => {
    const scene = await stage()
    const event = opened(scene)
    scene.github.failing.push(busy, busy)
    expect(await scene.act('review', event, inReview)).toBe(0)
    expect(scene.github.comments).toHaveLength(1)
  })

  test('that refuses is told with its words, and with what to look at', async () => {
    const scene = await stage()
    const event = opened(scene)
    scene.github.failing.push({ status: 403, message: 'Resource not accessible by integration' })
    await expect(scene.act('review', event, inReview)).rejects.toThrow(
      /with 403: Resource not accessible by integration; do the `permissions` of the job allow it\?/
    )
  })
})

describe('the script itself', () => {
  const spawned = (scene: Scene, mode: string, event: object, more: Record<string, string>) =>
    spawnSync(process.execPath, [action], {
      env: { ...scene.env(mode, event, more), POLYCTL_ACTION_PAUSE_MS: '1' },
      encoding: 'utf8'
    })

  test('needs nothing that a runner does not have', async () => {
    const scene = await stage()
    const { status, stdout, stderr } = spawned(scene, 'validate', {}, {})
    expect([status, stderr], stdout).toEqual([0, ''])
    expect(scene.outputs()).toBe('exit-code=0\n')
    expect(scene.variables()).toContain('POLYTOMIC_URL')
    // The token of the workflow is none of polyctl's business.
    expect(scene.variables()).not.toContain('planted-token')
  })

  test.each([
    ['a mode that there is none of', { INPUT_MODE: 'deploy' }, '`mode` is one of validate, review'],
    ['a name that could be a path', { INPUT_NAME: '../x' }, '`name` has letters'],
    ['no polyctl', { INPUT_COMMAND: '' }, 'say which polyctl is to run'],
    [
      'a polyctl that is not there',
      { INPUT_COMMAND: '/nowhere/polyctl' },
      '/nowhere/polyctl cannot be run'
    ],
    ['no runner', { RUNNER_TEMP: '' }, 'RUNNER_TEMP is not set']
  ])('with %s it says what is missing, at once', async (_what, more, says) => {
    const scene = await stage()
    const { status, stdout } = spawned(scene, 'validate', {}, more)
    expect(status).toBe(1)
    expect(stdout).toMatch(/^::error title=polyctl::.*\n$/)
    expect(stdout).toContain(says)
  })
})
