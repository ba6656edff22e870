import type { Kind } from '../kinds/kind.ts'
import type { JsonObject } from '../state/value.ts'
import type { FieldChange } from './plan.ts'

/**
 * Names of fields as people are told them: in the words of the file that states the resource. Comparison,
 * fingerprints and `ignore_changes` have the paths of the normal form.
 */

type NamedPart = ReturnType<NonNullable<Kind['wording']>['named']>

/** Names the parts of one resource. */
export interface Words {
  fields(fields: readonly FieldChange[]): FieldChange[]
  path(path: readonly string[]): readonly string[]
  named(part: NamedPart): NamedPart
}

/** Returns the words of a file with a spelling. `sides` are the fields of its resource: wanted, and live. */
export function wordsOf(
  { wording }: Kind,
  spelling: JsonObject | undefined,
  ...sides: readonly JsonObject[]
): Words {
  if (wording === undefined) return asTheyAre
  const of = spelling ?? {}
  return {
    fields: (fields) =>
      fields.map((field) => {
        const { path, before, after, base } = field
        const part = {
          path,
          ...(before === undefined ? {} : { before }),
          ...(after === undefined ? {} : { after }),
          ...(base === undefined ? {} : { base })
        }
        const named = wording.named(part, of, sides)
        return named === part ? field : { ...field, shown: { ...named, path: [...named.path] } }
      }),
    path: (path) => wording.named({ path }, of, sides).path,
    named: (part) => wording.named(part, of, sides)
  }
}

/**
 * Returns words in which list items are called by names that the files have as ids: the key of an item may
 * hold what it refers to.
 */
export function callingByName(words: Words, names: ReadonlyMap<string, string>): Words {
  if (names.size === 0) return words
  const ids = new RegExp([...names.keys()].join('|'), 'gi')
  const called = (path: readonly string[]): readonly string[] =>
    path.map((part) =>
      part.startsWith('[') ? part.replaceAll(ids, (id) => names.get(id.toLowerCase()) ?? id) : part
    )
  return {
    fields: (fields) =>
      words.fields(fields).map((field) => {
        const { path, before, after, base } = field.shown ?? field
        const isCalled = called(path).some((part, index) => part !== path[index])
        if (!isCalled) return field
        const values = {
          ...(before === undefined ? {} : { before }),
          ...(after === undefined ? {} : { after }),
          ...(base === undefined ? {} : { base })
        }
        return { ...field, shown: { ...values, path: [...called(path)] } }
      }),
    path: (path) => called(words.path(path)),
    named: (part) => {
      const named = words.named(part)
      return { ...named, path: [...called(named.path)] }
    }
  }
}

const asTheyAre: Words = { fields: (fields) => [...fields], path: (path) => path, named: (part) => part }

/** A difference in the words in which it is told. */
export function asShown<Part extends Pick<FieldChange, 'path' | 'shown'>>(
  field: Part
): Omit<Part, 'shown'> {
  const { shown, ...rest } = field
  return { ...rest, ...shown }
}
