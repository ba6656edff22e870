import type { DatabaseSync } from 'node:sqlite'
import type { PreviewRecord } from '../../wire/preview.ts'

/** What a preview lists: a table that is gone with it. */
export interface PreviewList {
  add(record: PreviewRecord): void
  /** A page of it, and the place to go on after; null at its end. */
  after(place: number): { records: PreviewRecord[]; next: number | null }
  drop(): void
}

/** Letters of a page. */
const pageSize = 1_000_000

/** Opens a list in a database. */
export function listIn(database: DatabaseSync, name: string): PreviewList {
  database.exec(`CREATE TEMP TABLE ${name} (place INTEGER PRIMARY KEY, record TEXT)`)
  const add = database.prepare(`INSERT INTO ${name} (record) VALUES (?)`)
  const after = database.prepare(`SELECT place, record FROM ${name} WHERE place > ? ORDER BY place`)
  let isDropped = false
  return {
    add: (record) => {
      if (!isDropped) add.run(JSON.stringify(record))
    },
    after: (place) => {
      const records: PreviewRecord[] = []
      let size = 0
      for (const row of after.iterate(place)) {
        const text = String(row['record'])
        records.push(JSON.parse(text))
        size += text.length
        if (size > pageSize) return { records, next: Number(row['place']) }
      }
      return { records, next: null }
    },
    drop: () => {
      if (!isDropped) database.exec(`DROP TABLE ${name}`)
      isDropped = true
    }
  }
}
