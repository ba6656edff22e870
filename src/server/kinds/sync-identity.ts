/** By what a sync finds the record of the target: one mapping, or several with a strategy. */
import { identityFunctions, type Identities, type Identity, type SyncRequest } from '../../wire/sync.ts'
import { invalid } from '../refusal.ts'
import type { StoredSync } from '../stored.ts'
import { checkSource, type MappingContext } from './sync-mapping.ts'

const strategies = ['priority', 'and'] as const

/**
 * The identity to store, functions in the API's spelling. Throws 422 when the mode needs one and there is
 * none. `self` is the sync that is updated.
 */
export function readIdentities(
  request: SyncRequest,
  context: MappingContext,
  self: StoredSync | undefined
): Identities {
  const sent = request.identities ?? undefined
  const only = request.identity ?? undefined
  const before = self === undefined ? 0 : identitiesOf(self).mappings.length
  if (sent === undefined && only !== undefined && before > 1) {
    throw invalid('identity', `says one of the ${before} mappings of this sync: send identities`)
  }
  const where = sent === undefined ? 'identity' : 'identities.mappings'
  const mappings = sent?.mappings ?? (only === undefined ? [] : [only])
  if (mappings.length === 0 && context.mode?.requires_identity === true)
    throw invalid(where, `is required for mode ${context.modeName}`)
  if (mappings.length > 1 && !context.facts.multipleIdentities)
    throw invalid(where, 'has more than one mapping, which this target does not support')
  const strategy = readStrategy(sent?.strategy ?? '', mappings.length)
  return {
    mappings: mappings.map((one, index) =>
      readIdentity(one, sent === undefined ? where : `${where}[${index}]`, context)
    ),
    ...(strategy === undefined ? {} : { strategy })
  }
}

/** Of one mapping there is one strategy only. */
function readStrategy(sent: string, count: number): string | undefined {
  const known = strategies.find((one) => one === sent)
  if (sent !== '' && known === undefined)
    throw invalid('identities.strategy', `must be one of ${strategies.join(', ')}`)
  if (count > 1 && known === undefined)
    throw invalid('identities.strategy', 'is required with more than one mapping')
  return count > 1 ? known : undefined
}

function readIdentity(sent: Identity, where: string, context: MappingContext): Identity {
  const source = checkSource(context, sent.source, `${where}.source`)
  const name = identityFunctions.find((known) => known.toLowerCase() === sent.function.toLowerCase())
  if (name === undefined)
    throw invalid(`${where}.function`, `must be one of ${identityFunctions.join(', ')}`)
  const field = context.facts.fields?.find(({ id }) => id === sent.target)
  const isNew = sent.new_field === true && field === undefined
  if (isNew && context.facts.fields !== undefined && !context.facts.fieldCreation)
    throw invalid(`${where}.new_field`, 'is not possible: this target gets no new fields')
  if (context.facts.fields !== undefined && sent.new_field !== true) {
    if (field === undefined)
      throw invalid(`${where}.target`, `is not a field of the target: ${sent.target}`)
    if (!field.supports_identity)
      throw invalid(`${where}.target`, `cannot identify records: ${sent.target}`)
    if (!field.identity_functions.some(({ id }) => id === name)) {
      const allowed = field.identity_functions.map(({ id }) => id).join(', ')
      throw invalid(`${where}.function`, `must be one of ${allowed} for ${sent.target}`)
    }
  }
  // What was not sent is not answered: clients take it for somebody's change.
  const { new_field, remote_field_type_id } = sent
  return {
    source,
    target: sent.target,
    function: name,
    ...(new_field === undefined || new_field === null ? {} : { new_field }),
    ...(remote_field_type_id ? { remote_field_type_id } : {})
  }
}

/** As `identities` answers it. Of a sync without identity there are no mappings, and no strategy. */
export function identitiesOf({ identity, identities }: StoredSync): Identities {
  if (identities !== undefined && identities !== null) return identities
  return identity === undefined || identity === null
    ? { mappings: [] }
    : { mappings: [identity], strategy: 'priority' }
}

/** How it is stored: one mapping as it always was, and several beside their first. */
export function storedIdentities(identities: Identities): Pick<StoredSync, 'identity' | 'identities'> {
  const [first] = identities.mappings
  return {
    ...(first === undefined ? {} : { identity: first }),
    ...(identities.mappings.length > 1 ? { identities } : {})
  }
}
