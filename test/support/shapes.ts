import * as fc from 'fast-check'
import { apiVersions, type ApiVersion } from '../../src/wire/common.ts'

/** How the local server answers 2025-09-18: as it was at first, or with all that was added to it since. */
export const shapes = ['older', 'newest'] as const

export type Shape = (typeof shapes)[number]

/** One of them, as chance has it. */
export const anyShape: fc.Arbitrary<Shape> = fc.constantFrom(...shapes)

/** Each version in each shape that it has: only the last one has two. */
export const versionsInShapes: readonly { version: ApiVersion; shape: Shape }[] = apiVersions.flatMap(
  (version) => shapesOf(version).map((shape) => ({ version, shape }))
)

/** The shapes that a version has. */
function shapesOf(version: ApiVersion): readonly Shape[] {
  return version === apiVersions.at(-1) ? shapes : ['older']
}
