import { apiVersions, type ApiVersion } from '../wire/common.ts'
import { Refusal } from './refusal.ts'

/** The version for requests that name none: the one that the npm SDK without a version expects. */
export const versionWithoutHeader: ApiVersion = '2024-02-08'

/** Returns the version of a request. Throws 400 for one that this server does not speak. */
export function readVersion(header: string | null): ApiVersion {
  if (header === null || header.trim() === '') return versionWithoutHeader
  const known = apiVersions.find((version) => version === header.trim())
  if (known !== undefined) return known
  throw new Refusal(
    400,
    'unknown_version',
    `X-Polytomic-Version must be one of ${apiVersions.join(', ')}; this server speaks no other`
  )
}

/** Returns the HTTP method of a full update. */
export function updateVerb(version: ApiVersion): 'PATCH' | 'PUT' {
  return version === '2023-04-25' ? 'PATCH' : 'PUT'
}
