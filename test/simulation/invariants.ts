import type { DerivedApi } from '../../src/kinds/api.ts'
import { kinds } from '../../src/kinds/index.ts'
import { derivedApi, isSameName, type Kind } from '../../src/kinds/kind.ts'
import { renderEvent } from '../../src/render/report.ts'
import { addressText } from '../../src/state/resource.ts'
import type { Rule } from '../../src/state/rule.ts'
import { isEmpty, isObject, textOf, type Json, type JsonObject } from '../../src/state/value.ts'
import { liveId } from '../../src/plan/details.ts'
import type { Change } from '../../src/plan/plan.ts'
import { header, look } from '../render/builders.ts'
import type { Exchange } from './network.ts'
import type { Run } from './program.ts'
import type { Scene } from './scene.ts'
import { countOf, isAmong, isOnlyWithoutGone, requestsFor } from './added-fields.ts'
import { addedFields } from './items.ts'
import { bytesId, type Look } from './service.ts'
import { planted, type Declared } from './world.ts'
import { renderPlan, renderProblems, renderReport } from '../support/rendered.ts'

/** Laws that hold after every run, failed or not. Each answers with what breaks it, in words. */

/** What is known when a run is judged: the runs so far, and what is there now. */
export interface Case {
  scene: Scene
  run: Run
  /** True when nothing went wrong on purpose. */
  calm: boolean
  looks: readonly Look[]
  /** What somebody else has laid hands on, in this run or one before. */
  edited: Meddled
  /** Keys whose outcome is recorded since an earlier run: it is answered again, and nothing is done. */
  recorded: ReadonlySet<string>
}

/** Ids of what somebody else has changed, and of what is gone by their hands. */
export interface Meddled {
  ids: ReadonlySet<string>
  deleted: ReadonlySet<string>
}

type Law = (known: Case) => string[]

const isWrite = (exchange: Exchange): boolean =>
  exchange.method !== 'GET' && !/\/(source|target)\/fields$/.test(exchange.path)

const writesOf = (run: Run): Exchange[] => run.exchanges.filter(isWrite)

function kindOf(name: string): Kind {
  return kinds.managed.find((one) => one.name === name)!
}

/** Whether the path is that of all of the kind, of one, or below one: what is behind it. */
function below(kind: string, path: string): string | undefined {
  const { api } = kindOf(kind)
  for (const all of [api.path, ...Object.values(api.olderPaths ?? {})]) {
    const [head = '', tail = ''] = all.split('{organization}')
    const rest = path.startsWith(head) ? path.slice(head.length) : undefined
    if (rest === undefined) continue
    if (!all.includes('{organization}')) return rest
    const [, organization = ''] = /^([^/]+)/.exec(rest) ?? []
    if (rest.slice(organization.length).startsWith(tail))
      return rest.slice(organization.length + tail.length)
  }
  return undefined
}

/** The change that asks for a write, and whether it is that itself or something that follows it; undefined where none does. */
function changeFor(
  write: Exchange,
  { scene, run, looks }: Pick<Case, 'scene' | 'run' | 'looks'>
): { change: Change; main: boolean } | undefined {
  // What is derived stands below what it is of, whose follow-ups are there too.
  const isListed = ({ kind }: Change): boolean => kindOf(kind).api.access === 'listed'
  const changes = (run.plan?.changes ?? []).toSorted((a, b) => Number(isListed(a)) - Number(isListed(b)))
  for (const change of changes) {
    const { api, naming } = kindOf(change.kind)
    const derived = derivedApi(kindOf(change.kind))
    const rest = below(change.kind, write.path)
    if (rest === undefined || change.action === 'none') continue
    if (rest === '') {
      const key = naming?.wire ?? 'name'
      const isIt =
        !derived &&
        write.method === 'POST' &&
        change.action === 'create' &&
        isObject(write.body) &&
        write.body[key] === change.name
      if (isIt) return { change, main: true }
      continue
    }
    const made = looks.find(({ kind, name }) => kind === change.kind && isNamed(kind, name, change.name))
    const ids =
      change.action === 'create'
        ? [made?.id, ...madeFor(change, run), ...derivedFor(change, run)]
        : [change.id]
    const id = ids.find((one) => one !== undefined && `${rest}/`.startsWith(`/${one}/`))
    if (id === undefined) continue
    const what = rest.slice(id.length + 1)
    if (api.access === 'derived') {
      const request = { ...write, path: what }
      const isIts = api.dependsOnLive
        ? isAmong(requestsFor(change, { scene, run }), request)
        : isOfDerived(api, change, request)
      if (isIts) return { change, main: true }
      continue
    }
    const method = change.action === 'delete' ? 'DELETE' : api.update(scene.world.version)
    if (what === '') {
      if (write.method === method && change.action !== 'create') return { change, main: true }
    } else if (api.followUps && change.action !== 'delete') return { change, main: false }
  }
  return undefined
}

