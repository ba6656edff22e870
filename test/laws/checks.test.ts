import { describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { applyAll, examples, secrets } from '../support/examples.ts'
import { spread } from '../support/samples.ts'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'

/**
 * The laws of checks, over the examples with their connections live. What is right passes. And of a name that is
 * misspelt, an error means that apply would be refused; what apply is refused for was told before.
 */

type Path = (string | number)[]
type Document = Record<string, Record<string, unknown>[]>

/** The keys whose values name something in a connected system, or in a model. */
const naming = new Set(
  (
    'source target field field_id object table collection view database stream_id identifier from ' +
    'schemas fields tracking_columns mode function id'
  ).split(' ')
)

/** Every text below one of these keys in what is not a connection. */
function namesIn(document: Document): Path[] {
  const walk = (value: unknown, path: Path): Path[] => {
    const key = path.findLast((step) => typeof step === 'string')
    if (typeof value === 'string') return naming.has(String(key)) ? [path] : []
    if (typeof value !== 'object' || value === null) return []
    return Object.entries(value).flatMap(([step, below]) =>
      walk(below, [...path, Array.isArray(value) ? Number(step) : step])
    )
  }
  return ['models', 'syncs', 'bulk_syncs'].flatMap((section) => walk(document[section] ?? [], [section]))
}

/** The same with a letter less in one name. */
function misspelt(document: Document, path: Path): Document {
  const copy = structuredClone(document)
  const holder = path
    .slice(0, -1)
    .reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], copy)
  const [parent, last] = [holder as Record<string, unknown>, String(path.at(-1))]
  const text = String(parent[last])
  parent[last] = text.length < 3 ? `${text}x` : text.slice(0, -2) + text.slice(-1)
  return copy
}

const isConnected = (text: string): boolean => /^(models|syncs|bulk_syncs):/m.test(text)
const documents = Object.entries(examples)
  .filter(([, text]) => isConnected(text))
  .map(([name, text]): [string, Document] => [name, parse(text, { merge: true }) as Document])

/** Only the connections are there. */
async function connected(document: Document): Promise<Sandbox> {
  const { models: _models, syncs: _syncs, bulk_syncs: _bulk, ...rest } = document
  const world = createSandbox({ env: secrets, files: { 'configs/a.yaml': stringify(rest) } })
  await applyAll(world)
  return world
}

async function codesOf(world: Sandbox): Promise<{ exit: number; codes: string[]; text: string }> {
  const ran = await world.run('plan', '--format', 'json')
  const { problems } = JSON.parse(ran.out) as { problems: { code: string; message: string }[] }
  return { exit: ran.code, codes: problems.map(({ code }) => code), text: JSON.stringify(problems) }
}

describe.each(documents)('%s', (_name, document) => {
  test('is right as it is', async () => {
    const world = await connected(document)
    world.write({ 'configs/a.yaml': stringify(document) })
    const { exit, codes, text } = await codesOf(world)
    expect([exit, codes.filter((code) => code.startsWith('P42'))], text).toEqual([0, []])
  })

  test('and with a name misspelt, plan knows what apply would run into', async () => {
    const names = namesIn(document)
    expect(names.length).toBeGreaterThan(0)
    for (const path of spread(names, 29)) {
      const world = await connected(document)
      const wrong = misspelt(document, path)
      world.write({ 'configs/a.yaml': stringify(wrong) })
      const { exit, codes, text } = await codesOf(world)
      const isFiles = codes.some((code) => /^P[0-3]/.test(code))
      const ran = await world.run('apply', '--yes', '--no-check')
      const place = `${path.join('.')}\n${text}\n${ran.out}${ran.err}`
      if (exit !== 0) expect([3, 5], place).toContain(ran.code)
      if (ran.code !== 0 && !isFiles)
        expect(
          codes.some((code) => code.startsWith('P42')),
          place
        ).toBe(true)
    }
  })
})
