import { join } from 'node:path'

/**
 * The command of a process of its own. `npm test` builds the program once and names it here, as it starts in a third of
 * the time that the sources take; whoever runs a file by itself runs the sources.
 */
export const program =
  process.env['BUILT_PROGRAM'] ?? join(import.meta.dirname, '..', '..', '.runtime', 'polyctl.cjs')

/** Whether it was built just now. */
export const isBuilt = process.env['BUILT_PROGRAM'] !== undefined