/** Whether a change of what is in no list asks for this write. */
function isOfDerived(api: DerivedApi, change: Change, write: { method: string; path: string }): boolean {
  const requests = change.action === 'delete' ? api.resets({}) : api.updates({}, {})
  return requests.some(({ method, path }) => method === write.method && path === write.path)
}

/** Ids that its creates were answered with: somebody may have deleted since what is behind them. */
function madeFor(change: Change, run: Run): string[] {
  const key = kindOf(change.kind).naming?.wire ?? 'name'
  return run.exchanges.flatMap(({ path, body, made }) => {
    const isIt = below(change.kind, path) === '' && isObject(body) && body[key] === change.name
    return isIt && made !== undefined && made !== '' ? [made] : []
  })
}

/** Where a derived resource is, whose connection somebody has deleted since. */
function derivedFor(change: Change, run: Run): string[] {
  const { kind, name } = change
  if (kindOf(kind).naming?.keys.join() !== 'connection,schema') return []
  // The connection may be in no file: then only the reference knows it.
  const referred = change.action === 'delete' ? [] : Object.entries(change.ids)
  const ids = referred.flatMap(([address, id]) => {
    const [, connection = ''] = /^connection "(.*)"$/.exec(address) ?? []
    return name.startsWith(`${connection} `) ? [`${id}/schemas/${name.slice(connection.length + 1)}`] : []
  })
  const planned = (run.plan?.changes ?? []).flatMap((other) =>
    other.kind === 'connection' && other.action !== 'create' && name.startsWith(`${other.name} `)
      ? [`${other.id}/schemas/${name.slice(other.name.length + 1)}`]
      : []
  )
  return [...ids, ...planned]
}

function isNamed(kind: string, a: string, b: string): boolean {
  return isSameName(kindOf(kind), a, b)
}

function attempted(run: Run): Change[] {
  return (run.plan?.changes ?? []).filter(
    (change) => change.action !== 'none' || change.waiting !== undefined
  )
}

const noTwins: Law = ({ scene, looks }) =>
  scene.world.declared.flatMap((one) => {
    const isOne = (other: { kind: string; name: string }): boolean =>
      other.kind === one.kind && isNamed(one.kind, other.name, one.name)
    const [before, now] = [scene.world.live.filter(isOne).length, looks.filter(isOne).length]
    return now > Math.max(1, before) ? [`${addressText(one)} is there ${now} times`] : []
  })

const order: Law = ({ run, calm, edited, recorded }) => {
  // What was made by hand and is gone may be more than the files know how to make.
  if (!calm || edited.deleted.size > 0) return []
  const refused = run.exchanges
    .filter((exchange) => exchange.status !== undefined && exchange.status >= 400 && !isSearch(exchange))
    .filter((exchange) => !isReplay(exchange, recorded))
  const strangers = run.exchanges.filter((exchange) => exchange.strangers.length > 0)
  return [
    ...refused.map(({ method, path, status }) => `${method} ${path} was answered with ${status}`),
    ...strangers.map(
      ({ method, path, strangers }) => `${method} ${path} names ${strangers.join(', ')}, which nothing has`
    )
  ]
}

