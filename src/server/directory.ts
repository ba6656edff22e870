import { createHash } from 'node:crypto'
import type { Actor } from '../wire/common.ts'
import type { Database } from './database.ts'

/** As the API answers it. Whatever is stored belongs to exactly one. */
export interface Organization {
  id: string
  name: string
}

/** A user's key acts in its own organization; the others act in the one that the request names. */
export type KeyClass = 'user' | 'partner' | 'deployment'

/** A key as the directory knows it; the key itself is not kept, only its digest. */
export interface Credential {
  class: KeyClass
  /** Of a user key: its organization. Of others: empty. */
  organizationId: string
  actor: Actor
}

/** Organizations and keys. */
export interface Directory {
  organizations(): Organization[]
  organization(id: string): Organization | undefined
  addOrganization(organization: Organization): void
  addCredential(key: string, credential: Credential): void
  /** A key that is not kept: it is good for as long as this server runs. */
  addPassingCredential(key: string, credential: Credential): void
  credential(key: string): Credential | undefined
}

/** What is kept of a key. Keys are long and random, so a plain hash is enough. */
export function digest(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

/** Passing keys are looked up first, and are gone with the process; the others are in the database. */
export function openDirectory(database: Database): Directory {
  const passing = new Map<string, Credential>()
  const organizations = (): Organization[] =>
    database
      .all('SELECT id, name FROM organization ORDER BY position')
      .map((row) => ({ id: String(row['id']), name: String(row['name']) }))
  return {
    organizations,
    organization: (id) => organizations().find((organization) => organization.id === id),
    addOrganization: ({ id, name }) => {
      database.run(
        'INSERT INTO organization (id, name, position) VALUES (?, ?, (SELECT count(*) FROM organization))',
        id,
        name
      )
    },
    addCredential: (key, credential) => {
      database.run(
        'INSERT INTO credential (digest, class, organization_id, actor) VALUES (?, ?, ?, ?)',
        digest(key),
        credential.class,
        credential.organizationId,
        JSON.stringify(credential.actor)
      )
    },
    addPassingCredential: (key, credential) => {
      passing.set(digest(key), credential)
    },
    credential: (key) => {
      const known = passing.get(digest(key))
      if (known !== undefined) return known
      const row = database.all(
        'SELECT class, organization_id, actor FROM credential WHERE digest = ?',
        digest(key)
      )[0]
      if (row === undefined) return undefined
      return {
        class: String(row['class']) as KeyClass,
        organizationId: String(row['organization_id']),
        actor: JSON.parse(String(row['actor'])) as Actor
      }
    }
  }
}
