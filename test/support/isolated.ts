/**
 * Tests that change what all files of a process share, modules or the clock, or that measure this process: each of
 * these files has a process of its own.
 */
export const isolated = [
  'test/apply/mistakes.test.ts',
  'test/kinds/added.test.ts',
  'test/laws/linear.test.ts',
  'test/remote/tries.test.ts',
  'test/render/formats.test.ts',
  'test/watch/days.test.ts'
]
