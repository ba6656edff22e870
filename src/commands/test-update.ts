import {
  draftAt,
  entryIn,
  inPlaceOf,
  newDraft,
  valueOfDraft,
  withDraftAt,
  type Draft
} from '../config/edit/index.ts'
import type { YamlDocument } from '../config/source/index.ts'
import { problem, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import { differenceOf, writtenExpectations, type WrittenExpectation } from '../executions/expectations.ts'
import type { WrittenFiles } from '../pull/written.ts'
import { addressText, type Address } from '../state/resource.ts'
import { isObject, sortedText, type Json } from '../state/value.ts'
import type { TestedSync } from './sync-tests.ts'

/** Files in which tests expect what is done. */
export interface UpdatedTests {
  /** Of files that change, by path. */
  texts: Map<string, string>
  changed: ChangedTest[]
  /** Why some cannot be written. */
  left: Diagnostic[]
}

/** A test whose expectations change. */
export interface ChangedTest {
  address: Address
  view: { address: Address; name: string }
  file: string
  at: Span
}

/** Writes what is done into the tests that expect something else; comments and style stay. */
export function withExpectations(all: readonly TestedSync[], written: WrittenFiles): UpdatedTests {
  const drafts = new Map<YamlDocument, Draft>()
  const changed: ChangedTest[] = []
  const left: Diagnostic[] = []
  for (const { resource: sync, tests } of all)
    for (const [index, { test, done }] of tests.entries()) {
      const { missing, unexpected } = differenceOf(test.expected ?? [], done)
      if (test.expected !== undefined && missing.length + unexpected.length === 0) continue
      const at = sync.spanAt(['tests', index, 'name'])
      const place = written.placeOf(sync)
      const before = place && (drafts.get(place.document) ?? written.draftOf(place.document))
      const path = [...(place?.path ?? []), 'tests', index]
      const draft = before && draftAt(before, path)
      const after = draft && expecting(draft, writtenExpectations(test.expected, done))
      if (place === undefined || before === undefined || after === undefined || isLocked(before, path)) {
        left.push(notWritten(test.name, sync, at))
        continue
      }
      drafts.set(place.document, withDraftAt(before, path, after))
      const address = { kind: sync.kind, name: sync.name }
      changed.push({
        address,
        view: { address, name: test.name },
        file: place.document.source.path,
        at
      })
    }
  const texts = new Map<string, string>()
  for (const [path, text] of written.texts(drafts)) if (text !== undefined) texts.set(path, text)
  const lost = changed.filter(({ file }) => !texts.has(file))
  left.push(...lost.map(({ view, address, at }) => notWritten(view.name, address, at)))
  return { texts, changed: changed.filter(({ file }) => texts.has(file)), left }
}

/** Whether a part of the file that holds the test cannot be changed by itself. */
function isLocked(draft: Draft, path: readonly (string | number)[]): boolean {
  return path.some((_part, index) => draftAt(draft, path.slice(0, index + 1))?.lock !== undefined)
}

function expecting(test: Draft, expectations: readonly WrittenExpectation[]): Draft | undefined {
  if (test.is !== 'mapping') return undefined
  const entry = entryIn(test, 'expect')
  const value = expectations.map((one) => one.value)
  if (entry === undefined)
    return { ...test, entries: [...test.entries, { key: 'expect', draft: newDraft(value) }] }
  const list = entry.draft
  if (list.is !== 'list' || list.items.length === 0 || value.length === 0)
    return withDraftAt(test, ['expect'], inPlaceOf(list, value))
  const like = list.items.at(-1)
  const items = expectations.map(({ at, value: wanted }) => {
    const item = at === undefined ? undefined : list.items[at]
    return item === undefined ? newDraft(wanted, like) : changedTo(item, wanted)
  })
  return withDraftAt(test, ['expect'], { ...list, items })
}

/** The same part of the file with another value: what is equal stays as it is written. */
function changedTo(draft: Draft, value: Json): Draft {
  if (sortedText(valueOfDraft(draft)) === sortedText(value)) return draft
  if (draft.is !== 'mapping' || !isObject(value)) return inPlaceOf(draft, value)
  const kept = draft.entries.flatMap((entry) => {
    const inner = value[entry.key]
    return inner === undefined ? [] : [{ ...entry, draft: changedTo(entry.draft, inner) }]
  })
  const added = Object.entries(value).filter(([key]) => entryIn(draft, key) === undefined)
  return {
    ...draft,
    entries: [...kept, ...added.map(([key, inner]) => ({ key, draft: newDraft(inner) }))]
  }
}

function notWritten(name: string, sync: Address, span: Span): Diagnostic {
  return problem('P814', `what the test \`${name}\` of ${addressText(sync)} expects was not written`, {
    labels: [{ span, text: 'it cannot be changed without changing other places' }],
    help: ['write it by hand, or give the test a list of its own']
  })
}