function isReplay({ key }: Exchange, recorded: ReadonlySet<string>): boolean {
  return key !== undefined && recorded.has(key)
}

/** What is in no list is looked for where it must be: that it is not there is an answer like another. */
function isSearch({ method, path, status }: Exchange): boolean {
  const places = kinds.managed.filter(({ api }) => api.access === 'derived')
  return (
    method === 'GET' && status === 404 && places.some(({ name }) => below(name, path)?.includes('/', 1))
  )
}

const skips: Law = (known) => {
  const { run } = known
  const outcomes = new Map(
    (run.report?.settled ?? []).map(({ address, outcome }) => [addressText(address), outcome])
  )
  return attempted(run).flatMap((change) => {
    const own = outcomes.get(addressText(change))
    const lost = change.after.filter((need) =>
      ['failed', 'skipped'].includes(outcomes.get(need)?.outcome ?? '')
    )
    const writes = writesOf(run).filter((write) => changeFor(write, known)?.change === change)
    return [
      ...(own?.outcome === 'skipped' && writes.length > 0
        ? [`${addressText(change)} is said to be skipped, and was sent`]
        : []),
      ...(lost.length > 0 && writes.length > 0
        ? [`${addressText(change)} was sent, though it needs ${lost.join(', ')}`]
        : [])
    ]
  })
}

const handsOff: Law = ({ scene, run, looks }) => {
  const ours = new Set(
    (run.plan?.changes ?? []).flatMap((change) => {
      const id = change.action === 'none' ? undefined : liveId(change)
      return id === undefined ? [] : bytesId(change.kind, id)
    })
  )
  const others = new Set(run.outsideEdits.map(({ id }) => id))
  const touched = Array.from(run.before).filter(([id, bytes]) => run.after.get(id) !== bytes)
  const appeared = Array.from(run.after).filter(([id]) => !run.before.has(id))
  const isWanted = (id: string): boolean => {
    const there = looks.find((look) => bytesId(look.kind, look.id) === id)
    return scene.world.declared.some(
      ({ kind, name }) => there?.kind === kind && isNamed(kind, there.name, name)
    )
  }
  return [
    ...touched
      // What belongs to a thing goes with it.
      .filter(([id]) => [id, id.split('/')[0]!].every((one) => !ours.has(one) && !others.has(one)))
      .filter(([id, bytes]) => !isOnlyWithoutGone(bytes, run.after.get(id), run))
      .map(
        ([id, bytes]) =>
          `${id} is not ours, and was ${bytes.slice(0, 200)}, is ${run.after.get(id)?.slice(0, 200) ?? 'gone'}`
      ),
    ...appeared
      .filter(([id]) => !isWanted(id) && !others.has(id))
      .map(([, bytes]) => `nobody asked for ${bytes.slice(0, 200)}`)
  ]
}

/** Once, or once more after an answer that may be that of an earlier run, under the same key. */
function isSentOnce(change: Change, known: Case): boolean {
  const sent = writesOf(known.run).filter((write) => {
    const asked = changeFor(write, known)
    return asked?.change === change && asked.main
  })
  const anew = sent.filter((write) => !isReplay(write, known.recorded))
  // What depends on what is live may take several requests: each of them, and none twice.
  if (derivedApi(kindOf(change.kind))?.dependsOnLive) {
    const requests = new Set(anew.map(({ method, path }) => `${method} ${path}`))
    const expected = countOf(requestsFor(change, known))
    return expected > 0 && requests.size === expected && anew.length === expected
  }
  return anew.length === 1 || (anew.length === 0 && sent.length > 0)
}

