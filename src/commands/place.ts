import { dirname, resolve, sep } from 'node:path'
import { openDisk, saveFiles } from '../config/source/index.ts'
import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { projectOf } from './project.ts'

/**
 * Whether there is a place for a file or folder that is to be written: inside of the checkout missing folders
 * are created. Elsewhere a folder that is missing is a slip: nobody looks for the result there.
 */
function hasPlace(cwd: string, path: string): boolean {
  const top = resolve(cwd, projectOf(cwd).top ?? '.')
  const folder = dirname(resolve(cwd, path))
  const isWithin = folder === top || folder.startsWith(top.endsWith(sep) ? top : `${top}${sep}`)
  return isWithin || openDisk(cwd, async () => '').look(folder).is !== 'nothing'
}

/** The problem of what `--out` names in a folder that does not exist. */
export function withoutPlace(cwd: string, out: string): Diagnostic | undefined {
  if (hasPlace(cwd, out)) return undefined
  return problem('P514', `\`${out}\` cannot be written: its folder does not exist`, {
    notes: ['folders are created inside of the checkout, not elsewhere'],
    help: ['create the folder, or give another path to `--out`']
  })
}

/** Writes a file, whole or not at all, where there is a place for it; returns why it could not be written. */
export function savedTo(cwd: string, path: string, text: string): string | undefined {
  if (!hasPlace(cwd, path)) return 'its folder does not exist'
  return saveFiles([{ path: resolve(cwd, path), text }])?.reason
}
