import { problem } from '../diagnostics/diagnostic.ts'
import { viewOfKept } from '../render/view/kept.ts'
import { exit } from './exit.ts'
import type { CommandIo } from './io.ts'
import type { OutputOptions, Result } from './output.ts'
import { nothingRead, problemsResult } from './result.ts'
import { applyText, readSaved } from './saved-plan.ts'

/** `polyctl show FILE`: a saved plan as it was told when it was made. Nobody is asked. */
export async function showCommand(path: string, _options: OutputOptions, io: CommandIo): Promise<Result> {
  const read = readSaved(path, [], io)
  if (!read.ok) return await problemsResult(io, read.problems, nothingRead)
  const shown = viewOfKept(read.value.view)
  if (!shown.ok) {
    const none = problem('P508', `the saved plan \`${path}\` cannot be shown: ${shown.reason}`, {
      notes: ['`polyctl apply` takes it all the same, if nothing has moved'],
      help: ['make a new one with `polyctl plan --out`']
    })
    return await problemsResult(io, [none], nothingRead)
  }
  const next = `${applyText(path, read.value.service)} does exactly this, or refuses.`
  const { closing } = shown.view
  return {
    code: exit.done,
    answer: { type: 'plan', view: { ...shown.view, closing: { ...closing, next } } }
  }
}
