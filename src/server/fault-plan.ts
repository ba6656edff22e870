import { faultNames, type Fault, type FaultPlan } from './faults.ts'
import type { StoredKind } from './stored.ts'

/** A member of an object: what it must be, in words, and whether a value is that. */
interface Member {
  is: string
  fits(value: unknown): boolean
}

const text: Member = { is: 'a text', fits: (value) => typeof value === 'string' }
const truth: Member = { is: 'true or false', fits: (value) => typeof value === 'boolean' }
const count: Member = {
  is: 'a number, 0 or more',
  fits: (value) => typeof value === 'number' && value >= 0
}

/** All members of a fault. */
const members: Readonly<Record<keyof Fault, Member>> = {
  fault: oneOf(faultNames),
  on: text,
  request: count,
  skip: count,
  times: count,
  chance: count,
  retryAfter: count,
  milliseconds: count,
  status: count,
  served: truth,
  edit: { is: 'an object', fits: isObject }
}

const stored: Readonly<Record<StoredKind, true>> = {
  connection: true,
  model: true,
  sync: true,
  bulk_sync: true,
  role: true,
  policy: true,
  user: true,
  webhook: true,
  error_subscribers: true,
  record_logging: true,
  event: true,
  job: true,
  authorization: true,
  query: true,
  connect_card: true,
  execution: true,
  sync_guards: true,
  bulk_execution: true
}

/** All members of an edit. */
const editMembers: Readonly<Record<keyof NonNullable<Fault['edit']>, Member>> = {
  kind: oneOf(Object.keys(stored)),
  name: text,
  id: text,
  patch: { is: 'an object, or null', fits: (value) => value === null || isObject(value) }
}

/** Parses the text of a file of faults. Throws an Error that says what is wrong with it. */
export function readFaultPlan(json: string): FaultPlan {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw new Error('it is not JSON')
  }
  const { seed, faults }: Record<string, unknown> = Array.isArray(value)
    ? { faults: value }
    : isObject(value)
      ? value
      : {}
  if (!Array.isArray(faults)) {
    throw new Error('it must be a list of faults, or {"seed": 1, "faults": [...]}')
  }
  const read = faults.map((fault: unknown, index) => {
    mustBeFault(fault, `faults[${index}]`)
    return fault
  })
  return { ...(typeof seed === 'number' ? { seed } : {}), faults: read }
}

function mustBeFault(value: unknown, path: string): asserts value is Fault {
  const fault = isObject(value) ? value : {}
  const { edit } = fault
  mustHave(path, fault, members, ['fault'])
  if (fault['fault'] === 'edit' && edit === undefined) throw new Error(`${path}.edit is required`)
  if (!isObject(edit)) return
  mustHave(`${path}.edit`, edit, editMembers, ['kind', 'patch'])
  if (edit['id'] === undefined && edit['name'] === undefined) {
    throw new Error(`${path}.edit needs the id or the name of what is edited`)
  }
}

/** Throws for the first member that is missing, of another type, or not known. */
function mustHave(
  path: string,
  object: Record<string, unknown>,
  known: Readonly<Record<string, Member>>,
  required: readonly string[]
): void {
  for (const [name, { is, fits }] of Object.entries(known)) {
    const isAbsent = object[name] === undefined && !required.includes(name)
    if (!isAbsent && !fits(object[name])) throw new Error(`${path}.${name} must be ${is}`)
  }
  const unknown = Object.keys(object).find((name) => !Object.hasOwn(known, name))
  if (unknown === undefined) return
  throw new Error(`${path}.${unknown} is not known; there are ${Object.keys(known).join(', ')}`)
}

function oneOf(names: readonly string[]): Member {
  return { is: `one of ${names.join(', ')}`, fits: (value) => names.some((name) => name === value) }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