const honestPlan: Law = (known) => {
  const { run, edited } = known
  // What was made and is gone by other hands is answered once more under its key, and is then made anew.
  const calm = known.calm && edited.deleted.size === 0
  const early = run.exchanges.slice(0, run.ended === 'refused' ? undefined : run.planning).filter(isWrite)
  const unplanned = writesOf(run).filter((write) => changeFor(write, known) === undefined)
  const unsent =
    calm && run.ended === 'finished' && run.events.length > 0
      ? attempted(run).filter((change) => change.action !== 'none' && !isSentOnce(change, known))
      : []
  return [
    ...early.map(({ method, path }) => `${method} ${path} was sent while planning`),
    ...unplanned.map(({ method, path }) => `${method} ${path} was sent, and is not in the plan`),
    ...unsent.map((change) => `${addressText(change)} was not sent exactly once, with nothing in its way`)
  ]
}

const honestReport: Law = ({ scene, run, looks, edited }) => {
  if (!run.report) return []
  const expected = attempted(run).map(addressText)
  const reported = run.report.settled.map(({ address }) => addressText(address))
  const settledEvents = run.events
    .filter((event) => event.type === 'settled')
    .map(({ address }) => addressText(address))
  const wrong = [
    ...(reported.join() === expected.join()
      ? []
      : [`the report is of ${reported.join(', ')}, the plan of ${expected.join(', ')}`]),
    ...(settledEvents.toSorted().join() === expected.toSorted().join()
      ? []
      : ['not every change ended in exactly one outcome']),
    ...(run.events[0]?.type === 'begin' && run.events.at(-1)?.type === 'end'
      ? []
      : ['the events do not begin and end as they should'])
  ]
  for (const { address, action, outcome } of run.report.settled) {
    if (outcome.outcome !== 'done' || edited.ids.has(outcome.id)) continue
    const there = looks.find(({ id, kind }) => id === outcome.id && kind === address.kind)
    if (action === 'delete') {
      // What is put back is as the service finds it by itself, which may be the same.
      const kind = kinds.managed.find(({ name }) => name === address.kind)
      const isPutBack = kind && derivedApi(kind)?.isAsDeclared
      if (there && !there.reset && !isPutBack)
        wrong.push(`${addressText(address)} is said to be deleted, and is there`)
      continue
    }
    const declared = scene.world.declared.find(
      (one) => one.kind === address.kind && one.name === address.name
    )
    if (declared && !there) wrong.push(`${addressText(address)} is said to be done, and is not there`)
    if (declared && there && edited.ids.size === 0) wrong.push(...differences(scene, declared, there))
  }
  return wrong
}

/** What of a declared resource is otherwise than in the ideal service. */
export function differences(
  scene: Scene,
  declared: Declared,
  there: Look,
  edited: Meddled = { ids: new Set(), deleted: new Set() }
): string[] {
  const tolerant = edited.ids.size > 0
  const was = declared.was === undefined ? undefined : scene.ids[declared.was]
  // What is derived goes with what it is of.
  const isMadeAgain = was !== undefined && edited.deleted.has(was.split('/')[0]!)
  const expected = scene.expected.get(declared)
  const [a, b] = [expected, there.fields].map((fields) => (isObject(fields) ? fields : {}))
  const kind = kindOf(declared.kind)
  return [...new Set([...Object.keys(a!), ...Object.keys(b!)])].flatMap((field) => {
    const owner = kind.fields[field]?.class
    if (owner === 'carried' && (isMadeAgain || (tolerant && !(field in declared.item)))) return []
    const isBulk = declared.kind === 'bulk_sync'
    const there = isBulk ? withoutAdded(declared, field, a!, b!) : ofOneSource(declared, field, b![field])
    const listed = isBulk ? withoutUnlisted(declared, field, a!, b!) : a![field]
    // Where nothing is said, the service adds fields.
    const isAdding =
      isBulk && field === 'schemas' && textOf(b!['automatically_add_new_fields'] ?? 'all') !== 'none'
    const added = isAdding ? withoutAddedFields(declared, listed, there) : listed
    const ideal = isBulk && field === 'schemas' ? asChosenBefore(scene, declared, added, there) : added
    const compared = [ideal, there].map((value) =>
      asCompared(kind.fields[field]?.rule, isBulk ? withoutAddedByHand(value) : value)
    )
    const [wanted, found] = compared.map((value) => JSON.stringify(value))
    if (wanted === found || (tolerant && isIn(ideal, there))) return []
    if (field === 'fields' && hadOtherSources(scene, declared)) return []
    // What the deleted one had beside what the files say is gone with it.
    if (isMadeAgain && isIn(compared[1], compared[0])) return []
    // No limit is 0, and is nothing where nobody ever wrote one.
    if (owner === 'carried' && ideal === 0 && there === undefined) return []
    return [
      `${field} of ${addressText(declared)} is ${found ?? 'nothing'} where it must be ${wanted ?? 'nothing'}`
    ]
  })
}

