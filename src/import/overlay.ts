import { posix } from 'node:path'
import type { Disk } from '../config/source/index.ts'

/** A disk that has further files, which are not written yet. Paths are as people type them. */
export function overlaid(disk: Disk, texts: ReadonlyMap<string, string>): Disk {
  const inside = new Map<string, Set<string>>()
  for (const path of texts.keys()) {
    for (let at = path; at !== '.' && at !== '/'; at = posix.dirname(at)) {
      const folder = posix.dirname(at)
      inside.set(folder, (inside.get(folder) ?? new Set()).add(posix.basename(at)))
    }
  }
  const plain = (path: string): string => posix.normalize(path).replace(/(?<=.)\/$/, '')
  return {
    ...disk,
    look(path) {
      const text = texts.get(plain(path))
      if (text !== undefined) return { is: 'file', size: Buffer.byteLength(text), real: plain(path) }
      const found = disk.look(path)
      return found.is === 'nothing' && inside.has(plain(path)) ? { is: 'folder', real: plain(path) } : found
    },
    list: (folder) => [...new Set([...disk.list(folder), ...(inside.get(plain(folder)) ?? [])])],
    read(path) {
      const text = texts.get(plain(path))
      return text === undefined ? disk.read(path) : { ok: true, text }
    }
  }
}
