import { createHash } from 'node:crypto'
import type { Actor } from '../wire/common.ts'
import type { Organization } from '../wire/organization.ts'
import { columnValue, type Database, type Row } from '../storage/database.ts'

/**
 * The class of a key. A user key acts in its own organization; the others act in the one that the request
 * names.
 */
export type KeyClass = (typeof keyClasses)[number]

const keyClasses = ['user', 'partner', 'deployment'] as const

/** The stored part of a key; of the key itself only its digest is kept. */
export interface Credential {
  class: KeyClass
  /** The organization of a user key; empty for others. */
  organizationId: string
  actor: Actor
}

/** Organizations and keys. Whatever is stored belongs to exactly one organization. */
export interface Directory {
  /** Oldest first: the first one is the owner of the others. */
  organizations(): Organization[]
  organization(id: string): Organization | undefined
  addOrganization(organization: Organization): void
  updateOrganization(organization: Organization): void
  /** Removes an organization with its keys and all of its things. */
  removeOrganization(id: string): void
  addCredential(key: string, credential: Credential): void
  /** Adds a key that is not stored: it is valid while this server runs. */
  addPassingCredential(key: string, credential: Credential): void
  credential(key: string): Credential | undefined
  /** Whether the user has a stored key. */
  hasCredential(userId: string): boolean
  /** Revokes the keys of a user: the stored ones, or all of them. */
  revoke(userId: string, which: 'kept' | 'all'): void
}

const keySyntax = /^[\x21-\x7E]+$/

/** Whether a text can be a key: visible ASCII alone, so that it survives a header, and is never empty. */
export function isKey(text: string): boolean {
  return keySyntax.test(text)
}

/** Returns the digest of a key. Keys are long and random, so a plain hash is enough. */
export function digest(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

/** Opens the directory. Keys that are not stored are looked up first, and end with the process. */
export function openDirectory(database: Database): Directory {
  const passing = new Map<string, Credential>()
  return { ...organizationsOf(database, passing), ...credentialsOf(database, passing) }
}

type Organizations = Pick<
  Directory,
  'organizations' | 'organization' | 'addOrganization' | 'updateOrganization' | 'removeOrganization'
>
type Credentials = Omit<Directory, keyof Organizations>

function organizationsOf(database: Database, passing: Map<string, Credential>): Organizations {
  const read = (row: Row): Organization => ({
    id: String(row['id']),
    name: String(row['name']),
    ...(columnValue(row, 'settings') as Omit<Organization, 'id' | 'name'>)
  })
  return {
    organizations: () =>
      database.all('SELECT id, name, settings FROM organization ORDER BY position').map(read),
    organization: (id) =>
      database.all('SELECT id, name, settings FROM organization WHERE id = ?', id).map(read)[0],
    addOrganization: ({ id, name, ...settings }) => {
      database.run(
        `INSERT INTO organization (id, name, settings, position)
         VALUES (?, ?, ?, (SELECT coalesce(max(position), -1) + 1 FROM organization))`,
        id,
        name,
        JSON.stringify(settings)
      )
    },
    updateOrganization: ({ id, name, ...settings }) => {
      database.run(
        'UPDATE organization SET name = ?, settings = ? WHERE id = ?',
        name,
        JSON.stringify(settings),
        id
      )
    },
    removeOrganization: (id) => {
      database.run('DELETE FROM resource WHERE organization_id = ?', id)
      database.run('DELETE FROM credential WHERE organization_id = ?', id)
      database.run('DELETE FROM organization WHERE id = ?', id)
      forget(passing, ({ organizationId }) => organizationId === id)
    }
  }
}

function credentialsOf(database: Database, passing: Map<string, Credential>): Credentials {
  return {
    addCredential: (key, credential) => {
      mustBeKey(key)
      database.run(
        'INSERT INTO credential (digest, class, organization_id, actor) VALUES (?, ?, ?, ?)',
        digest(key),
        credential.class,
        credential.organizationId,
        JSON.stringify(credential.actor)
      )
    },
    addPassingCredential: (key, credential) => {
      mustBeKey(key)
      passing.set(digest(key), credential)
    },
    credential: (key) => {
      // An older folder may hold the digest of an empty key: it must not let anybody in.
      if (!isKey(key)) return undefined
      const held = passing.get(digest(key))
      if (held !== undefined) return held
      const row = database.all(
        'SELECT class, organization_id, actor FROM credential WHERE digest = ?',
        digest(key)
      )[0]
      const known = keyClasses.find((one) => one === row?.['class'])
      if (row === undefined || known === undefined) return undefined
      return {
        class: known,
        organizationId: String(row['organization_id']),
        actor: columnValue(row, 'actor') as Actor
      }
    },
    hasCredential: (userId) =>
      database.all("SELECT 1 FROM credential WHERE actor ->> 'id' = ? LIMIT 1", userId).length > 0,
    revoke: (userId, which) => {
      database.run("DELETE FROM credential WHERE actor ->> 'id' = ?", userId)
      if (which === 'all') forget(passing, ({ actor }) => actor.id === userId)
    }
  }
}

/** Throws for a text that cannot be a key. Callers check keys before, with messages of their own. */
function mustBeKey(key: string): void {
  if (!isKey(key)) throw new TypeError('a key must not be empty, nor hold blanks or control characters')
}

function forget(passing: Map<string, Credential>, isGone: (credential: Credential) => boolean): void {
  for (const [key, credential] of passing) if (isGone(credential)) passing.delete(key)
}
