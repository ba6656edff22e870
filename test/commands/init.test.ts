import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { expect, test } from 'vitest'
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

test('a person with a key is asked once; nobody else is', async () => {
  const questions: string[] = []
  const terminal = { out: true, err: true, in: true, width: 80 }
  const ask = async (question: string): Promise<string> => {
    questions.push(question)
    return 'no'
  }
  const world = createSandbox({ io: { terminal, ask } })
  await world.run('init')
  expect(questions).toEqual([expect.stringContaining('Only `yes` is a yes')])
  expect(existsSync(join(world.folder, 'configs/example.yaml'))).toBe(true)
  await world.run('init', '--no-import')
  await world.run('init', '--format', 'json')
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
