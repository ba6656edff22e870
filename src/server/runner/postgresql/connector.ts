import type { Connector } from '../connector.ts'
import { openSql } from './client.ts'
import { copiesInto } from './copies.ts'
import { sourceOf } from './source.ts'
import { readerOf, writerOf } from './target.ts'

/** The connector of PostgreSQL. */
export const postgresql: Connector = {
  source: async (connection, parts) => sourceOf(await openSql(connection, 2, parts)),
  reader: async (connection, parts) => readerOf(await openSql(connection, 3, parts)),
  writer: async (connection, parts) => writerOf(await openSql(connection, 4, parts)),
  tables: async (connection, parts) => copiesInto(await openSql(connection, 2, parts))
}
