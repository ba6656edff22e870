import type { Span } from '../diagnostics/diagnostic.ts'
import { addressText, type Address } from '../state/resource.ts'
import type { PlanHeader } from './header.ts'
import { count, visible } from './plain-text.ts'
import { paint, type Look } from './style.ts'

/** `sync "Mongo to Salesforce Sync"`, harmless on a terminal. */
export function nameText(address: Address): string {
  return visible(addressText(address))
}

/** A name within a sentence. Quotes show where it ends, also when it holds spaces or quotes itself. */
export function quoted(name: string): string {
  return visible(JSON.stringify(name))
}

/** What the output is about: nobody should have to guess which organization that was. */
export function headLine(header: PlanHeader, look: Look): string {
  const size = `${count(header.resources, 'resource')} in ${count(header.files, 'file')}`
  const organization = visible(header.organization)
  const service = header.service === 'local' ? 'local Polytomic' : visible(header.service)
  return `${paint(look, 'strong', organization)} · ${service} · API ${visible(header.apiVersion)} · ${size}`
}

/** `configs/syncs.yaml:30:5`: terminals and editors open it. */
export function spanText({ path, start }: Span): string {
  return `${visible(path)}:${start.line}:${start.column}`
}

/** The command as it can be pasted into a shell, whatever the name holds. */
export function connectCommand(name: string, look: Look): string {
  const plain = !/["$`\\!\p{Cc}]/u.test(name)
  const word = plain ? `"${name}"` : `'${name.replaceAll("'", String.raw`'\''`)}'`
  return `polyctl connect ${visible(word)}${look.reach === undefined ? '' : ` ${look.reach}`}`
}

/** A kind as people write it: `bulk sync`. */
export function kindText(kind: string): string {
  return visible(kind.replaceAll('_', ' '))
}
