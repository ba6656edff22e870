import type { Kind } from '../kinds/kind.ts'
import type { Live, Path } from '../state/resource.ts'
import { FileNames } from './file-names.ts'

/** From so many lines on a text is a file of its own, where that is asked for. */
const fewest = 5

/**
 * Moves long texts, such as queries, into files of their own, if their bytes survive that: a placeholder
 * drops the last line end of a file, and line ends of Windows do not come back.
 */
export class LongTexts {
  /** Texts by path, relative to the folder that is imported into. */
  readonly files = new Map<string, string>()
  readonly #names: FileNames
  readonly #up: (kind: Kind) => string

  /** `up` is the way from the files of a kind to the folder that is imported into: ``, or `../`. */
  constructor(taken: Iterable<string>, up: (kind: Kind) => string) {
    this.#names = new FileNames(taken)
    this.#up = up
  }

  /** Returns the placeholder of a text that is moved; undefined for one that stays where it is. */
  moved(kind: Kind, live: Live, path: Path, text: string): string | undefined {
    if (text.split('\n').length < fewest || !survives(text)) return undefined
    const isQuery = /^(?:query|sql)$/i.test(String(path.at(-1))) || /^\s*(?:select|with)\b/i.test(text)
    const [folder, ending] = isQuery ? ['sql/', '.sql'] : ['texts/', '.txt']
    const file = this.#names.choose(folder, live.name, ending, live.kind)
    this.files.set(file, `${text}\n`)
    return `\${file:${this.#up(kind)}${file}}`
  }
}

function survives(text: string): boolean {
  return !/[\r\0]/.test(text) && !text.startsWith('\uFEFF') && text.isWellFormed() && !isPointer(text)
}

/** A text that reads like a pointer of Git LFS is refused where a file holds it. */
function isPointer(text: string): boolean {
  return text.startsWith('version https://')
}
