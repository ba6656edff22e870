import type { JsonObject } from '../../../wire/common.ts'
import {
  RunProblem,
  type ConnectionFacts,
  type Connector,
  type ConnectorParts,
  type FieldFacts,
  type RowRequest,
  type Source
} from '../connector.ts'
import { driver } from '../driver.ts'
import { Unreadable, type Cell, type Row } from '../value.ts'
import { piecesOf } from './download.ts'
import { inUtf8 } from './encoding.ts'

/** A CSV file of an address, or of this machine. Its first line has the names of the fields. */
export const csv: Connector = {
  source: (connection, parts) => Promise.resolve(sourceOf(connection, parts))
}

function sourceOf({ name, configuration }: ConnectionFacts, parts: ConnectorParts): Source {
  const fields = async (): Promise<FieldFacts[]> => {
    for await (const line of linesOf(name, configuration, parts))
      return line.map((field) => ({ name: field, type: 'string' }))
    return []
  }
  return {
    objects: async () => [{ id: 'data', fields: await fields() }],
    fields,
    rows: (request) => rowsOf(name, linesOf(name, configuration, parts), request),
    close: () => Promise.resolve()
  }
}

async function* rowsOf(
  name: string,
  lines: AsyncIterable<readonly string[]>,
  { fields, batch }: RowRequest
): AsyncIterable<Row[]> {
  let header: { places: number[]; length: number } | undefined
  let rows: Row[] = []
  for await (const line of lines) {
    if (header === undefined) {
      header = { places: placesOf(name, line, fields), length: line.length }
      continue
    }
    rows.push(rowOf(line, header))
    if (rows.length < batch) continue
    yield rows
    rows = []
  }
  if (rows.length > 0) yield rows
}

/**
 * CSV has no word for null: an empty cell is null, and what a short row does not have is missing. In a row
 * with more cells than the file has names, nobody knows which of them is what.
 */
function rowOf(line: readonly string[], { places, length }: { places: number[]; length: number }): Row {
  if (line.slice(length).some((cell) => cell !== '')) {
    const cells = new Unreadable(`its row has ${line.length} cells, and the file has ${length} names`)
    return places.map(() => cells)
  }
  return places.map((at): Cell => (line[at] === '' ? null : line[at]))
}

function placesOf(name: string, header: readonly string[], fields: readonly string[]): number[] {
  return fields.map((field) => {
    const at = header.indexOf(field)
    if (at < 0) throw new RunProblem('field', `the file of the connection "${name}" has no field ${field}`)
    if (header.includes(field, at + 1))
      throw new RunProblem('field', `the file of the connection "${name}" has two fields ${field}`)
    return at
  })
}

async function* linesOf(
  name: string,
  configuration: JsonObject,
  parts: ConnectorParts
): AsyncIterable<readonly string[]> {
  const { parse } = await driver('csv-parse', () => import('csv-parse'))
  const { Readable } = await import('node:stream')
  const pieces = Readable.from(inUtf8(name, piecesOf(name, configuration, parts)), { objectMode: false })
  const parser = parse({ bom: true, skipEmptyLines: true, relaxQuotes: false, relaxColumnCount: true })
  pieces.on('error', (error) => parser.destroy(error))
  pieces.pipe(parser)
  try {
    for await (const line of parser) yield line
  } catch (error) {
    throw understood(name, error)
  } finally {
    pieces.destroy()
  }
}

function understood(name: string, error: unknown): unknown {
  const isOfParser = error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_')
  if (!isOfParser) return error
  const line = 'lines' in error ? ` near line ${String(error.lines)}` : ''
  return new RunProblem(
    'csv',
    `the file of the connection "${name}" is not CSV${line}: ${String(error.code)}`,
    { cause: error }
  )
}
