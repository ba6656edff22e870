import type { NamedOrganization } from '../remote/organizations.ts'
import { isId } from '../state/value.ts'

/** An organization among others: what it is called where the others are, too. */
export interface Tenant extends NamedOrganization {
  /** Its name; with the id where another one has the same. */
  label: string
  /** What `{organization}` in a path becomes. No two of them share a file on any disk. */
  pathName: string
}

/**
 * What each of all organizations is called, whichever of them are chosen: a plan that was saved for one
 * alone must be found again over all. The service keeps names neither unique nor fit for paths; ids are
 * both.
 */
export function tenantsOf(all: readonly NamedOrganization[]): Map<string, Tenant> {
  const shown = Map.groupBy(all, ({ name }) => shownKey(name))
  const stored = Map.groupBy(all, ({ name }) => diskKey(name))
  const tenants = all.map(({ id, name }): Tenant => {
    const isSeen = shown.get(shownKey(name))?.length === 1
    const isFree = stored.get(diskKey(name))?.length === 1 && isPlain(name)
    return { id, name, label: isSeen ? name : `${name} (${id})`, pathName: isFree ? name : pathOf(id) }
  })
  return new Map(tenants.map((tenant) => [tenant.id, tenant]))
}

/** Names that people cannot tell apart: but for case, width, and what is not seen at all. */
function shownKey(name: string): string {
  return diskKey(name).replaceAll(/\s+/g, ' ').trim()
}

/**
 * Names that a disk may take for one: some know no case, some one form of each letter, some drop what is
 * not seen.
 */
function diskKey(name: string): string {
  const folded = (text: string): string => text.normalize('NFKC').toUpperCase().toLowerCase()
  return folded(folded(name.replaceAll(/\p{Default_Ignorable_Code_Point}/gu, ''))).normalize('NFKC')
}

/** Names of devices on Windows, with any ending. */
const reserved = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\s*\..*)?$/i

/** Bytes; with what stands around it, a name of a file may have 255. */
const longest = 180

/**
 * One part of a path on every disk, and nothing else: no folder, no option, no hidden file, no id of
 * another.
 */
function isPlain(name: string): boolean {
  return (
    /^[^\s.~-]/u.test(name) &&
    !/[\s.]$/u.test(name) &&
    !/[/\\:*?"<>|{}\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u.test(name) &&
    !/[/\\:*?"<>|]/.test(name.normalize('NFKC')) &&
    !reserved.test(name.normalize('NFKC')) &&
    !isId(name.toLowerCase()) &&
    Buffer.byteLength(name.normalize('NFD')) <= longest
  )
}

function pathOf(id: string): string {
  return isId(id)
    ? id
    : encodeURIComponent(id).replaceAll(/[.~*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)
}

/** The path that a path with `{organization}` is for one of them. */
export function inPath(path: string, { pathName }: Tenant): string {
  return path.replaceAll('{organization}', () => pathName)
}
