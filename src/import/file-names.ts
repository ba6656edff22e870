/** The longest name of a file, in characters, with its ending and number. */
const longest = 80
/** The longest name in bytes that all systems of files take is 255. */
const longestBytes = 200

/** Names that Windows keeps for devices, whatever their ending. */
const reserved = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])$/i

/**
 * Chooses names of files that are short, safe on every system, and different also where case and the form
 * of Unicode make no difference. The same names in the same order give the same files.
 */
export class FileNames {
  readonly #taken: Set<string>

  /** `taken` are paths that exist already, or that are kept free. */
  constructor(taken: Iterable<string> = []) {
    this.#taken = new Set(Array.from(taken, folded))
  }

  /** Returns a path in a folder (empty for none). `instead` is taken where nothing is left of the name. */
  choose(folder: string, name: string, ending: string, instead: string): string {
    const slug = slugOf(name) || slugOf(instead) || 'file'
    const stem = reserved.test(slug) ? `${slug}-` : slug
    for (let number = 1; ; number++) {
      const suffix = number === 1 ? ending : `-${number}${ending}`
      const path = `${folder}${cut(stem, longest - suffix.length)}${suffix}`
      if (this.#taken.has(folded(path))) continue
      this.#taken.add(folded(path))
      return path
    }
  }
}

function folded(path: string): string {
  return path.normalize('NFKC').toLowerCase()
}

/** Letters and digits of any language, in lower case, with a hyphen for all else. */
function slugOf(name: string): string {
  const words = name.normalize('NFC').toLowerCase().normalize('NFC')
  return words.replaceAll(/[^\p{L}\p{N}\p{M}]+/gu, '-').replaceAll(/^-+|-+$/g, '')
}

function cut(text: string, most: number): string {
  let [kept, bytes] = ['', 0]
  // A short name of plain letters is as it is; to cut others into what people see takes long.
  if (text.length <= most && /^[\x20-\x7e]*$/.test(text)) return text
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)) {
    bytes += Buffer.byteLength(segment)
    if (kept.length + segment.length > most || bytes > longestBytes) break
    kept += segment
  }
  return kept.replace(/-+$/, '') || 'file'
}
