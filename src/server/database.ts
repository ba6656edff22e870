import { openDatabase, type Database } from '../storage/database.ts'
import type { Folder } from '../storage/folder.ts'

/** Each from the version before. */
const versions = [
  `
CREATE TABLE organization (
  id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, position INTEGER NOT NULL
) STRICT;
CREATE TABLE credential (
  digest TEXT PRIMARY KEY, class TEXT NOT NULL, organization_id TEXT NOT NULL, actor TEXT NOT NULL
) STRICT;
CREATE TABLE resource (
  kind TEXT NOT NULL, id TEXT NOT NULL, organization_id TEXT NOT NULL, name TEXT NOT NULL,
  updated_at TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (kind, id)
) STRICT;
CREATE INDEX resource_order ON resource (kind, organization_id, updated_at DESC, id);
CREATE INDEX resource_name ON resource (kind, organization_id, name);
CREATE TABLE outcome (
  scope TEXT NOT NULL, key TEXT NOT NULL, answer TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (scope, key)
) STRICT;
`,
  `
ALTER TABLE organization ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
CREATE INDEX resource_parent ON resource (document ->> 'parent_connection_id') WHERE kind = 'connection';
`
]

/**
 * Opens the server's database in its folder, or one in memory. Throws FolderProblem when another server uses
 * the folder, when the disk is full, and when what is there is no database of this server.
 */
export function openServerDatabase(folder: Folder | undefined): Database {
  return openDatabase(folder, { file: 'polytomic.db', versions, inUse })
}

function inUse(path: string): string {
  return (
    `The folder ${path} is in use by another polyctl; wait until that ends, or start one ` +
    '`polyctl server` and reach it from all others with `--url`'
  )
}
