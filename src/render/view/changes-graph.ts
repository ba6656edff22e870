import type { Health } from '../../plan/flows.ts'
import type { Action } from '../../plan/plan.ts'
import type { ChangesView } from './changes.ts'
import { graphOf, type Graph, type GraphSource, type NodeState } from './graph.ts'

const drifted: Readonly<Record<Action, NodeState>> = {
  create: 'missing',
  update: 'changed',
  rename: 'renamed',
  delete: 'not removed',
  none: 'none'
}

/** The graph of a plan or a drift; undefined where the view holds no arrows. */
export function graphOfChanges(of: 'plan' | 'drift', view: ChangesView): Graph | undefined {
  const sources = view.resources.flatMap(({ change, place, arrows, unhealthy }): GraphSource[] => {
    if (arrows === undefined) return []
    const { kind, name, pin, action, waiting } = change
    const health: Health | undefined =
      unhealthy !== undefined
        ? { is: 'broken', because: unhealthy }
        : waiting !== undefined && action !== 'delete'
          ? { is: 'waits', because: waiting }
          : undefined
    const address = pin === undefined ? { kind, name } : { kind, name, pin }
    return [
      {
        address,
        state: of === 'drift' ? drifted[action] : action,
        place,
        arrows,
        ...(health && { health })
      }
    ]
  })
  if (sources.length === 0) return undefined
  return graphOf(sources, view.kinds ?? [], new Map(Object.entries(view.elsewhere ?? {})))
}
