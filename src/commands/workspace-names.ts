import { namedKinds, suggestedIn, type Offered, type WorkspaceNames } from '../config/validation/index.ts'
import { compareText } from '../diagnostics/diagnostic.ts'
import { kinds } from '../kinds/index.ts'
import { addressText, type Desired, type Live } from '../state/resource.ts'
import type { Inspected, Question, Answers, ServiceAnswer } from '../state/question.ts'
import type { Suggested } from '../state/suggested.ts'
import { isObject, isReference, type Json, type JsonObject } from '../state/value.ts'

/** The kinds whose names files refer to: their lists hold all the names that there are. */
export const referredTo = { managed: kinds.managed.filter(({ name }) => namedKinds(kinds).has(name)) }

/** What is known of a workspace, and how it is asked for more. */
export interface NamesInput {
  live: readonly Live[]
  desired: readonly Desired[]
  /** Whatever the files say: the fields of each model, the objects of each connection. */
  all: boolean
  ask<A extends keyof Answers>(question: Question<A>): Promise<ServiceAnswer<Answers[A]>>
}

/** The names, and what there is to tell of them. */
export interface FoundNames {
  names: WorkspaceNames
  /** Resources whose fields are left out: there are too many for an editor, and no file names these. */
  leftOut: number
  /** What was not answered, with the reason. */
  unanswered: { address: string; because: string }[]
}

/**
 * Editors look at all fields that a schema holds for each item that they show. Up to so many resources their
 * fields are offered whether or not a file names them yet: they came with the list.
 */
const mostUnnamed = 300

/** Finds all names that files may use: of what is live, of what they declare, and of what systems have. */
export async function workspaceNames(input: NamesInput): Promise<FoundNames> {
  const { live, desired } = input
  const all = [...live, ...desired].filter(({ name }) => name !== '')
  const resources = new Map(
    referredTo.managed.map(({ name: kind }) => [
      kind,
      all.filter((one) => one.kind === kind).map(({ name }) => name)
    ])
  )
  const fields = fieldsOffered(input)
  const targets = await targetsOffered(input)
  return {
    names: { resources, offered: [...fields.offered, ...targets.offered] },
    leftOut: fields.leftOut,
    unanswered: targets.unanswered.toSorted((a, b) => compareText(a.address, b.address))
  }
}

/** All places of all kinds, each way to look something up once. */
const places = [
  ...new Map(
    kinds.managed
      .flatMap((kind) => suggestedIn(kind, kinds).map((place) => ({ ...place, usedBy: kind.name })))
      .map((place) => [JSON.stringify([place.what, place.of, place.kind]), place])
  ).values()
]

function fieldsOffered({ live, desired, all }: NamesInput): { offered: Offered[]; leftOut: number } {
  const used = new Set(
    desired.flatMap((one) => [one, ...one.uses].map(({ kind, name }) => `${kind}\n${name}`))
  )
  let leftOut = 0
  const offered = kinds.managed.flatMap((kind): Offered[] => {
    const namesOf = (fields: JsonObject): string[] => kind.fieldNames?.(fields) ?? []
    const own = [...live, ...desired].filter((one) => one.kind === kind.name)
    const byName = Map.groupBy(own, ({ name }) => name)
    const isFew = all || byName.size <= mostUnnamed
    const kept = [...byName].filter(([name]) => isFew || used.has(`${kind.name}\n${name}`))
    const lists = kept.map(([name, same]) => ({ name, names: same.flatMap((one) => namesOf(one.fields)) }))
    if (kind.fieldNames) leftOut += byName.size - kept.length
    return places
      .filter((place) => place.what === 'fields' && place.kind === kind.name)
      .flatMap(({ what, of }) =>
        lists.map(({ name, names }) => ({ what, of, kind: kind.name, values: [name], names }))
      )
  })
  return { offered, leftOut }
}

type Targets = Pick<FoundNames, 'unanswered'> & { offered: Offered[] }

/** Asks what systems have, of the places that files write to: each question once. */
async function targetsOffered(input: NamesInput): Promise<Targets> {
  const unanswered = new Map<string, string>()
  const offered = await Promise.all(
    ofSystems(input).map(async ({ of, kind, values, whats, live }): Promise<Offered[]> => {
      const at: Inspected = { kind: live.kind, id: live.id, address: addressText(live) }
      // The service knows nothing of a system that waits for a person.
      if (live.pendingReason !== undefined) {
        unanswered.set(at.address, live.pendingReason)
        return []
      }
      const [, object] = values
      const found = await (object === undefined ? objectsOf(input, at) : partsOf(input, at, object))
      if (typeof found !== 'string')
        return whats.map((what) => ({ what, of, kind, values, names: found[what] ?? [] }))
      unanswered.set(object === undefined ? at.address : `${at.address}, ${object}`, found)
      return []
    })
  )
  const all = Array.from(unanswered, ([address, because]) => ({ address, because }))
  return { offered: offered.flat(), unanswered: all }
}

type SystemNames = Partial<Record<Suggested['what'], string[]>>

async function objectsOf({ ask }: NamesInput, at: Inspected): Promise<SystemNames | string> {
  const answer = await ask({ about: 'targets', at })
  return answer.ok ? { objects: (answer.value.data ?? []).map(({ id }) => id) } : answer.words
}

async function partsOf({ ask }: NamesInput, at: Inspected, object: string): Promise<SystemNames | string> {
  const answer = await ask({ about: 'target', at, object })
  if (!answer.ok) return answer.words
  const { fields, modes } = answer.value
  return { 'object fields': fields.map(({ id }) => id), modes: modes.map(({ mode }) => mode) }
}

interface OfSystem {
  of: readonly string[]
  kind: string
  values: string[]
  whats: Suggested['what'][]
  live: Live
}

/** What is looked up in live systems: what files name at the places that decide, or each system there is. */
function ofSystems({ live, desired, all }: NamesInput): OfSystem[] {
  const systems = places.filter(({ what }) => what !== 'fields')
  const ways = Map.groupBy(systems, ({ of, kind, usedBy }) => JSON.stringify([of, kind, usedBy]))
  const found = new Map<string, OfSystem>()
  for (const group of ways.values()) {
    const [first] = group
    if (!first) continue
    const { of, kind, usedBy } = first
    const stated = desired
      .filter((one) => one.kind === usedBy)
      .map(({ fields }) => of.map((path) => textAt(fields, path.split('.'))))
    const offering = kinds.managed.some((one) => one.name === kind && one.offers === true)
    const others = all && of.length === 1 && offering ? live.filter((one) => one.kind === kind) : []
    for (const values of [...stated, ...others.map(({ name }) => [name])]) {
      const known = values.flatMap((value) => (value === undefined || value === '' ? [] : [value]))
      const resource = live.find((one) => one.kind === kind && [one.name, one.id].includes(known[0] ?? ''))
      if (!resource || known.length < of.length) continue
      const whats = group.map(({ what }) => what)
      found.set(JSON.stringify([of, kind, known]), { of, kind, values: known, whats, live: resource })
    }
  }
  return [...found.values()]
}

function textAt(fields: JsonObject, path: readonly string[]): string | undefined {
  const value = path.reduce<Json | undefined>(
    (inner, key) => (isObject(inner) ? inner[key] : undefined),
    fields
  )
  if (isReference(value)) return value.name ?? value.id
  return typeof value === 'string' ? value : undefined
}
