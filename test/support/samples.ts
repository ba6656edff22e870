/** `npm test` looks at a few of what is many, `npm run test:all` at all of it; so does whoever runs a file by itself. */
export const isFew = process.env['TESTS'] === 'few'

/** How often a property is tried with what is drawn at random; of what is rarely met, at least `fewest` times. */
export function samples(all: number, fewest = 12): { numRuns: number } {
  return { numRuns: isFew ? Math.max(fewest, Math.ceil(all / 40)) : all }
}

/**
 * Of a list of equals, one of `step`, from the first to the last. Of a table of combinations this meets each member of
 * each column, as long as `step` has no factor in common with the length of one.
 */
export function spread<T>(all: readonly T[], step: number): readonly T[] {
  return isFew ? all.filter((_one, index) => index % step === 0) : all
}

/**
 * The share that one of several lists takes of `all`: together they take each once, where all samples are tried each
 * takes all.
 */
export function share<T>(all: readonly T[], part: number, parts: number): readonly T[] {
  return isFew ? all.filter((_one, index) => index % parts === part) : all
}
