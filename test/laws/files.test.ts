import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { compareText } from '../../src/diagnostics/diagnostic.ts'
import type { Kind } from '../../src/kinds/kind.ts'
import { diff } from '../../src/plan/diff.ts'
import { isObject, isSecret, type Json, type JsonObject } from '../../src/state/value.ts'
import { at } from '../render/builders.ts'
import { everyKind, itemOf } from '../support/items.ts'
import { meaning, read } from '../support/reading.ts'
import { samples } from '../support/samples.ts'
import { Names } from '../support/service-model.ts'
import { smallKinds } from '../support/small-kind.ts'

/** As a person would write it: secrets by where they come from, and nothing else that looks like it. */
function written(value: Json): Json {
  if (typeof value === 'string') return value.replaceAll('${', () => '$${')
  if (isSecret(value)) return `\${${value.$secret.replace(' ', ':')}}`
  if (Array.isArray(value)) return value.map(written)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, written(inner)]))
}

const names = new Names()
const context = { idOf: names.idOf, spanAt: () => at('configs/a.yaml', 1) }

/** Where each secret comes from, wherever it is. */
function sourcesIn(fields: JsonObject): string[] {
  return (JSON.stringify(fields).match(/"\$secret":"[^"]+"/g) ?? []).toSorted()
}

function environmentOf(item: JsonObject): Record<string, string> {
  const names = JSON.stringify(item).matchAll(/"\$secret":"env ([^"]+)"/g)
  return Object.fromEntries(Array.from(names, ([, name = '']) => [name, '7']))
}

/** A name that nothing drawn holds, for those are shorter: an item that names itself is a cycle, and rightly refused. */
const ownName = 'the one that is read'

const all = { managed: everyKind.map(([, kind]) => kind) }

describe.each(everyKind)('%s', (_name, kind: Kind) => {
  test('what is printed as YAML, and read back, means the same', async () => {
    await fc.assert(
      fc.asyncProperty(itemOf(kind), async (item) => {
        // What only the kind knows to be wrong is told, not read.
        fc.pre((kind.check?.(item) ?? []).every(({ severity }) => severity === 'warning'))
        const said = written(item) as JsonObject
        const one = kind.naming === undefined ? { name: ownName, ...said } : said
        const text = stringify({ [kind.section]: kind.naming?.only === undefined ? [one] : one })
        const { resources } = await meaning(text, { env: environmentOf(item), kinds: all })
        const [back, there] = [resources[0]?.fields ?? {}, kind.fromYaml(item)]
        expect(diff(kind.fields, back, there, context).fields).toEqual([])
        expect(diff(kind.fields, there, back, context).fields).toEqual([])
        expect(sourcesIn(back)).toEqual(sourcesIn(there))
      }),
      samples(100)
    )
  })
})

test('a circle is found wherever there is one, and nobody is named who is not in it', async () => {
  const needs = fc.array(fc.option(fc.nat(7)), { minLength: 1, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(needs, async (links) => {
      const next = (index: number): number | undefined => {
        const link = links[index] ?? undefined
        return link === undefined || link >= links.length || link === index ? undefined : link
      }
      const returns = (start: number): boolean => {
        let at = next(start)
        for (let step = 0; at !== undefined && at !== start && step < links.length; step++) at = next(at)
        return at === start
      }
      const gadgets = links.map((_link, index) => {
        const link = next(index)
        return { name: `g${index}`, ...(link === undefined ? {} : { needs: `g${link}` }) }
      })
      const { result } = await read(stringify({ gadgets }), { kinds: smallKinds })
      const named = result.problems.flatMap(({ labels }) =>
        labels.map(({ text }) => /(g\d) needs/.exec(text)?.[1] ?? '')
      )
      const inCircles = gadgets.filter((_gadget, index) => returns(index)).map(({ name }) => name)
      expect(named.toSorted(compareText)).toEqual(inCircles)
      expect(result.ok).toBe(inCircles.length === 0)
    }),
    samples(200)
  )
})
