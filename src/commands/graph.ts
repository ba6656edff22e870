import { isError, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { kinds } from '../kinds/index.ts'
import { arrowsOf } from '../plan/flows.ts'
import { idlePatterns, isSelected, unknownAddress, type Selection } from '../plan/select.ts'
import type { GraphNode, GraphSource, GraphView, Graph } from '../render/view/graph.ts'
import type { Desired } from '../state/resource.ts'
import { makeDecision, readsAllLists, selectionOf } from './decide-options.ts'
import { exit } from './exit.ts'
import { environmentVariables, understandFiles } from './files.ts'
import type { CommandIo } from './io.ts'
import type { PlanningOptions, ReadOptions } from './options.ts'
import type { Result } from './output.ts'
import { lookupResult, nothingRead, problemsResult, type ReadSoFar } from './result.ts'
import { flows, withContext, type CommandContext } from './run.ts'

/** `live` asks the service, too. */
export interface GraphOptions extends ReadOptions, PlanningOptions {
  live?: boolean
}

/**
 * `polyctl graph`: what data moves through, from the files alone. With `--live`, what a plan would do to each
 * resource, and what does not work.
 */
export async function graphCommand(options: GraphOptions, io: CommandIo): Promise<Result> {
  const selection = selectionOf(options)
  if (!selection.ok) return await problemsResult(io, selection.problems, nothingRead)
  if (options.live === true) return await liveGraph(options, io, selection.value)
  const { env, problems } = environmentVariables(io, options)
  if (problems.some(isError)) return await problemsResult(io, problems, nothingRead)
  const { result, texts, files } = await understandFiles(io, options, env)
  const read = { texts, files: files.length }
  if (!result.ok) return await problemsResult(io, [...problems, ...result.problems], read)
  const { resources } = result.value.desired
  const { graphOf } = await import('../render/view/graph.ts')
  const graph = graphOf(resources.flatMap(declaredSource), kindNames)
  return await answered(
    { graph, resources, selection: selection.value, read },
    [...problems, ...result.problems],
    io
  )
}

const kindNames = kinds.managed.map(({ name }) => name)

function declaredSource(resource: Desired): GraphSource[] {
  const { kind, name, pin, fields, span } = resource
  const arrows = arrowsOf(kind, fields, flows)
  if (arrows === undefined) return []
  const address = pin === undefined ? { kind, name } : { kind, name, pin }
  return [{ address, state: 'declared', place: span, arrows }]
}

/** A plan of all, of which a part may be shown: what is left out may be what the rest is made of. */
async function liveGraph(
  options: GraphOptions,
  io: CommandIo,
  selection: Selection | undefined
): Promise<Result> {
  const { only: _only, exclude: _exclude, kind: _kind, ...rest } = options
  const whole = { ...rest, maxDeletes: Infinity, maxUpdates: Infinity }
  const work = async (context: CommandContext): Promise<Result> => {
    const decided = await makeDecision(context, whole, io, { missingPins: true })
    const problems = [...context.problems, ...decided.problems]
    if (!decided.ok) return await problemsResult(io, problems, context)
    const { plan, observed } = decided.value.planned
    const { planView } = await import('../render/view/plan.ts')
    const { graphOfChanges } = await import('../render/view/changes-graph.ts')
    const header = {
      ...context.header,
      organization: plan.organization.name,
      organizationId: plan.organization.id
    }
    const view = planView(plan, header, context.view, { observed })
    const graph = graphOfChanges('plan', view) ?? { nodes: [], edges: [] }
    const { resources } = context.understood.desired
    return await answered({ graph, resources, selection, read: context, header }, problems, io)
  }
  return await withContext(io, whole, work, { lists: readsAllLists(whole) })
}

/** What there is to show. */
interface Shown {
  graph: Graph
  resources: readonly Desired[]
  selection: Selection | undefined
  read: ReadSoFar
  header?: GraphView['header']
}

async function answered(
  { graph, resources, selection, read, header }: Shown,
  problems: readonly Diagnostic[],
  io: CommandIo
): Promise<Result> {
  const part = await chosen(graph, resources, selection)
  if (!part.ok) return await problemsResult(io, part.problems, read)
  const { problemsView } = await import('../render/view/problems.ts')
  const { graphFacts } = await import('../render/view/graph-facts.ts')
  const sources = { texts: read.texts, hide: io.redaction.shown }
  const view: GraphView = {
    ...part.value,
    ...(header && { header }),
    problems: problemsView(problems, sources)
  }
  return lookupResult(exit.done, { of: 'graph', facts: graphFacts(view), graph: view })
}

/** What is selected, with all that flows into it and out of it. */
async function chosen(
  graph: Graph,
  resources: readonly Desired[],
  selection: Selection | undefined
): Promise<Checked<Graph>> {
  if (selection === undefined) return { ok: true, value: graph, problems: [] }
  const all = [...resources, ...graph.nodes.map(({ address }) => address)]
  const idle = idlePatterns(all, selection.only, kinds)
  if (idle.length > 0)
    return { ok: false, problems: idle.map((pattern) => unknownAddress(pattern, resources, kinds)) }
  const { partOf } = await import('../render/view/graph.ts')
  const isChosen = ({ of, address }: GraphNode): boolean =>
    of === 'resource' && isSelected(address, selection, kinds)
  return { ok: true, value: partOf(graph, isChosen), problems: [] }
}
