import { isWebAddress } from '../../wire/formats.ts'
import { invalid } from '../refusal.ts'

/**
 * The address that a person is sent back to, as it may stand in a header. Throws 422 for one that is no
 * address of a page.
 */
export function returnAddress(address: string): string {
  if (isWebAddress(address)) return address
  throw invalid('redirect_url', 'must be an http or https address, without blanks or control characters')
}

/** The same for a header, which holds ASCII alone. Undefined for what an older folder holds and is none. */
export function headerAddress(address: string): string | undefined {
  return URL.canParse(address) ? new URL(address).href : undefined
}
