import type { Kind } from '../kinds/kind.ts'
import { revealed } from '../remote/body.ts'
import { replacement, update, type Written } from '../remote/write.ts'
import type { Writer } from '../remote/transport.ts'
import type { Desired, Live } from '../state/resource.ts'
import type { Vault } from '../state/vault.ts'

/**
 * Asks the service for a new link to authorize a connection. It changes nothing else: the body is what is live, with the secrets that
 * the files state, for a full replacement may clear those that are left out.
 */
export async function reconnect(
  writer: Writer,
  kind: Kind,
  live: Live,
  declared: Desired | undefined,
  vault: Vault
): Promise<Written> {
  const context = {
    version: writer.version,
    creating: false,
    id: ({ id }: { id?: string }) => id ?? ''
  }
  const wanted = declared
    ? kind.toWire({ configuration: declared.fields['configuration'] ?? {} }, context)
    : { configuration: {} }
  const body = await replacement(writer, kind, live.wire, { name: live.name, ...wanted })
  const open = revealed({ ...body, reconnect: true }, vault)
  if (!open.ok) {
    return {
      ok: false,
      failure: {
        code: 'P615',
        request: `PUT ${kind.api.path}/${live.id}`,
        words: open.missing.join('; '),
        refused: true
      }
    }
  }
  return await update(writer, kind, live.id, open.body, open.secrets)
}
