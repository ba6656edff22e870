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
import type { Row } from '../value.ts'
import { piecesOf } from './download.ts'

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
  let places: number[] | undefined
  let rows: Row[] = []
  for await (const line of lines) {
    if (places === undefined) {
      places = placesOf(name, line, fields)
      continue
    }
    // A CSV file has no way to say null: what is empty is not there.
    rows.push(places.map((at) => (line[at] === '' ? null : (line[at] ?? null))))
    if (rows.length < batch) continue
    yield rows
    rows = []
  }
  if (rows.length > 0) yield rows
}

function placesOf(name: string, header: readonly string[], fields: readonly string[]): number[] {
  return fields.map((field) => {
    const at = header.indexOf(field)
    if (at < 0) throw new RunProblem('field', `the file of the connection "${name}" has no field ${field}`)
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
  const pieces = Readable.from(piecesOf(name, configuration, parts), { objectMode: false })
  const parser = parse({ bom: true, skipEmptyLines: true, relaxQuotes: false })
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
