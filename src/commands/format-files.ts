import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { thrownText } from '../diagnostics/thrown.ts'
import { printed, type Piece } from '../render/format.ts'
import { formatOf } from '../render/formats.ts'
import type { Look } from '../render/style.ts'
import type { Answer } from '../render/view/answer.ts'
import { problemsView } from '../render/view/problems.ts'
import type { FormatFile } from './output.ts'
import { savedTo } from './place.ts'

/** What files of results are made of. */
interface Making {
  cwd: string
  look: Look
  /** Without known secrets. */
  shown: (text: string) => string
}

/**
 * Writes the result to files, each in its format and whole or not at all; a missing folder of the checkout
 * is created. What cannot be written keeps the others from nothing, and is what comes back, as text for
 * standard error.
 */
export async function saveFormats(
  answer: Answer,
  files: readonly FormatFile[],
  { cwd, look, shown }: Making
): Promise<Piece[]> {
  const failures: Diagnostic[] = []
  for (const { format, path } of files) {
    const reason = await tried(async () => {
      const pieces = await printed(answer, await formatOf(format), {
        ...look,
        colour: false,
        width: 100,
        isTerminal: false
      })
      const text = shown(pieces.map((piece) => piece.text).join(''))
      return savedTo(cwd, path, text)
    })
    if (reason === undefined) continue
    failures.push(
      problem('P626', `the result cannot be written to \`${path}\`: ${reason}`, {
        help: [`give another path to \`--format ${format}=FILE\``]
      })
    )
  }
  if (failures.length === 0) return []
  const view = {
    files: 0,
    resources: 0,
    problems: problemsView(failures, { texts: new Map() }),
    interrupted: false
  }
  return await printed({ type: 'findings', view }, await formatOf('text'), look)
}

async function tried(work: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await work()
  } catch (error) {
    return thrownText(error)
  }
}
