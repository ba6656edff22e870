import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { validateResource } from '../../src/config/validation/index.ts'
import { derivedApi, type Kind } from '../../src/kinds/kind.ts'
import { diff } from '../../src/plan/diff.ts'
import { isEmpty, isObject, sortedText, type Json, type JsonObject } from '../../src/state/value.ts'
import { apiVersions } from '../../src/wire/common.ts'
import { at } from '../render/builders.ts'
import { everyKind, itemOf, withinVersion } from '../support/items.ts'
import { samples } from '../support/samples.ts'
import { echoOf, modelsOf, Names, opened, type ServiceBehaviour } from '../support/service-model.ts'
import { anyShape } from '../support/shapes.ts'

const behaviour = fc.record<ServiceBehaviour>({
  version: fc.constantFrom(...apiVersions),
  unset: fc.constantFrom('absent', 'null', 'filled'),
  reversed: fc.boolean(),
  masksNested: fc.boolean(),
  shape: anyShape
})

function differing(kind: Kind, wanted: JsonObject, live: JsonObject, names: Names): string[] {
  const { fields } = diff(kind.fields, wanted, live, { idOf: names.idOf, spanAt: () => at('a.yaml', 1) })
  return fields.map(({ path }) => path.join('.'))
}

/** What the service answers after a create of the item, as fields. */
function live(kind: Kind, item: JsonObject, how: ServiceBehaviour, names: Names): JsonObject {
  const wanted = kind.fromYaml(withinVersion(kind, item, how.version))
  const body = opened({ name: 'x', ...kind.toWire(wanted, names.toWire(how.version, true)) })
  const id = derivedApi(kind)?.id(wanted, names.idOf)
  const answer = echoOf(kind)(isObject(body) ? body : {}, how)
  const wire = { ...answer, ...(id === undefined ? {} : { id }) }
  return kind.fromWire(wire, names.fromWire(how.version, modelsOf(names)))
}

/** What a file that says this would be told. */
function problems(kind: Kind, item: JsonObject): string[] {
  const said = opened({ ...nameOf(kind, item), ...item })
  const value = isObject(said) ? said : {}
  const filled = {
    value,
    secrets: new Map(),
    texts: new Map(),
    given: new Set<string>(),
    unresolved: new Set<string>(),
    isMixed: false
  }
  const shape = validateResource(kind, filled, () => undefined)
  const own = (kind.check?.(value) ?? []).filter(({ severity }) => severity !== 'warning')
  return [...shape, ...own].map(({ path, message }) => `${inOneSpelling(path)}: ${message}`)
}

/** What is written in one of two spellings may be read in the other. */
function inOneSpelling(path: readonly (string | number)[]): string {
  return path
    .join('.')
    .replace(/^(model_|target_)?filters(\.conditions)?(\.\d+.*)?$/, 'filters')
    .replace(/^identities\.mappings\.\d+/, 'identity')
}

function nameOf(kind: Kind, item: JsonObject): JsonObject {
  const keys = kind.naming ? kind.naming.keys : ['name']
  return Object.fromEntries(
    keys.map((key) => [key, item[key] ?? (key === 'email' ? 'a@example.com' : 'https://a.example')])
  )
}

/** Without what says nothing, sets in one order, and without logic, which may be ordered otherwise too. A filter is the model's where nothing else is said. */
function plain(value: Json): Json {
  if (Array.isArray(value))
    return value
      .filter((inner) => inner !== null)
      .map(plain)
      .toSorted((a, b) => (sortedText(a) < sortedText(b) ? -1 : 1))
  if (!isObject(value)) return value
  const kept = Object.entries(value).filter(
    ([key, inner]) =>
      inner !== null && key !== 'filter_logic' && !(key === 'field_type' && inner === 'Model')
  )
  return Object.fromEntries(
    kept.map(([key, inner]) => [key, key === 'field_type' ? 'Target' : plain(inner)])
  )
}

describe.each(everyKind)('%s', (_name, kind) => {
  const item = itemOf(kind)

  test('what it means is written, and means the same', () => {
    fc.assert(
      fc.property(item, (one) => {
        const names = new Names()
        const fields = kind.fromYaml(one)
        const written = kind.toYaml(fields, names.toYaml)
        const again = kind.fromYaml(written)
        expect(differing(kind, again, fields, names)).toEqual([])
        expect(differing(kind, fields, again, names)).toEqual([])
        expect(plain(again)).toEqual(plain(fields))
        expect(JSON.stringify(written)).not.toContain('$ref')
        const before = problems(kind, one)
        expect(problems(kind, written).filter((problem) => !before.includes(problem))).toEqual([])
      }),
      samples(300)
    )
  })

  test('what is live is written, and does not differ from it then', () => {
    fc.assert(
      fc.property(item, behaviour, (one, how) => {
        const names = new Names()
        const there = live(kind, one, how, names)
        for (const fields of [there, kind.essential(there)]) {
          const again = kind.fromYaml(kind.toYaml(fields, names.toYaml))
          expect(differing(kind, again, there, names)).toEqual([])
        }
      }),
      samples(300)
    )
  })

  test('what is live is written in a form that files may have, without what says nothing', () => {
    fc.assert(
      fc.property(item, behaviour, (one, how) => {
        const names = new Names()
        const fields = kind.essential(live(kind, one, how, names))
        const written = kind.toYaml(fields, names.toYaml)
        const unreadable = Object.entries(one).filter(([name]) => kind.fields[name]?.class === 'unreadable')
        const before = problems(kind, withinVersion(kind, one, how.version))
        const after = problems(kind, { ...Object.fromEntries(unreadable), ...written })
        expect(after.filter((problem) => !before.includes(problem))).toEqual([])
        const required = Array.isArray(kind.schema['required']) ? kind.schema['required'] : []
        const idle = Object.keys(written).filter((key) => isEmpty(written[key]) && !required.includes(key))
        expect(idle).toEqual([])
      }),
      samples(300)
    )
  })
})