/** Fields that the same world adds to a schema: a bulk sync has them from then on, which may be later here or there. */
function withoutAddedByHand(value: Json | undefined): Json | undefined {
  if (!Array.isArray(value)) return value
  return value.map((schema) => {
    if (!isObject(schema) || !Array.isArray(schema['fields'])) return schema
    const fields = schema['fields'].filter(
      (one) => !isObject(one) || !addedFields.has(textOf(one['id'] ?? ''))
    )
    const { fields: _all, ...rest } = schema
    return fields.length === 0 ? rest : { ...schema, fields }
  })
}

/**
 * A model that read several things at once, of which the files state some, and no fields: whether its fields
 * stay depends on whether anything else of it was to be written.
 */
function hadOtherSources({ world }: Scene, { kind, item, was }: Declared): boolean {
  const [before, stated] = [was === undefined ? undefined : world.live[was]?.item, item].map(
    (one) => one?.['configuration']
  )
  if (kind !== 'model' || 'fields' in item || !isObject(before) || !isObject(stated)) return false
  const sources = ['query', 'table', 'view'].filter((name) => !isEmpty(before[name]))
  return sources.some((name) => name in stated) && sources.some((name) => !(name in stated))
}

/** Of what a model reads the files state one: what else stands there goes with the next update, and is no reason for one. */
function ofOneSource({ kind, item }: Declared, field: string, found: Json | undefined): Json | undefined {
  const stated = item['configuration']
  const sources = ['query', 'table', 'view']
  const isOne = kind === 'model' && field === 'configuration' && isObject(stated) && isObject(found)
  if (!isOne || !sources.some((name) => !isEmpty(stated[name]))) return found
  return Object.fromEntries(
    Object.entries(found).filter(([name]) => !sources.includes(name) || name in stated)
  )
}

const adds = (item: JsonObject, what: string): boolean =>
  !['', 'none'].includes(textOf(item[what] ?? '').toLowerCase())
const addsObjects = (item: JsonObject): boolean => adds(item, 'automatically_add_new_objects')

/** Objects that syncs of a world create in their target. */
const madeBySyncs: ReadonlySet<string> = new Set(['public.new', 'new'])

/**
 * What is to be compared of a live bulk sync. Where the files say that the service adds objects or fields by
 * itself, nobody can tell what it added from what a person chose: it stays, listed or not.
 */
function withoutAdded(
  { item }: Declared,
  field: string,
  ideal: JsonObject,
  found: JsonObject
): Json | undefined {
  const addsFields = adds(item, 'automatically_add_new_fields')
  // What is off is the rest of what is on, and managed only where all is to be on.
  if (field === 'schemas_off') return item['schemas'] === 'all' ? found[field] : ideal[field]
  if (field !== 'schemas' || !Array.isArray(found[field])) return found[field]
  const known = (all: Json | undefined, id: Json | undefined): Json | undefined =>
    Array.isArray(all) ? all.find((one) => isObject(one) && one['id'] === id) : undefined
  return found[field].filter(isObject).flatMap((schema): Json[] => {
    const same = known(ideal[field], schema['id'])
    // What a sync of the same world made may be there by the time all objects are copied, or not yet.
    const isNew = !Array.isArray(item['schemas']) && madeBySyncs.has(textOf(schema['id'] ?? ''))
    if (!same) return isNew || (addsObjects(item) && schema['enabled'] === true) ? [] : [schema]
    const fields = schema['fields']
    if (!addsFields || !isObject(same) || !Array.isArray(fields)) return [schema]
    return [
      { ...schema, fields: fields.filter((one) => isObject(one) && known(same['fields'], one['id'])) }
    ]
  })
}

