import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propertiesOf } from '../../src/commands/explain-schema.ts'
import { resourceSchema, withoutRefs } from '../../src/config/validation/index.ts'
import type { Kind } from '../../src/kinds/kind.ts'
import { additions } from '../../src/plan/additions.ts'
import { diff } from '../../src/plan/diff.ts'
import { withIgnored } from '../../src/plan/ignore.ts'
import type { FieldChange } from '../../src/plan/plan.ts'
import { asShown, wordsOf } from '../../src/plan/wording.ts'
import {
  isObject,
  isReference,
  isSecret,
  textOf,
  type Json,
  type JsonObject
} from '../../src/state/value.ts'
import { at } from '../render/builders.ts'
import { everyKind, pairOf } from '../support/items.ts'
import { samples } from '../support/samples.ts'
import { Names } from '../support/service-model.ts'

const runs = samples(150)

const context = { idOf: new Names().idOf, spanAt: () => at('configs/a.yaml', 1) }

/** What is told of an item of a file where the service has what another item says, or nothing. */
function shownOf(kind: Kind, item: JsonObject, other: JsonObject | undefined): FieldChange[] {
  const wanted = kind.fromYaml(item)
  const live = other === undefined ? {} : kind.fromYaml(other)
  const found =
    other === undefined
      ? additions(kind.fields, wanted, context)
      : diff(kind.fields, wanted, live, context).fields
  return wordsOf(kind, kind.wording?.spelling(item), wanted, live).fields(found).map(asShown)
}

/** The words of a difference that no key of the schema is: steps of its path, and keys of its values. */
function unknownWords(kind: Kind, { path, before, after }: FieldChange): string[] {
  const schema = withoutRefs(resourceSchema(kind))
  return [before, after].flatMap((value) => unknownIn(schema, path, value ?? null))
}

function unknownIn(schema: JsonObject, [step, ...rest]: readonly string[], value: Json): string[] {
  if (step === undefined) return unknownKeys(schema, value)
  if (step.startsWith('[')) return unknownIn(schema, rest, value)
  const all = propertiesOf(schema)
  if (Object.keys(all).length === 0) return []
  const inner = all[step]
  return inner === undefined ? [step] : unknownIn(inner, rest, value)
}

function unknownKeys(schema: JsonObject, value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => unknownKeys(schema, one))
  if (!isObject(value) || isReference(value) || isSecret(value)) return []
  return Object.entries(value).flatMap(([key, inner]) => unknownIn(schema, [key], inner))
}

describe.each(everyKind.filter(([name]) => name !== 'tag'))('%s', (_name, kind) => {
  test('differences are named by keys of the schema', () => {
    fc.assert(
      fc.property(pairOf(kind), ([one, other]) => {
        const all = [
          ...shownOf(kind, one, other),
          ...shownOf(kind, other, one),
          ...shownOf(kind, one, undefined)
        ]
        for (const change of all)
          expect([change.path, unknownWords(kind, change)]).toEqual([change.path, []])
      }),
      runs
    )
  })
})

test('differences of a sync have the words of its file', () => {
  const sync = everyKind.find(([name]) => name === 'sync')![1]
  const seen = new Set<string>()
  fc.assert(
    fc.property(pairOf(sync), ([one, other]) => {
      for (const { path } of [...shownOf(sync, one, other), ...shownOf(sync, one, undefined)]) {
        const [top = '', next] = path
        seen.add(top)
        if ('identities' in one) expect(path).not.toContain('identity')
        if ('model_filters' in one || 'target_filters' in one) {
          // That a filter changes sides is what only one list of both can say.
          if (path.at(-1) !== 'field_type') expect(top).not.toMatch(/^filter/)
          expect([top, next]).not.toEqual(['target', 'filter_logic'])
        } else if ('filters' in one || 'filter_logic' in one) expect(top).not.toMatch(/_filters$/)
        const among = new Map(
          (Array.isArray(one['fields']) ? one['fields'] : [])
            .filter(isObject)
            .map((field) => [`[${textOf(field['target'] ?? '')}]`, field])
        )
        if (next !== undefined && among.get(next)?.['source'] === undefined && among.has(next))
          expect(top).not.toBe('override_fields')
      }
    }),
    { numRuns: 150, seed: 1 }
  )
  for (const word of ['identity', 'identities', 'filters', 'model_filters', 'target_filters'])
    expect(seen).toContain(word)
})

test('`ignore_changes` means the same in the words of files and of fields', () => {
  const sync = everyKind.find(([name]) => name === 'sync')![1]
  fc.assert(
    fc.property(pairOf(sync), ([one, other]) => {
      const [wanted, live] = [sync.fromYaml(one), sync.fromYaml(other)]
      const spelling = sync.wording!.spelling(one)
      const textOfPath = ({ path }: FieldChange): string => path.join('.')
      const left = (ignored: readonly string[]) =>
        diff(sync.fields, withIgnored(wanted, ignored, live, sync), live, context).fields.map(textOfPath)
      const own = diff(sync.fields, wanted, live, context).fields.map(textOfPath)
      const shown = shownOf(sync, one, other).map(textOfPath)
      for (const [index, path] of shown.entries()) {
        const now = left(sync.wording!.ignored(path, spelling))
        // A mapping and the fixed value of its target may have one name.
        const place = path.replace(/^fields/, '')
        const isBeside = (one: string) => path !== place && one.replace(/^(override_)?fields/, '') === place
        const alike = left([own[index]!]).filter((one) => now.includes(one) || !isBeside(one))
        expect([path, now]).toEqual([path, alike])
      }
      const all = shown.flatMap((path) => sync.wording!.ignored(path, spelling))
      expect(left(all)).toEqual(left(own))
    }),
    samples(60)
  )
})
