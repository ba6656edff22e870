import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { formatNames } from '../../src/render/formats.ts'
import { createSandbox, storeFiles } from '../support/sandbox.ts'

const password = 'planted-password-1'
const all = formatNames.flatMap((name) => ['--format', `${name}=out/${name}.txt`])
const other = formatNames.filter((name) => name !== 'text')

describe('`--format FORMAT=FILE` writes the result to a file as well', () => {
  test.each(['validate', 'plan', 'drift', 'apply --yes', 'destroy --yes'])(
    '%s, in all formats at once',
    async (command) => {
      const world = createSandbox({ files: storeFiles, env: { PASSWORD: password } })
      if (command === 'drift' || command.startsWith('destroy')) await world.run('apply', '--yes')
      const alone = createSandbox({ files: storeFiles, env: { PASSWORD: password } })
      if (command === 'drift' || command.startsWith('destroy')) await alone.run('apply', '--yes')
      const { out, code } = await world.run(...command.split(' '), ...all)
      expect(code).toBe(0)
      expect(out, 'standard output stays text').not.toMatch(/^[{<]|^::|^###/)
      for (const name of formatNames) {
        const text = readFileSync(join(world.folder, 'out', `${name}.txt`), 'utf8')
        expect(text, name).not.toBe('')
        expect(text, name).not.toContain(password)
        if (command === 'drift' || command === 'plan')
          expect(text).toMatch(/No drift|2 to create|"create": 2|plan\/create|"missing": 0|"results": \[\]/)
      }
      for (const name of ['json', 'slack', 'sarif'])
        expect(
          () => void JSON.parse(readFileSync(join(world.folder, 'out', `${name}.txt`), 'utf8'))
        ).not.toThrow()
    }
  )

  test('and the same as standard output would have', async () => {
    for (const name of other) {
      const world = createSandbox({ files: storeFiles, env: { PASSWORD: password } })
      const { out } = await world.run('plan', '--format', name)
      await world.run('plan', '--format', 'json', '--format', `${name}=plan.txt`)
      expect(readFileSync(join(world.folder, 'plan.txt'), 'utf8'), name).toBe(out)
    }
  })

  test('problems that stop the command are a result, too', async () => {
    const world = createSandbox({ files: { 'configs/a.yaml': 'rolles: []\n' } })
    const { code } = await world.run('plan', '--format', 'github=p.txt')
    expect(code).toBe(3)
    expect(readFileSync(join(world.folder, 'p.txt'), 'utf8')).toMatch(
      /^::error file=configs\/a.yaml,line=1/
    )
  })

  test('many organizations are one result', async () => {
    const env = { PASSWORD: password, POLYTOMIC_API_KEY: '', POLYTOMIC_PARTNER_KEY: 'partner-key-1' }
    const server = { partnerKey: 'partner-key-1', organizations: [{ name: 'Acme' }, { name: 'Beta' }] }
    const world = createSandbox({ files: storeFiles, env, server })
    const { out, code } = await world.run('plan', '--all-organizations', '--format', 'markdown=p.md')
    expect(code).toBe(0)
    expect(out).toContain('── Acme')
    const text = readFileSync(join(world.folder, 'p.md'), 'utf8')
    expect(text).toContain('3 organizations: 3 differ.')
    expect(text.match(/2 to create/g)).toHaveLength(3)
  })
})

describe('what is wrong with it is said', () => {
  test.each([
    [['--format', 'html5=x'], 'Allowed choices are text, json, '],
    [['--format', 'json=x', '--format', 'markdown=x'], 'Two formats cannot be one file'],
    [['--format', 'markdown='], 'A path is missing behind `=`.'],
    [['--format', 'json', '--format', 'github'], 'Standard output is in one format']
  ])('%j', async (words, message) => {
    const { err, out, code } = await createSandbox({ files: storeFiles }).run('validate', ...words)
    expect(code).toBe(3)
    expect(`${out}${err}`).toContain(message)
  })

  test('a file that cannot be written ends the command with 1, the others are written, and the result is told', async () => {
    const world = createSandbox({ files: storeFiles, env: { PASSWORD: password } })
    const { out, err, code } = await world.run(
      'plan',
      '--format',
      'markdown=configs/a.yaml/p.md',
      '--format',
      'github=ok.txt'
    )
    expect(code).toBe(1)
    expect(out).toContain('2 to create')
    expect(err).toContain('error[P626]: the result cannot be written to `configs/a.yaml/p.md`')
    expect(existsSync(join(world.folder, 'ok.txt'))).toBe(true)
  })

  test('a folder that is missing is made in the checkout alone', async () => {
    const world = createSandbox({ files: storeFiles })
    const elsewhere = mkdtempSync(join(tmpdir(), 'polyctl-test-'))
    onTestFinished(() => rmSync(elsewhere, { recursive: true }))
    const to = (path: string) => world.run('validate', '--format', `json=${path}`)
    expect((await to('a/b/v.json')).code).toBe(0)
    expect(existsSync(join(world.folder, 'a/b/v.json'))).toBe(true)
    expect((await to(join(elsewhere, 'v.json'))).code).toBe(0)
    const missing = await to(join(elsewhere, 'a', 'v.json'))
    expect([missing.code, missing.err]).toEqual([1, expect.stringContaining('its folder does not exist')])
    expect(readdirSync(elsewhere)).toEqual(['v.json'])
  })

  test('so are folders of other files that are asked for', async () => {
    const world = createSandbox({ files: storeFiles })
    const elsewhere = mkdtempSync(join(tmpdir(), 'polyctl-test-'))
    onTestFinished(() => rmSync(elsewhere, { recursive: true }))
    for (const command of ['plan', 'schema', 'schema --live', 'import']) {
      const words = command.split(' ')
      const name = command.replace(' --', '-')
      const inside = await world.run(...words, '--out', `made/${name}/deep`)
      expect([command, inside.code], inside.err).toEqual([command, 0])
      expect(existsSync(join(world.folder, `made/${name}/deep`)), command).toBe(true)
      const missing = await world.run(...words, '--out', join(elsewhere, 'missing', name))
      expect([command, missing.code]).toEqual([command, 3])
      expect(missing.err).toContain('its folder does not exist')
      expect(readdirSync(elsewhere)).toEqual([])
    }
  })

  test('a failure of the command itself goes before', async () => {
    const world = createSandbox({ files: storeFiles })
    const { code } = await world.run('plan', '--file', 'no.yaml', '--format', 'json=configs/a.yaml/p.md')
    expect(code).toBe(3)
  })
})
