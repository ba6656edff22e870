import { thrownCode, thrownText } from '../diagnostics/thrown.ts'
import { FolderProblem } from '../storage/database.ts'
import { openFolder, type FolderFiles } from '../storage/folder.ts'
import { WatchStore } from './store.ts'

/** Who watches in a folder, and since when; 0 where that is not known. */
export interface Owner {
  who: string
  since: number
}

type OpenedStore = { ok: true; store: WatchStore } | { ok: false; reason: string; owner?: Owner }

const ownerFile = 'owner.json'
const files: FolderFiles = ['watch.db', 'watch.db-wal', 'watch.db-shm', 'lock.db', ownerFile]

/**
 * Opens what a watcher remembers in a folder, unless another one has it. The lock is one of the system: it
 * ends with the process, however that ends. Whose it is is written beside it, for whoever finds it taken.
 */
export function openWatchStore(path: string, own: Owner): OpenedStore {
  let owner: Owner | undefined
  try {
    const folder = openFolder(path, files)
    const store = new WatchStore(folder, () => {
      owner = ownerIn(folder.read(ownerFile) ?? '')
      return `${path} is in use`
    })
    folder.write(ownerFile, `${JSON.stringify(own)}\n`)
    return { ok: true, store }
  } catch (error) {
    if (!(error instanceof FolderProblem) && thrownCode(error) === undefined) throw error
    return { ok: false, reason: thrownText(error), ...(owner === undefined ? {} : { owner }) }
  }
}

/** The file is written after the lock is taken, so it may be missing, or be that of the one before. */
function ownerIn(text: string): Owner {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && 'who' in value && 'since' in value)
      return { who: String(value.who), since: Number(value.since) || 0 }
  } catch {
    // Half of it is written, say.
  }
  return { who: 'somebody', since: 0 }
}
