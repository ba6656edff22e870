import * as fc from 'fast-check'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inPath, tenantsOf } from '../../src/commands/tenants.ts'
import { samples } from '../support/samples.ts'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'

const ids = Array.from({ length: 12 }, (_, at) => `00000000-0000-4000-8000-0000000000${10 + at}`)

function pathsOf(names: readonly string[]): string[] {
  const all = names.map((name, at) => ({ id: ids[at]!, name }))
  return [...tenantsOf(all).values()].map((tenant) => inPath('plans/{organization}.json', tenant))
}

/** Whatever a disk may do to a name. */
const disks: ((name: string) => string)[] = [
  (name) => name,
  (name) => name.toLowerCase(),
  (name) => name.toUpperCase(),
  (name) => name.normalize('NFC'),
  (name) => name.normalize('NFD').toLowerCase(),
  (name) => name.normalize('NFKC').toUpperCase(),
  (name) => name.replaceAll(/\p{Default_Ignorable_Code_Point}/gu, ''),
  (name) => name.replace(/[. ]+(\.json)?$/, '$1')
]

describe('a path of each organization', () => {
  test.each([
    [['Acme', 'Acme']],
    [['Acme', 'ACME']],
    [['Acme', 'Ａcme']],
    [['Caf\u00E9', 'Cafe\u0301']],
    [['Acme', 'Ac\u200Bme']],
    [['Acme', 'Acme ']],
    [['Acme', 'Acme.']],
    [['STRASSE', 'straße']],
    [['..', '.']],
    [['a/b', 'a\\b']],
    [['nul', 'CON', 'com1.txt']],
    [['', ' ']],
    [['-', '--yes']],
    [['~', '~root']],
    [['.git', 'a:b', 'a*', 'a?', '{organization}']],
    [[ids[1]!, 'Other']],
    [['x'.repeat(300), 'x'.repeat(301)]],
    [['a\nb', 'a\u2028b', 'a\u202Eb']]
  ])('%j', (names) => {
    const paths = pathsOf(names)
    for (const disk of disks) expect(new Set(paths.map(disk)).size).toBe(names.length)
    for (const path of paths) expect(path).toMatch(/^plans\/[^/\\:*?"<>|\s.~-][^/\\:*?"<>|\p{C}]*\.json$/u)
    for (const path of paths) expect(path).not.toMatch(/^plans\/(con|nul|com1)\b/i)
  })

  test('is its name where that is its own, and fit for a path', () => {
    expect(pathsOf(['Acme', 'Gamma Inc', 'Ünïcode & Co. KG', 'ACME'])).toEqual([
      `plans/${ids[0]}.json`,
      'plans/Gamma Inc.json',
      'plans/Ünïcode & Co. KG.json',
      `plans/${ids[3]}.json`
    ])
  })

  test('is nobody else’s, whatever the names are', () => {
    const letter = fc.constantFrom(
      ...'a A . / \\ - ~ : ß ss ſ K k ı i İ Ａ é \u0301 e nul con { } %2e'.split(' '),
      ' ',
      '\u200B',
      '\u00AD',
      '\u00A0',
      '\n',
      ids[0]!,
      ids[1]!
    )
    const name = fc.array(letter, { maxLength: 4 }).map((letters) => letters.join(''))
    fc.assert(
      fc.property(fc.array(name, { minLength: 2, maxLength: 12 }), (names) => {
        const paths = pathsOf(names)
        for (const disk of disks) expect(new Set(paths.map(disk)).size).toBe(names.length)
        for (const path of paths) expect(path.split(/[/\\]/)).toHaveLength(2)
      }),
      samples(2000)
    )
  })

  test('leads nowhere else, whatever the id is', () => {
    const strange = ['../../etc', 'a/b', '.', '..', '~', 'C:\\x', '*', '']
    for (const id of strange) {
      const [tenant] = tenantsOf([{ id, name: '..' }]).values()
      expect(inPath('p/{organization}.json', tenant!)).toMatch(/^p\/[\w%-]*\.json$/)
    }
  })
})