/** What the ideal service added by itself, and the other one did not: a sync of the same world may make it later. */
function withoutUnlisted(
  { item }: Declared,
  field: string,
  ideal: JsonObject,
  found: JsonObject
): Json | undefined {
  const schemas = ideal[field]
  const listed = item['schemas']
  // Where all are copied, what such a sync made is turned on as soon as somebody applies after it.
  if (field === 'schemas_off' && listed === 'all' && Array.isArray(schemas) && found[field] === undefined) {
    const off = schemas.filter((one) => !madeBySyncs.has(textOf(one)))
    return off.length === 0 ? undefined : off
  }
  if (field !== 'schemas' || !Array.isArray(schemas)) return schemas
  if (!Array.isArray(listed)) {
    // Made by a sync of the same world, and later here than in the ideal service.
    const there = JSON.stringify(found[field] ?? [])
    const isLater = (id: string): boolean => madeBySyncs.has(id) && !there.includes(JSON.stringify(id))
    return schemas.filter((one) => !isObject(one) || !isLater(textOf(one['id'] ?? '')))
  }
  if (!addsObjects(item)) return schemas
  const idOf = (one: Json): Json | undefined => (isObject(one) ? one['id'] : one)
  const kept = new Set([listed, found[field]].flatMap((all) => (Array.isArray(all) ? all.map(idOf) : [])))
  return schemas.filter((one) => kept.has(idOf(one)))
}

