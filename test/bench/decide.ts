import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type * as registry from '../../src/kinds/index.ts'
import type { Kinds } from '../../src/kinds/kind.ts'
import type * as deciding from '../../src/plan/decide.ts'
import type { DecideOptions } from '../../src/plan/options.ts'
import type { Base, Desired, Live, LiveState } from '../../src/state/resource.ts'
import {
  isObject,
  isReference,
  referencesIn,
  textOf,
  type Json,
  type JsonObject
} from '../../src/state/value.ts'

/**
 * Decisions on so many syncs of so many fields each, as the service would have them, one in a hundred of them
 * moved there, one in a hundred in the files; by the code of a checkout.
 */
export async function deciders(
  checkout: string,
  syncs: number,
  fields: number
): Promise<Record<string, () => void>> {
  const load = async <T>(path: string): Promise<T> =>
    (await import(pathToFileURL(join(checkout, path)).href)) as T
  const { kinds } = await load<typeof registry>('src/kinds/index.ts')
  const { decide } = await load<typeof deciding>('src/plan/decide.ts')
  const desired = declared(syncs, fields, kinds)
  const live = service(desired)
  const base: Base = {
    revision: 'abc1234',
    commit: 'abc1234',
    resources: desired.map((one, index) => ({ ...one, fields: moved(one, index, 50) })),
    secretsMoved: []
  }
  const run = (options: DecideOptions) => (): void => {
    const decision = decide({ workspace: {}, resources: desired, removed: [] }, live, kinds, options)
    if (!decision.ok) throw new Error(decision.problems[0]?.message)
    const differing = decision.value.changes.filter(({ action }) => action !== 'none').length
    if (differing === 0) throw new Error('nothing differs')
  }
  return { alone: run({}), 'since a base': run({ base }) }
}

function declared(syncs: number, fields: number, { managed }: Kinds): Desired[] {
  const items: [kind: string, item: JsonObject][] = [
    ['connection', { name: 'Store', type: 'postgresql', configuration: { hostname: 'pg.example.com' } }],
    ...Array.from({ length: Math.ceil(syncs / 10) }, (_, index): [string, JsonObject] => [
      'model',
      {
        name: `Model ${index}`,
        connection: 'Store',
        configuration: { table: `t${index}` },
        identifier: 'id'
      }
    ]),
    ...Array.from({ length: syncs }, (_, index): [string, JsonObject] => ['sync', syncItem(index, fields)])
  ]
  return items.map(([name, { name: called, ...item }]) => {
    const position = { line: 1, column: 1, offset: 0 }
    const span = { path: 'a.yaml', start: position, end: position }
    const own = managed.find((kind) => kind.name === name)!.fromYaml(item)
    return {
      kind: name,
      name: textOf(called),
      fields: own,
      lifecycle: { renamedFrom: [], preventDestroy: false, ignoreChanges: [] },
      span,
      spanAt: () => span,
      uses: referencesIn(own).map(({ $ref, name: used = '' }) => ({
        kind: $ref,
        name: used,
        path: [],
        span
      }))
    }
  })
}

function syncItem(index: number, fields: number): JsonObject {
  return {
    name: `Sync ${index}`,
    mode: 'updateOrCreate',
    active: true,
    model: `Model ${Math.floor(index / 10)}`,
    identity: { source: 'email', target: 'email', function: 'Equality' },
    fields: Array.from({ length: fields }, (_, field) => ({ source: `s${field}`, target: `t${field}` })),
    filters: [{ field: 'age', function: 'GreaterThan', value: index }],
    target: { connection: 'Store', object: 'public.users' },
    schedule: { frequency: 'daily', hour: index % 24, minute: 30 }
  }
}

/** As the service has it: ids in references, lists in another order, and some of it moved. */
function service(desired: readonly Desired[]): LiveState {
  const idOf = new Map(desired.map(({ kind, name }, index) => [`${kind}\n${name}`, `id-${index}`]))
  const answered = (value: Json): Json => {
    if (isReference(value)) return { ...value, id: idOf.get(`${value.$ref}\n${value.name ?? ''}`)! }
    if (Array.isArray(value)) return value.map(answered).toReversed()
    if (!isObject(value)) return value
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, answered(inner)]))
  }
  const resources = desired.map((one, index): Live => {
    const id = `id-${index}`
    const fields = answered(moved(one, index, 0)) as JsonObject
    const uses = referencesIn(fields).map((use) => ({ kind: use.$ref, id: use.id ?? '' }))
    return { kind: one.kind, name: one.name, id, fields, wire: { id }, uses, changed: {}, partial: false }
  })
  return {
    organization: { id: 'o', name: 'Acme' },
    resources,
    kinds: ['connection', 'model', 'sync']
  }
}

function moved({ kind, fields }: Desired, index: number, offset: number): JsonObject {
  return kind === 'sync' && index % 100 === offset ? { ...fields, mode: 'update' } : fields
}
