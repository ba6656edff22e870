import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { similarNames } from '../diagnostics/similar.ts'
import { kinds } from '../kinds/index.ts'
import type { Kind } from '../kinds/kind.ts'
import { pathOfOne } from '../remote/address.ts'
import {
  enumerateBulkDestination,
  enumerateBulkSource,
  enumerateSource,
  enumerateSourceFields,
  enumerateTargetFields,
  enumerateTargets,
  type Enumerated
} from '../remote/enumerate.ts'
import { failureProblem } from '../remote/failure.ts'
import { observe } from '../remote/observe.ts'
import { openReader, type Reader } from '../remote/transport.ts'
import { sourceKeys } from '../render/view/source-keys.ts'
import type { Live } from '../state/resource.ts'
import { describedSettings } from '../state/settings.ts'
import { textOf } from '../state/value.ts'
import type { SourceMeta } from '../wire/enumeration.ts'
import { bulkDestinationYaml, bulkSourceYaml, modelYaml, syncYaml } from './enumerate-yaml.ts'
import { exit } from './exit.ts'
import type { CommandIo } from './io.ts'
import type { ReadOptions } from './options.ts'
import type { Result } from './output.ts'
import { lookupResult, problemsResult } from './result.ts'
import { withContext, type CommandContext } from './run.ts'

/** `yaml` prints what can be pasted into a file. */
export interface YamlOptions extends ReadOptions {
  yaml?: boolean
  /** For bulk syncs, and not for models and syncs. */
  bulk?: boolean
}

/**
 * `param` is what is chosen already, such as a database. While it is empty, the fields are not asked for:
 * the service could only refuse.
 */
export interface SourceOptions extends YamlOptions {
  param: Record<string, string>
}

/** `polyctl sources CONNECTION`: what a model can read; with enough chosen, the fields. */
export async function sourcesCommand(name: string, options: SourceOptions, io: CommandIo): Promise<Result> {
  if (options.bulk === true) return await schemasResult(name, options, io)
  return await withConnection(name, options, io, async ({ reader, at, context }) => {
    const meta = await enumerateSource(reader, at, options.param)
    if (!meta.ok) return await refused(meta, `reading what ${name} offers`, { io, context })
    const chosen = Object.keys(options.param).length > 0
    const fields = chosen ? await enumerateSourceFields(reader, at, options.param) : undefined
    // A refusal says that not enough is chosen yet.
    if (fields?.ok === false && !fields.failure.refused)
      return await refused(fields, `reading the fields that ${name} offers`, { io, context })
    const known = fields?.ok === true ? fields.value : undefined
    const wrong = (known ?? []).length > 0 ? [] : wrongChoices(name, options.param, meta.value)
    if (wrong.length > 0) return await problemsResult(io, wrong, context)
    const keys = sourceKeys(meta.value, options.param)
    const facts = { format_version: 1, connection: name, source: meta.value, keys, fields: known ?? null }
    if (options.yaml === true)
      return lookupResult(exit.done, { of: 'words', facts, text: modelYaml(facts) })
    return lookupResult(exit.done, { of: 'sources', facts })
  })
}

/**
 * Choices that the service does not offer. It answers them with nothing, as it does where more is to be
 * chosen; where it knows fields, the choice was right, whatever it lists.
 */
function wrongChoices(connection: string, param: Record<string, string>, meta: SourceMeta): Diagnostic[] {
  const offered = new Map(Object.entries({ ...meta.configuration, ...meta.items }))
  return Object.entries(param).flatMap(([name, value]) => {
    const of = offered.get(name)
    const values = (of?.items ?? []).map(textOf)
    if (of ? values.length === 0 || values.includes(value) : offered.size === 0) return []
    const candidates = of ? values : [...offered.keys()]
    const near = similarNames(of ? value : name, candidates)
    const [few, more] = [candidates.slice(0, 10), candidates.length - 10]
    const all = `\`${few.join('`, `')}\`${more > 0 ? ` and ${more} more` : ''}`
    const what = of ? `no \`${name}\` that is called so` : `nothing to choose as \`${name}\``
    const given = `--param ${name}=${value}`
    return problem('P402', `connection \`${connection}\` has ${what}: \`${given}\``, {
      help: [near.length > 0 ? `there is \`${near.join('`, `')}\`` : `there is ${all}`]
    })
  })
}

