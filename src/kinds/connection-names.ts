import type { Json } from '../state/value.ts'
import { connectionTypes } from './connection-types.ts'

/** Returns advice on a word that is no type, where it is what people call the system of one. */
export function typeMeant(found: Json | undefined): string | undefined {
  if (typeof found !== 'string') return undefined
  const word = folded(found)
  const type = Object.keys(connectionTypes).find((id) => folded(titleOf(id)) === word)
  return type === undefined ? undefined : `${titleOf(type)} is called \`${type}\` here`
}

/** What people call the system of a type. */
function titleOf(type: string): string {
  return connectionTypes[type]?.name ?? type
}

function folded(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}
