import type { Understanding, Understood } from '../config/understand.ts'
import { isError } from '../diagnostics/diagnostic.ts'
import { decide } from '../plan/decide.ts'
import type { DecideOptions } from '../plan/options.ts'
import type { Change } from '../plan/plan.ts'
import { addressText, idKey, type Address, type Desired } from '../state/resource.ts'
import { isObject, isSecret, sortedText, type Json, type JsonObject } from '../state/value.ts'
import type { Vault } from '../state/vault.ts'
import type { Pulled, PullInput, Taken } from './input.ts'
import { pulled } from './pull.ts'
import { areSame } from './take-over.ts'
import { WrittenFiles } from './written.ts'

/** What a check needs beside the patches. */
export interface SoundInput extends PullInput {
  options: DecideOptions
  /** Reads the files with other texts in place of some. */
  read(texts: ReadonlyMap<string, string>, witness: WrittenFiles): Promise<Understanding>
}

/** Patches that were read again, and the files as they would be read then. */
export interface Sound {
  pulled: Pulled
  /** The files with the patches; absent where there are none. */
  after?: WrittenFiles
}

/**
 * R34: Makes the patches, and reads them before anything is written: each must mean what the service has,
 * and all else must mean what it meant. What does not is left out, and told.
 */
export async function soundPull(input: SoundInput): Promise<Sound> {
  const all = pulled(input, () => true)
  const units = all.taken.map(addressText)
  const kept = await soundUnits(input, all, units)
  if (kept.units.length === units.length) return kept.sound
  const { sound } = kept
  const lost = all.taken.filter((taken) => !kept.units.includes(addressText(taken)))
  const left = sound.pulled.left.filter(({ reason }) => reason.is !== 'check')
  for (const taken of lost) {
    if (taken.action === 'add') {
      const because = 'files that declare it would not say what the service has'
      const { fields: _fields, action: _action, ...address } = taken
      sound.pulled.notAdded.push({ ...address, because })
      continue
    }
    const resource = input.desired.resources.find((one) => addressText(one) === addressText(taken))
    if (!resource) continue
    left.push(...all.left.filter((one) => one.resource === resource))
    const fields = taken.fields.length > 0 ? taken.fields.map((field) => ({ field })) : [{}]
    left.push(...fields.map((field) => ({ resource, reason: { is: 'check' as const }, ...field })))
  }
  return { ...sound, pulled: { ...sound.pulled, ahead: all.ahead, left } }
}

interface Kept {
  units: string[]
  sound: Sound
}

/** Returns the resources whose patches hold together, as many as can be found by halving. */
async function soundUnits(input: SoundInput, all: Pulled, units: string[]): Promise<Kept> {
  const sound = await tried(input, all, units)
  if (sound) return { units, sound }
  if (units.length <= 1) return { units: [], sound: { pulled: pulledOf(input, all, []) } }
  const half = Math.ceil(units.length / 2)
  const first = await soundUnits(input, all, units.slice(0, half))
  const second = await soundUnits(input, all, units.slice(half))
  if (first.units.length === 0) return second
  if (second.units.length === 0) return first
  const both = [...first.units, ...second.units]
  const joined = await tried(input, all, both)
  if (joined) return { units: both, sound: joined }
  return first.units.length >= second.units.length ? first : second
}

function pulledOf(input: SoundInput, all: Pulled, units: readonly string[]): Pulled {
  if (units.length === all.taken.length) return all
  const allowed = new Set(units)
  const isTaken = new Set(all.taken.map(addressText))
  // What takes nothing over is told all the same.
  return pulled(input, (address) => allowed.has(addressText(address)) || !isTaken.has(addressText(address)))
}

async function tried(input: SoundInput, all: Pulled, units: readonly string[]): Promise<Sound | undefined> {
  const patches = pulledOf(input, all, units)
  const texts = new Map<string, string>()
  for (const [path, text] of patches.texts) {
    if (text === undefined) return undefined
    texts.set(path, text)
  }
  if (patches.taken.length === 0) return { pulled: patches }
  const written = new WrittenFiles(input.kinds)
  const { result } = await input.read(texts, written)
  if (!result.ok) return undefined
  const { desired } = result.value
  if (!saysTheSame(input, patches, result.value)) return undefined
  const plan = decide(desired, input.observed, input.kinds, input.options)
  if (!plan.ok || plan.problems.some(isError)) return undefined
  return arePulled(patches, input, plan.value.changes) ? { pulled: patches, after: written } : undefined
}