/** `polyctl targets CONNECTION [OBJECT]`: what a sync can write to; of one object, its fields and modes. */
export async function targetsCommand(
  name: string,
  object: string | undefined,
  options: YamlOptions,
  io: CommandIo
): Promise<Result> {
  if (options.bulk === true) return await destinationResult(name, options, io)
  return await withConnection(name, options, io, async ({ reader, at, context }) => {
    if (object !== undefined) {
      const target = await enumerateTargetFields(reader, at, object)
      if (!target.ok) {
        const missing = target.failure.refused ? await missingObject(name, object, reader, at) : undefined
        if (missing) return await problemsResult(io, [missing], context)
        return await refused(target, `reading the fields of ${object}`, { io, context })
      }
      const facts = { format_version: 1, connection: name, target: target.value }
      if (options.yaml === true)
        return lookupResult(exit.done, { of: 'words', facts, text: syncYaml(name, target.value) })
      return lookupResult(exit.done, { of: 'target', facts })
    }
    const targets = await enumerateTargets(reader, at)
    if (!targets.ok) return await refused(targets, `reading what ${name} takes`, { io, context })
    const facts = { format_version: 1, connection: name, targets: targets.value }
    return lookupResult(exit.done, { of: 'targets', facts })
  })
}

/** `polyctl sources CONNECTION --bulk`: what a bulk sync can copy. */
async function schemasResult(name: string, options: YamlOptions, io: CommandIo): Promise<Result> {
  return await withConnection(name, options, io, async ({ reader, at, id, context }) => {
    const source = await enumerateBulkSource(reader, { at, id }, false)
    if (!source.ok) return await refused(source, `reading the schemas of ${name}`, { io, context })
    const { schemas, configuration, capabilities } = source.value
    const facts = {
      format_version: 1,
      connection: name,
      schemas: (schemas ?? []).map((schema) => ({ id: schema.id, name: schema.name ?? schema.id })),
      tracking_fields: capabilities?.supports_tracking_fields ?? null,
      settings: describedSettings(configuration)
    }
    if (options.yaml === true)
      return lookupResult(exit.done, { of: 'words', facts, text: bulkSourceYaml(facts) })
    return lookupResult(exit.done, { of: 'schemas', facts })
  })
}

/** `polyctl targets CONNECTION --bulk`: how a bulk sync can write. */
async function destinationResult(name: string, options: YamlOptions, io: CommandIo): Promise<Result> {
  return await withConnection(name, options, io, async ({ reader, at, id, context }) => {
    const destination = await enumerateBulkDestination(reader, { at, id })
    if (!destination.ok)
      return await refused(destination, `reading how ${name} can be written`, { io, context })
    const { modes, configuration, supports_history_mode: histories } = destination.value
    const facts = {
      format_version: 1,
      connection: name,
      modes: (modes ?? []).map((mode) => ({
        id: mode.id,
        label: mode.label ?? '',
        description: mode.description ?? ''
      })),
      histories: histories ?? null,
      settings: describedSettings(configuration)
    }
    if (options.yaml === true)
      return lookupResult(exit.done, { of: 'words', facts, text: bulkDestinationYaml(facts) })
    return lookupResult(exit.done, { of: 'destination', facts })
  })
}

/** A refusal may be about the name of the object: then what there is says more than the service does. */
async function missingObject(
  name: string,
  object: string,
  reader: Reader,
  at: string
): Promise<Diagnostic | undefined> {
  const targets = await enumerateTargets(reader, at)
  if (!targets.ok) return undefined
  const ids = (targets.value.data ?? []).map(({ id }) => id)
  if (ids.includes(object)) return undefined
  const same = ids.filter((id) => id.toLowerCase() === object.toLowerCase())
  const near = same.length > 0 ? same : similarNames(object, ids)
  return problem('P402', `connection \`${name}\` has no object \`${object}\``, {
    notes: near.length > 0 ? [] : [`it has ${ids.length} ${ids.length === 1 ? 'object' : 'objects'}`],
    help: [
      near.length > 0
        ? `there is \`${near.join('`, `')}\``
        : `see them all: \`polyctl targets ${JSON.stringify(name)}\``
    ]
  })
}

