/** `npm test` looks at a few of what is many, `npm run test:all` at all of it; so does whoever runs a file by itself. */
export const isFew = process.env['TESTS'] === 'few'

/** How often a property is tried with what is drawn at random. */
export function samples(all: number): { numRuns: number } {
  return { numRuns: isFew ? Math.max(20, Math.ceil(all / 10)) : all }
}

/** Of a list of equals, as many as are enough while working. */
export function some<T>(all: readonly T[], few: number): readonly T[] {
  return isFew ? all.slice(0, few) : all
}
