import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import about from '../../package.json' with { type: 'json' }
import { kinds } from '../kinds/index.ts'
import type { Kind } from '../kinds/kind.ts'
import { match } from '../plan/match.ts'
import { identify } from '../remote/identity.ts'
import { observe } from '../remote/observe.ts'
import { openReader, type Reader } from '../remote/transport.ts'
import type { KindStatus, StatusFacts } from '../render/view/answer.ts'
import type { Condition } from '../executions/conditions.ts'
import { connectCommand } from '../render/view/changes.ts'
import type { DesiredState, Live } from '../state/resource.ts'
import type { CommandIo } from './io.ts'
import type { ReadOptions } from './options.ts'
import type { Result } from './output.ts'
import { lastRuns, nothingLooked } from './status-runs.ts'
import { lookupResult, problemsResult } from './result.ts'
import { authorized, withContext, type CommandContext } from './run.ts'

/** As typed. */
export interface StatusOptions extends ReadOptions {
  /** What the last executions of syncs may not be. */
  failOn: Condition[]
}

/**
 * `polyctl status`: which service this is, whose key opens it, what of it the files declare, and what does
 * not work. Reads the list of each kind, and no resource of its own.
 */
export async function statusCommand(options: StatusOptions, io: CommandIo): Promise<Result> {
  return await withContext(io, options, (context) => status(options, io, context), {
    filesOptional: true,
    lists: true
  })
}

async function status({ failOn }: StatusOptions, io: CommandIo, context: CommandContext): Promise<Result> {
  const { understood, service, files } = context
  const { desired } = understood
  const reader = openReader(service.remote)
  const [who, ...lists] = await Promise.all([
    identify(reader, desired.workspace),
    ...kinds.managed
      .filter(({ api }) => api.access === 'listed')
      .map((kind) => listOf(kind, reader, desired))
  ])
  if (!who.ok) return await problemsResult(io, who.problems, context)
  const { id, name, key, self } = who.value
  const ran = failOn.length === 0 ? nothingLooked : await lastRuns(lists, failOn, reader)
  if (ran.problems.length > 0) return await problemsResult(io, ran.problems, context)
  const facts: StatusFacts = {
    format_version: 1,
    address: service.remote.url,
    address_from: service.remote.namedBy ?? null,
    organization: { id, name },
    key: { class: key ?? null, user: self === undefined ? null : nameOfUser(self, lists) },
    api_version: service.remote.version,
    polyctl: about.version,
    files,
    resources: desired.resources.length,
    kinds: lists.map(({ counts }) => counts),
    attention: [
      ...lists.flatMap(({ kind, live }) => live.flatMap((one) => attentionOf(kind, one, context))),
      ...ran.attention
    ]
  }
  return lookupResult(ran.code, { of: 'status', facts })
}

interface List {
  kind: Kind
  live: readonly Live[]
  counts: KindStatus
}

/** A kind that the key may not read has a reason in place of its numbers; others are told. */
async function listOf(kind: Kind, reader: Reader, desired: DesiredState): Promise<List> {
  const { workspace } = desired
  const own = { managed: [kind] }
  const declared = desired.resources.filter((resource) => resource.kind === kind.name)
  const observed = await observe(reader, { workspace, resources: [], removed: [] }, own, {
    everything: true
  })
  const counts = { kind: kind.name, section: kind.section, declared: declared.length }
  if (!observed.ok) {
    const because = reasonOf(observed.problems)
    return { kind, live: [], counts: { ...counts, live: null, undeclared: null, unread: because } }
  }
  const live = observed.value.resources
  const { match: matched } = match({ workspace, resources: declared, removed: [] }, observed.value, own)
  const undeclared = live.filter((one) => !one.readOnly && matched.declaredBy(one) === undefined)
  return { kind, live, counts: { ...counts, live: live.length, undeclared: undeclared.length } }
}

function reasonOf(problems: readonly Diagnostic[]): string {
  const [first] = problems
  return first === undefined ? 'it cannot be read' : [first.message, ...first.notes].join(': ')
}

function nameOfUser(id: string, lists: readonly List[]): string {
  const found = lists.flatMap(({ live }) => live).find((one) => one.id === id)
  return found?.name ?? id
}

function attentionOf(kind: Kind, live: Live, { view }: CommandContext): StatusFacts['attention'] {
  const because = live.pendingReason ?? live.unhealthyReason
  if (because === undefined) return []
  const isConnectable = live.pendingReason !== undefined && authorized.has(kind.name)
  const connect = isConnectable ? { connect: connectCommand(live.name, view.reach) } : {}
  return [{ kind: kind.name, name: live.name, because, ...connect }]
}
