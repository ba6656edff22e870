import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { formatNames } from '../../src/render/formats.ts'
import { isObject, sortedText, type Json, type JsonObject } from '../../src/state/value.ts'
import { spread } from '../support/samples.ts'
import { createSandbox, tutorial, type Sandbox } from '../support/sandbox.ts'

const env = { MONGODB_PASSWORD: 'planted-password', PASSWORD: 'planted-password' }
const never = { fetch: () => Promise.reject(new Error('nobody may be asked')) }

function planText(world: Sandbox): string {
  return readFileSync(join(world.folder, 'plan.json'), 'utf8')
}

function sealed(rest: JsonObject): string {
  const { seal: _seal, ...plain } = rest
  const seal = createHash('sha256').update(sortedText(plain)).digest('base64url').slice(0, 22)
  return JSON.stringify({ ...plain, seal })
}

/** A plan with an update, a deletion, a problem, and something that waits for a person. */
async function saved(): Promise<Sandbox> {
  const world = createSandbox({ files: { 'configs/a.yaml': tutorial }, env })
  await world.run('apply', '--yes')
  const changed = tutorial.replace('collection: users', 'collection: people')
  const declared = changed.slice(0, changed.indexOf('syncs:'))
  const one = declared.replace(/ {2}- name: Salesforce Connection[^]*?(?=models:)/, '')
  const text = `${one}removed:\n  connections: [Salesforce Connection]\n`
  world.write({ 'configs/a.yaml': text })
  const { code, err } = await world.run('plan', '--out', 'plan.json')
  expect(code, err).toBe(0)
  world.requests()
  return world
}

/** What is said of a plan beside itself, such as what to do next. */
function plain(text: string): string {
  return text
    .replaceAll(/Next: .*|.*"text": "Next: .*|.*Saved to .*/g, '')
    .replaceAll(/ \((?:just now|\d+ \w+ ago)\)/g, '')
    .replaceAll(/<p>Next: .*?<\/p>/g, '')
    .replaceAll(/\n{2,}/g, '\n')
}

test('a saved plan is shown as the plan was, in every format, and nobody is asked', async () => {
  const world = await saved()
  const elsewhere = createSandbox({ io: never, env: { POLYTOMIC_API_KEY: '' } })
  elsewhere.write({ 'plan.json': planText(world) })
  for (const format of formatNames) {
    const then = await world.run('plan', '--format', format)
    const now = await elsewhere.run('show', 'plan.json', '--format', format)
    expect({ code: now.code, out: plain(now.out) }, format).toEqual({ code: 0, out: plain(then.out) })
    expect(now.out + now.err).not.toContain('planted')
  }
  const { out } = await elsewhere.run('show', 'plan.json')
  expect(out).toContain('Next: `polyctl apply plan.json` does exactly this, or refuses.')
  expect(out).toContain('- connection "Salesforce Connection"')
})

test('the same plan is the same file, whenever it is made', async () => {
  let at = '2026-11-01T00:00:00Z'
  const world = createSandbox({
    files: { 'configs/a.yaml': tutorial },
    env,
    io: { now: () => new Date(at) }
  })
  await world.run('apply', '--yes')
  world.write({ 'configs/a.yaml': tutorial.replace('collection: users', 'collection: people') })
  await world.run('plan', '--out', 'plan.json')
  const before = planText(world)
  at = '2027-12-01T00:00:00Z'
  await world.run('plan', '--out', 'plan.json')
  expect(planText(world)).toBe(before)
})

test('it is applied as before, and refused as before', async () => {
  const world = await saved()
  const text = planText(world)
  const { code } = await world.run('apply', 'plan.json')
  expect(code).toBe(0)
  world.write({ 'plan.json': text })
  expect((await world.run('apply', 'plan.json')).code).toBe(6)
})

test('no secret is in the file', async () => {
  const files = {
    'configs/a.yaml':
      'connections:\n  - name: C\n    type: postgresql\n    configuration: { hostname: db.example.com, database: d, username: u, password: planted-password, port: 5432 }\n'
  }
  const world = createSandbox({ files, env })
  await world.run('plan', '--out', 'plan.json')
  expect(planText(world)).toContain('db.example.com')
  expect(planText(world)).not.toContain('planted')
})

test('a file that is none, is cut, edited or of an older polyctl is told in a sentence', async () => {
  const world = await saved()
  const text = planText(world)
  const { view: _view, ...older } = JSON.parse(text) as JsonObject
  const files = {
    'edited.json': text.replace('Salesforce Connection', 'Another Connection'),
    'cut.json': text.slice(0, text.length / 2),
    'other.json': '{"polyctl":"report"}',
    'yaml.json': 'connections: []\n',
    'older.json': sealed({ ...older, format_version: 2 })
  }
  world.write(files)
  const said: string[] = []
  for (const file of [...Object.keys(files), 'none.json']) {
    const { code, out, err } = await world.run('show', file)
    expect({ code, out }, file).toEqual({ code: 3, out: '' })
    said.push(/error\[P508\]: (.*)/.exec(err)?.[1] ?? err)
  }
  expect(said).toEqual([
    'the saved plan `edited.json` cannot be used: it was changed after it was written',
    'the saved plan `cut.json` cannot be used: it is not JSON, or not all of it is there',
    'the saved plan `other.json` cannot be used: it was not written by `polyctl plan --out`',
    'the saved plan `yaml.json` cannot be used: it is not JSON, or not all of it is there',
    'the saved plan `older.json` cannot be shown: an older polyctl made it, or it is very large, and it has no view',
    'the saved plan `none.json` cannot be read: it does not exist'
  ])
  expect(world.requests()).toEqual([])
})

/** The paths of all parts of a value. */
function pathsIn(value: Json, path: (string | number)[] = []): (string | number)[][] {
  const parts = Array.isArray(value) ? [...value.entries()] : isObject(value) ? Object.entries(value) : []
  return [path, ...parts.flatMap(([key, part]) => pathsIn(part ?? null, [...path, key]))]
}

function replaced(value: Json, [first, ...rest]: readonly (string | number)[], by: Json): Json {
  if (first === undefined) return by
  if (Array.isArray(value))
    return value.map((item, index) => (index === first ? replaced(item, rest, by) : item))
  return isObject(value) ? { ...value, [first]: replaced(value[first] ?? null, rest, by) } : value
}

test('whoever seals a file with anything in place of any part gets it shown or refused, and no fault of ours', async () => {
  const world = await saved()
  const whole = JSON.parse(planText(world)) as JsonObject
  const view = whole['view'] ?? null
  const paths = pathsIn(view)
  expect(paths.length).toBeGreaterThan(100)
  const values: Json[] = [7, 'x', [], {}, null, [7], { a: 7 }]
  for (const [index, path] of spread([...paths.entries()], 7)) {
    const by = values[index % values.length] ?? null
    world.write({ 'plan.json': sealed({ ...whole, view: replaced(view, path, by) }) })
    for (const format of ['text', 'json', 'html', 'markdown']) {
      const { code, out, err } = await world.run('show', 'plan.json', '--format', format)
      const where = `${format} ${path.join('.')} ${JSON.stringify(by)}: ${(out + err).slice(0, 300)}`
      expect(code === 0 || (code === 3 && (out + err).includes('P508')), where).toBe(true)
    }
  }
})
