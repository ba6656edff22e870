import type { DerivedApi } from '../../src/kinds/api.ts'
import { kinds } from '../../src/kinds/index.ts'
import { decide } from '../../src/plan/decide.ts'
import type { DecideOptions } from '../../src/plan/options.ts'
import { detailsOf, type ChangeDetails } from '../../src/plan/details.ts'
import type { Plan } from '../../src/plan/plan.ts'
import type { SavedOptions } from '../../src/plan/saved.ts'
import type { Desired, Live, LiveState, Removed } from '../../src/state/resource.ts'
import { referencesIn, type JsonObject } from '../../src/state/value.ts'
import { at } from '../render/builders.ts'
import { kindNamed } from '../support/exchange.ts'

/** A declared resource, from an item of YAML. */
export function declared(
  kind: string,
  name: string,
  item: JsonObject = {},
  more: Partial<Desired> & { renamedFrom?: string[]; ignore?: string[] } = {}
): Desired {
  const { renamedFrom = [], ignore = [], ...rest } = more
  const fields = kindNamed(kind).fromYaml(item)
  return {
    kind,
    name,
    fields,
    lifecycle: { renamedFrom, preventDestroy: false, ignoreChanges: ignore },
    span: at('configs/a.yaml', 1),
    spanAt: () => at('configs/a.yaml', 1),
    uses: referencesIn(fields).map((use) => ({
      kind: use.$ref,
      name: use.name ?? '',
      path: [],
      span: at('configs/a.yaml', 2)
    })),
    ...rest
  }
}

/** What the service has: kind, name, id, and its answer. Names of references are those that are in the list. */
export function service(...rows: [kind: string, name: string, id: string, wire?: object][]): LiveState {
  const context = {
    version: '2025-09-18' as const,
    reference: (kind: string, id: string) => {
      const name = rows.find((row) => row[0] === kind && row[2] === id)?.[1]
      return { $ref: kind, id, ...(name !== undefined && { name }) }
    },
    wire: () => []
  }
  const resources = rows.map(([kind, name, id, more]): Live => {
    const wire = { id, name, ...more } as JsonObject
    const managed = kinds.managed.find((one) => one.name === kind)
    return {
      kind,
      name,
      id,
      wire,
      fields: managed?.fromWire(wire, context) ?? {},
      uses: managed?.uses(wire) ?? [],
      changed: {},
      partial: false
    }
  })
  return {
    organization: { id: 'o', name: 'Acme' },
    resources,
    kinds: kinds.managed.map(({ name }) => name)
  }
}

export function removed(kind: string, name: string): Removed {
  return { kind, name, span: at('configs/a.yaml', 9) }
}

/** The plan, or the codes of what keeps it from being made. */
export function planFor(
  resources: Desired[],
  live: LiveState,
  gone: Removed[] = [],
  options: DecideOptions = {}
): Plan | string[] {
  const decision = decide({ workspace: {}, resources, removed: gone }, live, kinds, options)
  return decision.ok ? decision.value : decision.problems.map(({ code }) => code)
}

/** `update model "M"`, for each change. */
export function actions(plan: Plan | string[]): string[] {
  return Array.isArray(plan)
    ? plan
    : plan.changes.map(({ action, kind, name }) => `${action} ${kind} ${name}`)
}

export function changeOf(plan: Plan | string[], name: string): ChangeDetails {
  const change = Array.isArray(plan) ? undefined : plan.changes.find((one) => one.name === name)
  if (!change) throw new Error(`no change of ${name} in ${JSON.stringify(plan)}`)
  return detailsOf(change)
}

/** The options of a saved plan where no flag was passed. */
export const noOptions: SavedOptions = {
  files: [],
  since: null,
  prune: false,
  only: [],
  exclude: [],
  kinds: [],
  rotate: [],
  allow_destroy: [],
  force_delete: false,
  max_deletes: null
}

/** The API of a kind that adds fields, of the names that it states, to what it belongs to. */
export const partApi: DerivedApi = {
  access: 'derived',
  path: '/api/parts',
  id: () => undefined,
  fieldsOf: () => [],
  updates: () => [],
  resets: () => [],
  isReset: () => false,
  adds: ({ names }) => (names as string[] | undefined) ?? []
}
