/** A CSV file as an object of the catalogue: its columns are the fields, under their own names. */
import type { JsonObject } from '../../wire/common.ts'

/** Columns and rows, in the shape of an object of a catalogue file. */
interface CsvObject {
  label: string
  fields: Record<string, string>
  records: JsonObject[]
}

/**
 * Reads RFC 4180: commas, lines of either kind, quotes that are doubled within quotes. The first line names
 * the columns. A text in place of the object says why it is none.
 */
export function readCsv(text: string): CsvObject | string {
  const rows = rowsOf(text.replace(/^\uFEFF/, ''))
  if (rows === undefined) return 'has a quote that is not closed'
  const [header = [], ...lines] = rows
  const columns = [...header.entries()].filter(([, name]) => name !== '')
  if (columns.length === 0) return 'has no line with the names of columns'
  const records = lines.map((cells): JsonObject =>
    Object.fromEntries(columns.map(([index, name]) => [name, cells[index] ?? '']))
  )
  return { label: 'data', fields: Object.fromEntries(columns.map(([, name]) => [name, 'string'])), records }
}

/** A cell: quoted or plain, and what ends it. */
const cell = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r?\n|\r|$)/y

/** Undefined: a quote stands where none may, or is not closed. Empty lines are none. */
function rowsOf(text: string): string[][] | undefined {
  const rows: string[][] = []
  let row: string[] = []
  cell.lastIndex = 0
  while (cell.lastIndex < text.length || row.length > 0) {
    const found = cell.exec(text)
    if (found === null) return undefined
    row.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '')
    if (found[3] === ',') continue
    if (row.length > 1 || row[0] !== '') rows.push(row)
    row = []
  }
  return rows
}
