/**
 * What an unknown key means: a field, or a field whose values are spelled differently. Of several fields,
 * the first that exists at the place of the key is meant.
 */
export type Synonym =
  | string
  | { fields: readonly string[]; values: Readonly<Record<string, string | boolean>> }

/** The synonym for a negated field: `enabled: true` is `disabled: false`. */
export function opposite(...fields: string[]): Synonym {
  return { fields, values: { true: false, false: true } }
}
