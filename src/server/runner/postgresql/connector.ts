import type { Connector } from '../connector.ts'
import { openSql } from './client.ts'
import { sourceOf } from './source.ts'
import { readerOf, writerOf } from './target.ts'

/** The connector of PostgreSQL. */
export const postgresql: Connector = {
  source: async (connection) => sourceOf(await openSql(connection, 2)),
  reader: async (connection) => readerOf(await openSql(connection, 3)),
  writer: async (connection) => writerOf(await openSql(connection, 4))
}