/** Whether all that was not touched means what it did, and what was touched means what it should. */
function saysTheSame({ desired, vault, kinds }: PullInput, patches: Pulled, now: Understood): boolean {
  const renamed = new Map(patches.taken.map((taken) => [addressText(taken), taken]))
  const after = new Map(now.desired.resources.map((one) => [addressText(one), one]))
  const pinned = new Map(now.desired.resources.flatMap((one) => (isPinned(one) ? [[idKey(one), one]] : [])))
  const added = patches.taken.filter(({ action }) => action === 'add').length
  const before = desired.resources.filter((one) => renamed.get(addressText(one))?.action !== 'remove')
  if (before.length + added !== now.desired.resources.length) return false
  return before.every((one) => {
    const taken = renamed.get(addressText(one))
    const expected = nameAfter(one, taken, patches)
    // Whether a name needs the id beside it changes with the other resources of the name.
    const other = isPinned(one) ? pinned.get(idKey(one)) : after.get(addressText(expected))
    const kind = kinds.managed.find(({ name }) => name === one.kind)
    if (other?.name !== expected.name || !kind) return false
    const touched = patches.fields.get(addressText(one)) ?? one.fields
    return (
      areSame(kind, nameless(touched), nameless(other.fields)) &&
      (patches.fields.has(addressText(one)) ||
        sortedText(nameless(touched)) === sortedText(nameless(other.fields))) &&
      haveSameSecrets(secretsIn(touched), secretsIn(other.fields), [vault, now.vault]) &&
      one.id === other.id &&
      JSON.stringify(one.lifecycle) === JSON.stringify(other.lifecycle)
    )
  })
}

function isPinned(resource: Desired): resource is Desired & { id: string } {
  return resource.id !== undefined
}

/** A literal secret is called by its place, which moves with the lines above it. */
function nameless(fields: JsonObject): JsonObject {
  const walk = (value: Json): Json => {
    if (isSecret(value)) return { ...value, $secret: '' }
    if (Array.isArray(value)) return value.map(walk)
    return isObject(value) ? objectOf(value) : value
  }
  const objectOf = (value: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]))
  return objectOf(fields)
}

function secretsIn(value: Json): string[] {
  if (isSecret(value)) return [value.$secret]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(secretsIn) : []
}

function haveSameSecrets(
  before: readonly string[],
  after: readonly string[],
  [vault, other]: readonly [Vault, Vault]
): boolean {
  return (
    before.length === after.length &&
    before.every((source, index) => {
      const now = after[index] ?? ''
      return source === now || vault.compared(source, other, now) === 'same'
    })
  )
}

function nameAfter(resource: Desired, taken: Taken | undefined, { names }: Pulled): Address {
  return taken?.action === 'rename'
    ? { kind: resource.kind, name: names.get(addressText(resource)) ?? '' }
    : resource
}

/** Whether nothing differs any more that was taken over, and nothing else does that did not before. */
function arePulled({ taken }: Pulled, { plan }: SoundInput, changes: readonly Change[]): boolean {
  const before = new Map(plan.changes.map((change) => [addressText(change), change]))
  const after = new Map(changes.map((change) => [addressText(change), change]))
  const byId = new Map(changes.flatMap((change) => ('id' in change ? [[change.id, change]] : [])))
  return taken.every((one) => {
    const address = addressText(one)
    if (one.action === 'remove') return !after.has(address)
    if (one.action === 'add')
      return (one.pin === undefined ? after.get(address) : byId.get(one.pin))?.action === 'none'
    const change = before.get(address)
    const now = change && 'id' in change ? byId.get(change.id) : undefined
    if (!change || !now || now.action === 'delete') return false
    const settled = new Set(one.fields.map(({ path }) => path.join('\n')))
    const left = new Set(fieldsOf(change).filter((path) => !settled.has(path)))
    return fieldsOf(now).every((path) => left.has(path))
  })
}

function fieldsOf(change: Change): string[] {
  return 'fields' in change ? change.fields.map(({ path }) => path.join('\n')) : []
}
