import { problem, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import { addressText, type DesiredState, type Path } from '../state/resource.ts'
import { isObject, isSecret, type Json } from '../state/value.ts'
import type { Vault } from '../state/vault.ts'
import type { Plan } from './plan.ts'

/**
 * Returns a problem for each source of secrets that the plan must send and that cannot be opened, with
 * every place that needs it. An update sends all secrets of its resource, for the service may clear one
 * that is left out.
 */
export function missingSecrets(
  { changes }: Plan,
  { desired, vault }: { desired: DesiredState; vault: Vault },
  severity: Diagnostic['severity']
): Diagnostic[] {
  const declared = new Map(desired.resources.map((resource) => [addressText(resource), resource]))
  const places = new Map<string, { address: string; span: Span }[]>()
  for (const change of changes) {
    if (change.action === 'none' || change.action === 'delete') continue
    const address = addressText(change)
    for (const { path, source } of secretsIn(change.wanted)) {
      // A new resource has no live value that could stay.
      if (change.action !== 'create' && change.ignored.some((ignored) => isWithin(path, ignored))) continue
      const opened = vault.reveal(source)
      if (opened.ok) continue
      const span = declared.get(address)?.spanAt(path) ?? change.span
      const others = places.get(opened.reason) ?? []
      places.set(opened.reason, [...others, { address, span }])
    }
  }
  return Array.from(places, ([reason, needed]) => ({
    ...problem('P615', `${reason}: ${count(needed)}`, {
      labels: needed
        .slice(0, mostPlaces)
        .map(({ address, span }) => ({ span, text: `${address} sends this` })),
      notes: needed.length > mostPlaces ? [`and at ${needed.length - mostPlaces} more places`] : [],
      help: [helpFor(reason)]
    }),
    severity
  }))
}

const mostPlaces = 5

/** Returns the help for a reason, which is a sentence of the vault and names the variable or the file. */
function helpFor(reason: string): string {
  return reason.startsWith('environment variable')
    ? 'set it, or pass `--env-file`'
    : 'give the secret there, or correct where it is read from'
}

function count(needed: readonly { address: string }[]): string {
  const addresses = [...new Set(needed.map(({ address }) => address))]
  return addresses.length === 1
    ? `apply needs it for ${addresses[0]}`
    : `apply needs it for ${addresses.length} resources`
}

/** Returns the secrets in a value with their paths, in document order. */
function secretsIn(value: Json, path: Path = []): { path: Path; source: string }[] {
  if (isSecret(value)) return [{ path, source: value.$secret }]
  if (Array.isArray(value)) return value.flatMap((inner, at) => secretsIn(inner, [...path, at]))
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, inner]) => secretsIn(inner, [...path, key]))
}

/** Whether a path is at or below an ignored one, which is written with dots. */
function isWithin(path: Path, ignored: string): boolean {
  const text = path.join('.')
  return text === ignored || text.startsWith(`${ignored}.`)
}