/** Where all objects are copied, what somebody chose of one before stays: its fields, and its settings. */
function asChosenBefore(
  { world }: Scene,
  { item, was }: Declared,
  ideal: Json | undefined,
  found: Json | undefined
): Json | undefined {
  const before = was === undefined ? undefined : world.live[was]?.item['schemas']
  if (item['schemas'] !== 'all' || !Array.isArray(before) || !Array.isArray(ideal)) return ideal
  const idOf = (one: Json | undefined): Json | undefined => (isObject(one) ? one['id'] : one)
  const fieldsOf = (schema: Json | undefined): Json[] =>
    isObject(schema) && Array.isArray(schema['fields']) ? schema['fields'] : []
  return ideal.map((schema) => {
    const [chosen, there] = [before, found].map((all) =>
      Array.isArray(all) ? all.find((one) => idOf(one) === idOf(schema)) : undefined
    )
    if (!isObject(schema) || !isObject(chosen)) return schema
    const kept = new Set(Object.keys(chosen).filter((key) => !['id', 'enabled', 'fields'].includes(key)))
    const others = isObject(there) ? Object.entries(there).filter(([key]) => kept.has(key)) : []
    const on = fieldsOf(chosen).filter((one) => !isObject(one) || one['enabled'] !== false)
    const settings = new Map(on.map((one) => [idOf(one), isObject(one) ? one : {}]))
    const fields = fieldsOf(schema).flatMap((field) => {
      const { enabled: _on, id: _id, ...more } = settings.get(idOf(field)) ?? {}
      return settings.has(idOf(field)) && isObject(field) ? [{ ...field, ...more }] : []
    })
    const all = { ...schema, ...(on.length === 0 ? {} : { fields }), ...Object.fromEntries(others) }
    return Object.fromEntries(Object.entries(all).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  })
}

/** The fields of a listed object that the ideal service added by itself, and that the other one has not. */
function withoutAddedFields(
  { item }: Declared,
  ideal: Json | undefined,
  found: Json | undefined
): Json | undefined {
  const listed = item['schemas']
  if (!Array.isArray(ideal) || !Array.isArray(found) || !Array.isArray(listed)) return ideal
  const idOf = (one: Json | undefined): Json | undefined => (isObject(one) ? one['id'] : one)
  const fieldsOf = (schema: Json | undefined): Json[] =>
    isObject(schema) && Array.isArray(schema['fields']) ? schema['fields'] : []
  return ideal.map((schema) => {
    const [stated, there] = [listed, found].map((all) =>
      fieldsOf(all.find((one) => idOf(one) === idOf(schema)))
    )
    if (!isObject(schema) || stated!.length === 0) return schema
    const known = new Set([...stated!, ...there!].map(idOf))
    return { ...schema, fields: fieldsOf(schema).filter((field) => known.has(idOf(field))) }
  })
}

/**
 * A value as the rule of its field compares it: what stands twice in a set counts as once, its items have no
 * order (R5), and what a service assumes when nothing is sent is the same as nothing (R6).
 */
function asCompared(rule: Rule | undefined, value: Json | undefined): Json | undefined {
  if (rule?.is === 'scalar') return value === rule.default ? undefined : value
  if (rule?.is === 'object' && isObject(value)) {
    const parts = Object.entries(value).map(([key, part]) => [key, asCompared(rule.fields[key], part)])
    return Object.fromEntries(parts.filter(([, part]) => part !== undefined)) as JsonObject
  }
  if (rule?.is !== 'set' || !Array.isArray(value)) return value
  const items = value.map((one) => asCompared(rule.item, one) ?? one)
  if (items.every((one) => !isObject(one))) return [...new Set(items)]
  return items.toSorted((a, b) => (rule.key(a) < rule.key(b) ? -1 : 1))
}

/** Whether everything of the one is in the other: what somebody adds to free keys stays. */
function isIn(part: Json | undefined, whole: Json | undefined): boolean {
  if (part === undefined && isObject(whole)) return true
  if (Array.isArray(part) && Array.isArray(whole))
    return part.length === whole.length && part.every((item, place) => isIn(item, whole[place]))
  if (!isObject(part) || !isObject(whole)) return JSON.stringify(part) === JSON.stringify(whole)
  return Object.entries(part).every(([key, value]) => isIn(value, whole[key]))
}

const noLeak: Law = ({ run }) => {
  const texts = new Map<string, string>()
  const reported: [string, string][] = [
    ['the plan', JSON.stringify(run.plan ?? null)],
    ['the events', JSON.stringify(run.events)],
    ['the problems', JSON.stringify(run.problems)],
    ['the traces', run.traces.join('\n')],
    ['the printed problems', renderProblems(run.problems, texts, look)],
    ['the printed events', run.events.map((event) => renderEvent(event, look) ?? '').join('\n')],
    ['the printed report', run.report ? renderReport(run.report, texts, look) : ''],
    ['the printed plan', run.plan ? renderPlan(run.plan, header, look, { verbose: true }) : '']
  ]
  const forms = [planted, encodeURIComponent(planted), Buffer.from(planted).toString('base64').slice(0, 9)]
  return reported
    .filter(([, text]) => forms.some((form) => text.includes(form)))
    .map(([what]) => `a secret is in ${what}`)
}

/** Who reads a thing, and finds that it is not as it was planned upon, writes nothing. */
const noOverwriting: Law = ({ scene, run }) =>
  run.outsideEdits.flatMap(({ kind: kindName, id, how, at, fields }) => {
    if (how !== 'edit' || at < run.planning) return []
    const isIt = ({ path }: Exchange): boolean => below(kindName, path) === `/${id}`
    const later = run.exchanges.filter((exchange) => isIt(exchange) && exchange.number >= at)
    const look = later.find(({ method, status }) => method === 'GET' && status === 200)
    const write = later.find(
      (exchange) => isWrite(exchange) && exchange.number > (look?.number ?? Infinity)
    )
    // A write before has read the thing before: nobody can tell then.
    const isFirst = !writesOf(run).some((one) => isIt(one) && one.number < (look?.number ?? 0))
    const change = run.plan?.changes.find((one) => liveId(one) === id)
    if (!write || !change || !isFirst) return []
    const kind = kindOf(kindName)
    const declared = scene.world.declared.find((one) => one.kind === kindName && one.name === change.name)
    const isCompared = (field: string): boolean =>
      change.action === 'delete' ||
      kind.fields[field]?.class === 'owned' ||
      (kind.fields[field]?.rule.is !== 'stated' && field in (declared?.item ?? {}))
    // Of two edits of a switch the second takes the first back: then it is as it was planned upon.
    const isTakenBack = (field: string): boolean =>
      run.outsideEdits.filter(
        (other) => other.id === id && other.at <= look!.number && other.fields.includes(field)
      ).length > 1
    const overwritten = fields.filter(
      (field) => field in kind.fields && isCompared(field) && !isTakenBack(field)
    )
    return overwritten.map(
      (field) => `${field} of ${addressText(change)} was changed by somebody, and overwritten`
    )
  })

/**
 * One request is tried six times at most, or as long as it is throttled; a create is begun three times, once more where a refusal may be
 * recorded, and looked for four times after each.
 */
const triesOfOne = 6
const roundsOfCreate = 4
const looksOfRound = 4
/** What belongs to a resource is read with it; before, after, and until what was asked for has come. */
const readsOfOne = 6
const looksAtOne = 10

const bounded: Law = ({ scene, run }) => {
  const { parallelism, pageSize } = scene.world
  const crowd = Math.max(0, ...run.exchanges.map(({ underWay }) => underWay))
  const changes = attempted(run).length
  const things = Math.max(run.before.size, run.after.size) + changes
  const pages = kinds.managed.length * (Math.ceil(things / pageSize) + 1)
  const planning = 1 + 2 * pages + things * readsOfOne
  const applying = changes * (roundsOfCreate * (1 + looksOfRound * pages) + looksAtOne * readsOfOne)
  const most = triesOfOne * (planning + applying)
  const posts = new Map<string, number>()
  for (const write of writesOf(run))
    if (write.method === 'POST') {
      const key = `${write.path} ${JSON.stringify(write.body ?? '')}`
      posts.set(key, (posts.get(key) ?? 0) + 1)
    }
  return [
    ...(crowd > parallelism ? [`${crowd} requests were under way at once, and ${parallelism} may be`] : []),
    ...(run.exchanges.length > most ? [`${run.exchanges.length} requests are more than ${most}`] : []),
    ...Array.from(posts)
      .filter(([, count]) => count > roundsOfCreate * triesOfOne)
      .map(([what, count]) => `POST ${what} was sent ${count} times`),
    ...(run.took > most * 90_000 ? [`it took ${run.took} ms`] : [])
  ]
}

/** All laws of one run. The first two are of several runs, and are judged where those are made. */
export const laws: Readonly<Record<string, Law>> = {
  '3 no twins: never two live objects for one address': noTwins,
  '4 order: without faults nothing is refused, and no request names what does not exist': order,
  '5 skips: nothing is sent for a change whose dependency failed': skips,
  '6 hands off: what is not ours is as it was, to the byte': handsOff,
  '7 honest plan: nothing is sent that was not planned, and everything when nothing failed': honestPlan,
  '8 honest report: one outcome for each change, and done is done': honestReport,
  '9 no leak: no secret is in anything that is told': noLeak,
  '10 bounded: tries, pages and requests under way have limits': bounded,
  '11 compare and set: what somebody changed since the plan is not overwritten': noOverwriting
}

export const converges = '1 converges: two more applies without faults, and nothing is left to do'
export const idempotent = '2 idempotent: one more apply sends no write at all'