describe('two organizations of one name', () => {
  /** The local server keeps names of organizations unique; the service does not promise it. */
  function twins(): Sandbox {
    const world: Sandbox = createSandbox({
      files: {
        'configs/a.yaml': 'roles: [{ name: readers }]\n',
        'tenants/Acme.yaml': 'host: wrong\n'
      },
      env: { POLYTOMIC_API_KEY: '', POLYTOMIC_PARTNER_KEY: 'partner-key-1' },
      server: {
        partnerKey: 'partner-key-1',
        organizations: ['Acme 1', 'Acme 2', 'Beta'].map((name) => ({ name }))
      },
      io: {
        fetch: async (request) => {
          const answer = await world.server.fetch(request)
          const text = (await answer.text()).replaceAll(/Acme [12]/g, 'Acme')
          return new Response(text, { status: answer.status, headers: answer.headers })
        }
      }
    })
    return world
  }

  test('have a saved plan each, and each is applied where it belongs', async () => {
    const world = twins()
    const planned = await world.run('plan', '--all-organizations', '--out', '{organization}.json')
    expect(planned.code, planned.err).toBe(0)
    const files = readdirSync(world.folder).filter((name) => name.endsWith('.json'))
    expect(files).toHaveLength(4)
    expect(existsSync(join(world.folder, 'Acme.json'))).toBe(false)
    for (const file of files.filter((name) => name !== 'Beta.json' && !name.startsWith('Local'))) {
      const saved = JSON.parse(readFileSync(join(world.folder, file), 'utf8')) as {
        organization: { id: string }
      }
      expect(file).toBe(`${saved.organization.id}.json`)
    }
    const applied = await world.run('apply', '{organization}.json', '--all-organizations')
    expect(applied.code, applied.err).toBe(0)
    expect(applied.out).toMatch(/4 organizations: 4 went through\.\n$/)
  })

  test('keep their paths when one of them is named by its id', async () => {
    const world = twins()
    await world.run('plan', '--all-organizations', '--out', '{organization}.json')
    const [id] = readdirSync(world.folder).flatMap((name) => /^([\da-f-]{36})\.json$/.exec(name)?.[1] ?? [])
    const applied = await world.run('apply', '{organization}.json', '--organization', id!)
    expect(applied.code, applied.err).toBe(0)
  })

  test('are told apart wherever they are named', async () => {
    const world = twins()
    const ran = await world.run('plan', '--all-organizations', '--var-file', 'tenants/{organization}.yaml')
    const headings = ran.err.split('\n').filter((line) => line.startsWith('── Acme'))
    expect(headings).toHaveLength(2)
    expect(new Set(headings).size).toBe(2)
    expect(ran.out.match(/^Acme \([\da-f-]{36}\)/gm)).toHaveLength(2)
    expect(ran.err).not.toContain('tenants/Acme.yaml')
  })

  test('are not both meant by files that name one', async () => {
    const world = twins()
    world.write({ 'configs/w.yaml': 'workspace: { organization: Acme }\n' })
    const ran = await world.run('apply', '--all-organizations', '--yes')
    expect(ran.code).toBe(4)
    expect(ran.err.match(/several organizations are called `Acme`/g)).toHaveLength(2)
    expect(world.requests().filter((request) => !request.startsWith('GET '))).toEqual([])
  })

  test('a plan for the other one says the ids', async () => {
    const world = twins()
    await world.run('plan', '--all-organizations', '--out', '{organization}.json')
    const [one, other] = readdirSync(world.folder).flatMap(
      (name) => /^([\da-f-]{36})\.json$/.exec(name)?.[1] ?? []
    )
    const ran = await world.run('apply', `${one}.json`, '--organization', other!)
    expect(ran.code).toBe(3)
    expect(ran.err).toContain(
      `the plan is for organization \`Acme\` (${one}), the key opens \`Acme\` (${other})`
    )
  })
})
