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

const asTheyAre: Words = { fields: (fields) => [...fields], path: (path) => path, named: (part) => part }

/** A difference in the words in which it is told. */
export function asShown<Part extends Pick<FieldChange, 'path' | 'shown'>>(
  field: Part
): Omit<Part, 'shown'> {
  const { shown, ...rest } = field
  return { ...rest, ...shown }
}
