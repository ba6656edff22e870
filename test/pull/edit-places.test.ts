import { expect, test } from 'vitest'
import {
  changedText,
  draftAt,
  draftOf,
  inPlaceOf,
  newDraft,
  withDraftAt,
  type Draft
} from '../../src/config/edit/index.ts'
import { parseYaml, valueOfNode, type YamlDocument } from '../../src/config/source/index.ts'
import { isObject, type Json } from '../../src/state/value.ts'

/** Each part of a few hard texts is taken out, replaced and added to: the file says just that afterwards. */

const texts = [
  'a:\n  x: 1\n  # below\nb: 2\n',
  'a:\n  x: 1\n# below\nb: 2\n',
  'a:\n  x: 1\n    # deeper\nb: 2\n',
  'a:\n  x: 1 # beside\n\n  # below\n\n  # more\nb: 2\n',
  'a: # head\n  # above\n  x: 1\n  # below\nb: 2\n',
  'a: &k\n  x: 1\n  # below\nb: 2\n',
  'a:\n  # above\n  x:\n    y: 1\n    # below y\n  # below x\nb: 2\n',
  'a:\n  x: |+\n    one\n\n    two\n\n  # below\nb: 2\n',
  'a:\n  x: |+\n    one\n\n\nb: 2\n',
  'a: |+\n  one\n\n  two\n\nb: 1\n',
  'a: |+\n\n  one\n\nb: 1\n',
  'a: |+\n  one\n\n',
  'a: |+\n  one\n\n# end\nb: 1\n',
  'a: |+\n\n\nb: 1\n',
  'a: >+\n  one\n\n  two\n\nb: 1\n',
  'a: |+2\n    one\n\nb: 1\n',
  'l:\n  - |+\n    one\n\n  - two\n',
  'l:\n  - one\n\n  - |+\n    two\n\n  - three\n',
  'l:\n  - x: |+\n      one\n\n    y: 1\n  - two\n',
  'l:\n  - x: 1\n    # below\n  - x: 2\n    # below 2\nb: 1\n',
  'a:\n  x: 1\n  # below\n',
  'l:\n  - x\n  # below\nb: 1\n',
  'l:\n- x\n# below\nb: 1\n',
  'c:\n  a:\n    x: 1\n    # below\n  d: 1\n',
  'c:\n  d: 1\n  a:\n    x: 1\n    # below\n',
  'c:\n  a: { x: 1 }\n    # below\n  l: [1]\n    # below\n'
]

const values: (Json | undefined)[] = [
  undefined,
  {},
  [],
  '',
  'x',
  '\n',
  'x\ny\n',
  'x\n\n',
  'x\n\ny\n\n\n',
  null,
  7
]
const nested: Json[] = [{ n: 1 }, { n: 'x\ny\n' }, ['i'], ['x\ny\n']]

type Path = (string | number)[]
type Edit = { what: string; wanted: Json; after: Draft }

function* pathsOf(value: Json, at: Path = []): Generator<Path> {
  if (at.length > 0) yield at
  if (Array.isArray(value)) for (const [index, one] of value.entries()) yield* pathsOf(one, [...at, index])
  else if (isObject(value))
    for (const [key, one] of Object.entries(value)) yield* pathsOf(one ?? null, [...at, key])
}

/** The same with another value at a path, or without the one there. */
function changed(value: Json, [first = '', ...rest]: Path, to: (was: Json) => Json | undefined): Json {
  const inner = (was: Json): Json | undefined => (rest.length === 0 ? to(was) : changed(was, rest, to))
  if (Array.isArray(value))
    return value.flatMap((one, index) =>
      index === first ? [inner(one)].filter((x) => x !== undefined) : [one]
    )
  return Object.fromEntries(
    Object.entries(isObject(value) ? value : {}).flatMap(([key, one]) => {
      const next = key === first ? inner(one ?? null) : one
      return next === undefined ? [] : [[key, next]]
    })
  )
}

function* editsOf(before: Draft, whole: Json): Generator<Edit> {
  for (const at of pathsOf(whole)) {
    const part = draftAt(before, at)!
    for (const to of [...values, ...nested])
      yield {
        what: `${at.join('.')} becomes ${JSON.stringify(to)}`,
        wanted: changed(whole, at, () => to),
        after: withDraftAt(before, at, to === undefined ? undefined : inPlaceOf(part, to))
      }
    if (part.is === 'scalar') continue
    for (const to of [...values, ...nested].filter((one) => one !== undefined)) {
      const more =
        part.is === 'list'
          ? { ...part, items: [...part.items, newDraft(to, part.items.at(-1))] }
          : { ...part, entries: [...part.entries, { key: 'new', draft: newDraft(to) }] }
      yield {
        what: `${at.join('.')} gets ${JSON.stringify(to)}`,
        wanted: changed(whole, at, (was) =>
          Array.isArray(was) ? [...was, to] : { ...(was as object), new: to }
        ),
        after: withDraftAt(before, at, more)
      }
    }
  }
}

test.each(texts)('%j', (text) => {
  const wrong: string[] = []
  for (const written of [text, text.replaceAll('\n', '\r\n')]) {
    const [{ source, root }] = parseYaml('a.yaml', written).documents as [YamlDocument]
    const whole = valueOfNode(root)
    const before = draftOf(source, root, whole)
    for (const { what, wanted, after } of editsOf(before, whole)) {
      if (Object.keys(wanted as object).length === 0) continue
      const made = changedText(source, [{ root, before, after }])
      const { documents, problems } = parseYaml('a.yaml', made ?? '')
      const says = JSON.stringify(documents.map((one) => valueOfNode(one.root)))
      if (problems.length > 0 || says !== JSON.stringify([wanted]))
        wrong.push(`${JSON.stringify(written)}: ${what}: ${JSON.stringify(made)}`)
    }
  }
  expect(wrong).toEqual([])
})
