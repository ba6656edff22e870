import type { DerivedApi } from '../../src/kinds/api.ts'
import { kinds } from '../../src/kinds/index.ts'
import { derivedApi, isSameName, type Kind } from '../../src/kinds/kind.ts'
import type { Change } from '../../src/plan/plan.ts'
import { isObject } from '../../src/state/value.ts'
import { isAmong, requestsFor } from './added-fields.ts'
import type { Case } from './case.ts'
import type { Exchange } from './network.ts'
import type { Run } from './program.ts'

/** Which change of a plan asks for a write that was sent. */

export const isWrite = (exchange: Exchange): boolean =>
  exchange.method !== 'GET' && !/\/(source|target)\/fields$/.test(exchange.path)

export const writesOf = (run: Run): Exchange[] => run.exchanges.filter(isWrite)

export function kindOf(name: string): Kind {
  return kinds.managed.find((one) => one.name === name)!
}

/** Whether the path is that of all of the kind, of one, or below one: what is behind it. */
export function below(kind: string, path: string): string | undefined {
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
export function changeFor(
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

export function isNamed(kind: string, a: string, b: string): boolean {
  return isSameName(kindOf(kind), a, b)
}
