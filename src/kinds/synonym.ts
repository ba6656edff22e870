/**
 * What a key that does not exist stands for: a field, or one whose values have other words. Of several, the
 * first that exists where the key stands is meant.
 */
export type Synonym =
  | string
  | { fields: readonly string[]; values: Readonly<Record<string, string | boolean>> }

/** The field that says the opposite: `enabled: true` is `disabled: false`. */
export function opposite(...fields: string[]): Synonym {
  return { fields, values: { true: false, false: true } }
}