const offering = kinds.managed.filter(({ offers }) => offers === true)

/** What is looked into: its path and its id. */
interface Lookup {
  reader: Reader
  at: string
  id: string
  context: CommandContext
}

type Work = (lookup: Lookup) => Promise<Result>

async function withConnection(
  name: string,
  options: ReadOptions,
  io: CommandIo,
  work: Work
): Promise<Result> {
  return await withContext(
    io,
    options,
    async (context) => {
      const reader = openReader(context.service.remote)
      const found = await liveOf(offering, name, reader, context)
      if (!found.ok) return await problemsResult(io, found.problems, context)
      const { pendingReason } = found.live
      if (pendingReason !== undefined)
        return await problemsResult(io, [notAuthorized(name, pendingReason, context)], context)
      const at = await pathOfOne(reader, found.kind, found.live.id)
      if (!at.ok) return await refused(at, `looking into ${name}`, { io, context })
      return await work({ reader, at: at.path, id: found.live.id, context })
    },
    { filesOptional: true }
  )
}

/** What a connection holds cannot be seen before a person has authorized it. */
function notAuthorized(name: string, waiting: string, context: CommandContext): Diagnostic {
  const { reach = '' } = context.view
  return problem('P601', `connection \`${name}\` cannot be looked into: ${waiting}`, {
    help: [`authorize it first: polyctl connect ${JSON.stringify(name)}${reach}`]
  })
}

/** The live resource of a name (or id) among those of some kinds, declared or not. */
export async function liveOf(
  managed: readonly Kind[],
  name: string,
  reader: Reader,
  context: CommandContext
): Promise<{ ok: true; live: Live; kind: Kind } | { ok: false; problems: Diagnostic[] }> {
  const desired = { workspace: context.understood.desired.workspace, resources: [], removed: [] }
  const observed = await observe(reader, desired, { managed }, { everything: true })
  if (!observed.ok) return observed
  const live = observed.value.resources.filter(
    (resource) => resource.name === name || resource.id === name.toLowerCase()
  )
  const [only, ...others] = live
  const kind = managed.find((one) => one.name === only?.kind)
  if (only && kind && others.length === 0) return { ok: true, live: only, kind }
  const problems =
    live.length > 1
      ? [
          problem('P401', `connection \`${name}\` matches ${live.length} live resources`, {
            notes: live.map((one) => `live: ${one.id}`),
            help: ['give the id instead']
          })
        ]
      : [missingConnection(name, observed.value.resources, managed, context)]
  return { ok: false, problems }
}

/** What is declared and was never applied is one thing, a misspelled name another. */
function missingConnection(
  name: string,
  live: readonly Live[],
  managed: readonly Kind[],
  { understood }: CommandContext
): Diagnostic {
  const declared = understood.desired.resources.filter(({ kind }) =>
    managed.some((one) => one.name === kind)
  )
  const own = declared.find((resource) => resource.name === name)
  if (own)
    return problem('P402', `connection \`${name}\` is declared, and the service does not have it yet`, {
      labels: [{ span: own.span, text: 'it is declared here' }],
      help: ['`polyctl apply` creates it']
    })
  const known = new Set([...live, ...declared].map((resource) => resource.name))
  const near = similarNames(name, known)
  return problem('P402', `the service has no connection \`${name}\`, and no file declares one`, {
    help: [
      near.length > 0
        ? `there is: \`${near.join('`, `')}\``
        : '`polyctl plan` shows what the files would create'
    ]
  })
}

async function refused(
  answer: Extract<Enumerated<unknown>, { ok: false }>,
  doing: string,
  { io, context }: { io: CommandIo; context: CommandContext }
): Promise<Result> {
  return await problemsResult(io, [failureProblem(answer.failure, doing)], context)
}
