import type { Kind } from '../kinds/kind.ts'
import { revealed } from '../remote/body.ts'
import { replacement, update, type Written } from '../remote/write.ts'
import type { Writer } from '../remote/transport.ts'
import { isObject, isSecret, textOf, type Json, type JsonObject } from '../state/value.ts'
import type { Vault } from '../state/vault.ts'

/**
 * Asks the service for a new link to authorize a resource, and changes nothing else: the body is the live
 * resource with the stated secrets, for a full replacement may clear those that are left out.
 */
export async function reconnect(
  writer: Writer,
  kind: Kind,
  live: JsonObject,
  stated: JsonObject,
  vault: Vault
): Promise<Written> {
  const context = {
    version: writer.version,
    creating: false,
    id: ({ id }: { id?: string }) => id ?? ''
  }
  const wanted = kind.toWire(secretsOf(stated), context)
  const body = await replacement(writer, kind, live, { name: textOf(live['name']), ...wanted })
  const open = revealed({ ...body, ...kind.authorization?.renewal }, vault)
  const id = textOf(live['id'])
  if (!open.ok) {
    return {
      ok: false,
      failure: {
        code: 'P615',
        request: `PUT ${kind.api.path}/${id}`,
        words: open.missing.join('; '),
        refused: true,
        usedBy: []
      }
    }
  }
  return await update(writer, kind, id, open.body, { secrets: open.secrets })
}

/**
 * Returns the secrets of a mapping at their places. Other stated values would be a change, which a plan
 * has to show first.
 */
function secretsOf(stated: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(stated).flatMap(([name, value]): [string, Json][] => {
      if (isSecret(value)) return [[name, value]]
      const inner = isObject(value) ? secretsOf(value) : {}
      return Object.keys(inner).length === 0 ? [] : [[name, inner]]
    })
  )
}
