import { resolve } from 'node:path'
import { saveFile } from '../config/source/index.ts'
import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { previewFile, previewFileText } from '../executions/preview-file.ts'
import type { SyncPreview } from '../executions/preview.ts'
import { boundedJson } from '../state/json-text.ts'
import { count } from '../render/plain-text.ts'
import type { CommandIo } from './io.ts'
import type { CommandContext } from './run.ts'

/** Writes the list of previews to a file, for its owner alone, whole or not at all. */
export function savePreviews(
  path: string,
  previews: readonly SyncPreview[],
  organization: { id: string; name: string },
  redacted: boolean,
  { service }: CommandContext,
  io: CommandIo
): { failure: Diagnostic } | { saved: string } {
  const replaced = previews.find(
    ({ preview }) => preview.outcome === 'previewed' && preview.answer.seal === null
  )
  if (replaced !== undefined)
    return {
      failure: unsaved(path, `sync "${replaced.address.name}" replaces all that its target holds`, [
        'a list of records does not say what becomes of the others: run it by its name'
      ])
    }
  const file = previewFile(previews, organization, service.name, redacted)
  const number = file.lists.reduce((sum, { records }) => sum + records.length, 0)
  if (number === 0) return { saved: `Nothing was saved to ${path}: there is no record to write.` }
  const counted = count(number, 'record')
  const text = previewFileText(file)
  if (!boundedJson(text).ok)
    return {
      failure: unsaved(path, `a list of ${counted} is too long for a file`, [
        'list fewer with `--limit`: the others wait for the next run'
      ])
    }
  const failure = saveFile(resolve(io.cwd, path), text, 0o600)
  if (failure !== undefined) return { failure: unsaved(path, failure, ['give another path to `--out`']) }
  const local = service.name === 'local' ? ' --local' : ''
  return {
    saved: `Saved to ${path}: \`polyctl run ${path}${local}\` writes exactly these ${counted}, or refuses.`
  }
}

function unsaved(path: string, why: string, help: string[]): Diagnostic {
  return problem('P807', `the preview cannot be written to \`${path}\`: ${why}`, { help })
}
