import type { Actor } from '../wire/common.ts'
import { FolderProblem } from '../storage/database.ts'
import { digest, isKey, type Directory } from './directory.ts'
import type { Folder } from '../storage/folder.ts'
import type { Records } from './records.ts'
import { seedOrganization, seedUser, type Person } from './seed.ts'

/** The organizations and people that a server starts with. */
export interface Founders {
  /** The key of the first organization. Absent: that of the folder, or a random one. */
  apiKey?: string
  /** Further users of the first organization with keys of their own: these show who changed what. */
  users?: { name: string; key: string }[]
  /** A partner key, which can act in any organization. */
  partnerKey?: string
  /** Name of the first organization. Default `Local`. */
  organization?: string
  /**
   * Further organizations, each with a user key that is valid while this server runs; by default it is
   * random. An organization of this name in the folder is used again.
   */
  organizations?: { name: string; key?: string }[]
}

/** The result. */
export interface Founded {
  apiKey: string
  /** True when this start created the key: it is shown once. */
  apiKeyIsNew: boolean
  organizationId: string
  /** The organizations of the options, in their order. */
  organizations: { id: string; name: string; apiKey: string }[]
}

/** The dependencies. */
export interface FoundingParts {
  transaction: <T>(work: () => T) => T
  directory: Directory
  records: Records
  folder: Folder | undefined
  now: () => Date
  randomUUID: () => string
}

/** Creates what an earlier start has not left, in one transaction. */
export function found(founders: Founders, parts: FoundingParts): Founded {
  return parts.transaction(() => {
    const organizationId = firstOrganization(parts, founders.organization ?? 'Local')
    const { value: apiKey, isNew: apiKeyIsNew } = firstKey(founders.apiKey, parts)
    addPerson(parts, organizationId, localUser(organizationId), apiKey)
    for (const { name, key } of founders.users ?? []) {
      addPerson(parts, organizationId, { id: personOf(name), name, email: emailOf(name) }, key)
    }
    if (founders.partnerKey !== undefined) {
      const actor: Actor = { id: personOf('partner'), name: 'Local Partner', type: 'partner' }
      const credential = { class: 'partner', organizationId: '', actor } as const
      parts.directory.addPassingCredential(founders.partnerKey, credential)
    }
    const organizations = furtherOrganizations(parts, founders.organizations ?? [])
    return { apiKey, apiKeyIsNew, organizationId, organizations }
  })
}

function firstOrganization(parts: FoundingParts, name: string): string {
  return parts.directory.organizations()[0]?.id ?? newOrganization(parts, name)
}

function furtherOrganizations(
  parts: FoundingParts,
  wanted: NonNullable<Founders['organizations']>
): Founded['organizations'] {
  const ids = new Map(parts.directory.organizations().map(({ id, name }) => [name, id]))
  return wanted.map(({ name, key: apiKey = parts.randomUUID() }) => {
    const id = ids.get(name) ?? newOrganization(parts, name)
    ids.set(name, id)
    addPerson(parts, id, localUser(id), apiKey)
    return { id, name, apiKey }
  })
}

function newOrganization({ directory, records, now, randomUUID }: FoundingParts, name: string): string {
  const id = randomUUID()
  directory.addOrganization({ id, name })
  seedOrganization(id, records, now(), randomUUID)
  return id
}

const keyFile = 'api-key'

function firstKey(
  given: string | undefined,
  { folder, randomUUID }: FoundingParts
): { value: string; isNew: boolean } {
  if (given !== undefined) return { value: given, isNew: false }
  const kept = folder?.read(keyFile)?.trim()
  if (kept !== undefined && kept !== '') return { value: mustBeUsable(kept), isNew: false }
  const value = randomUUID()
  folder?.write(keyFile, `${value}\n`)
  return { value, isNew: true }
}

function mustBeUsable(key: string): string {
  if (isKey(key)) return key
  throw new FolderProblem(
    `The file ${keyFile} of the folder holds no key: remove it, and a new one is made`
  )
}

/** Adds a key that is valid while this server runs, and its user. */
function addPerson(
  { directory, records, now }: FoundingParts,
  organizationId: string,
  person: Person,
  key: string
): void {
  const actor: Actor = { id: person.id, name: person.name, type: 'user' }
  directory.addPassingCredential(key, { class: 'user', organizationId, actor })
  seedUser(organizationId, person, records, now())
}

/** The e-mail address of users without one. */
export const localEmail = 'local.user@example.com'

/** `Ada Lovelace` → `ada.lovelace@example.com`. */
function emailOf(name: string): string {
  const words = name.toLowerCase().match(/[\p{L}\p{N}]+/gu)
  return `${words?.join('.') ?? personOf(name)}@example.com`
}

/** Returns an id for a user who is known by name only: the same at each start. */
function personOf(name: string): string {
  return digest(name).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')
}

/** Returns the first user of an organization; the id is derived from that of the organization. */
function localUser(organizationId: string): Person {
  return { id: organizationId.replace(/^.{8}/, '00000000'), name: 'Local User', email: localEmail }
}
