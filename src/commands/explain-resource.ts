import { isDeepStrictEqual } from 'node:util'
import type { Understood } from '../config/understand.ts'
import { isError, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import { kinds, openCatalogue } from '../kinds/index.ts'
import { detailsOf } from '../plan/details.ts'
import { pathText } from '../plan/path-node.ts'
import { isAddress, isNamed, unknownAddress } from '../plan/select.ts'
import { statedValues } from '../plan/stated.ts'
import { asShown } from '../plan/wording.ts'
import { plan } from '../reconcile.ts'
import type { ResourceFacts, ValueFacts } from '../render/view/explain.ts'
import { addressText, type Desired } from '../state/resource.ts'
import { isEmpty, isObject, textOf, type Json } from '../state/value.ts'
import type { ReadOptions } from './options.ts'
import { exit } from './exit.ts'
import { environmentVariables, understandFiles, type EnvironmentVariables } from './files.ts'
import type { CommandIo } from './io.ts'
import type { Result } from './output.ts'
import { lookupResult, nothingRead, problemsResult } from './result.ts'
import { reading, withContext } from './run.ts'

/** `live` asks the service, too. */
export interface ExplainOptions extends ReadOptions {
  live?: boolean
}

/**
 * `polyctl explain ADDRESS`: where each value of a resource comes from. With `--live`, what the service has
 * instead, and who changed it last. What names nothing declared is told by `unknown`, unless it is written
 * as an address.
 */
export async function resourceResult(
  text: string,
  options: ExplainOptions,
  io: CommandIo,
  unknown: () => Diagnostic
): Promise<Result> {
  const mustBeOne = isAddress(text)
  const found = environmentVariables(io, options)
  if (found.problems.some(isError)) return await problemsResult(io, found.problems, nothingRead)
  const { result, texts, files } = await understandFiles(io, options, found.env)
  const read = { texts, files: files.length }
  if (!result.ok && mustBeOne) return await problemsResult(io, result.problems, read)
  const { resources } = result.ok ? result.value.desired : { resources: [] }
  const named = resources.filter((one) => isMeant(one, text))
  if (named.length === 0) {
    const none = mustBeOne ? unknownAddress(text, resources, kinds) : unknown()
    return await problemsResult(io, [none], read)
  }
  const catalogue = await openCatalogue()
  const origin: Origin = { texts, environment: found, variables: options.var, catalogue }
  if (options.live !== true)
    return facts(named.map((resource) => ({ ...factsOf(resource, origin), live: null })))
  return await withContext(io, options, async (context) => {
    const needed = withNeeded(named, context.understood.desired.resources)
    const selection = { only: needed.map(addressText), exclude: [], kinds: [] }
    const planned = await reading(context, io, async (reader) =>
      plan(context.understood, reader, kinds, { selection })
    )
    if (!planned.ok) return await problemsResult(io, planned.problems, context)
    const { changes } = planned.value.plan
    const all = chosen(context.understood, text).map((resource) => {
      const change = changes.find((one) => addressText(one) === addressText(resource))
      return {
        ...factsOf(resource, origin),
        live: change === undefined ? null : liveFacts(detailsOf(change))
      }
    })
    return facts(all)
  })
}

/** Resources with all that they use, directly or not: a plan of them alone would miss that. */
function withNeeded(named: readonly Desired[], all: readonly Desired[]): Desired[] {
  const byAddress = new Map(all.map((one) => [addressText(one), one]))
  const found = new Map<string, Desired>()
  const add = (one: Desired): void => {
    const address = addressText(one)
    if (found.has(address)) return
    found.set(address, one)
    for (const use of one.uses) {
      const used = byAddress.get(addressText(use))
      if (used) add(used)
    }
  }
  named.forEach(add)
  return [...found.values()]
}

function facts(resources: ResourceFacts[]): Result {
  return lookupResult(exit.done, { of: 'resources', facts: { format_version: 1, resources } })
}

function chosen({ desired }: Understood, text: string): Desired[] {
  return desired.resources.filter((one) => isMeant(one, text))
}

/** As plans write an address, or the kind and the name as two words. */
function isMeant(resource: Desired, text: string): boolean {
  const { kind, name } = resource
  return isNamed(resource, text, kinds) || text === `${kind} ${name}` || text === addressText(resource)
}

/** Where values may come from beside the place that states them. */
interface Origin {
  texts: ReadonlyMap<string, string>
  environment: EnvironmentVariables
  variables: Readonly<Record<string, string>>
  catalogue: Awaited<ReturnType<typeof openCatalogue>>
}

function factsOf(resource: Desired, origin: Origin): Omit<ResourceFacts, 'live'> {
  const kind = kinds.managed.find(({ name }) => name === resource.kind)
  const whole = resource.spanAt([])
  const stated = (kind ? statedValues(kind, resource) : []).flatMap(({ path, at, value }): ValueFacts[] => {
    const span = resource.spanAt(at)
    // An empty list is a value where the file has it, and else says that there is none.
    if (isEmpty(value) && isDeepStrictEqual(span, whole)) return []
    return [{ path, value, place: placeOf(span), from: placeholdersIn(textAt(origin.texts, span), origin) }]
  })
  return {
    kind: resource.kind,
    name: resource.name,
    place: placeOf(resource.span),
    values: [...stated, ...defaultsOf(resource, origin.catalogue)]
  }
}

function liveFacts({ action, changed, fields }: ReturnType<typeof detailsOf>): ResourceFacts['live'] {
  return {
    exists: action !== 'create',
    changed_at: changed?.at ?? null,
    changed_by: changed?.by ?? null,
    differences: fields.map((field) => {
      const { path, before } = asShown(field)
      return { path: pathText(path), value: before ?? null }
    })
  }
}

/** What the service assumes of what is not stated. */
function defaultsOf({ kind, fields }: Desired, catalogue: Origin['catalogue']): ValueFacts[] {
  const assumed = Object.entries(kinds.managed.find(({ name }) => name === kind)?.fields ?? {}).flatMap(
    ([name, { rule }]): [string, Json][] =>
      rule.is === 'scalar' && rule.default !== undefined && !(name in fields) ? [[name, rule.default]] : []
  )
  const configuration = fields['configuration'] ?? null
  const settings = isObject(configuration) ? catalogue.settingDefaults(textOf(fields['type'] ?? '')) : {}
  const unstated = Object.entries(settings).flatMap(([name, value]): [string, Json][] =>
    isObject(configuration) && !(name in configuration) ? [[`configuration.${name}`, value]] : []
  )
  return [...assumed, ...unstated].map(([path, value]) => ({ path, value, place: null, from: ['default'] }))
}

/** Sources that a text names, in words. */
function placeholdersIn(text: string, { environment: { environmentFile }, variables }: Origin): string[] {
  const found = Array.from(text.matchAll(/(?<!\$)\$\{(env|var|file):([^}:]+)/g), ([, how, name = '']) => {
    if (how === 'file') return `file ${name}`
    if (how === 'var') return `variable ${name}${name in variables ? ' (--var)' : ''}`
    const entry = environmentFile.get(name)
    return `environment variable ${name}${entry === undefined ? '' : ` (${entry.span.path})`}`
  })
  return [...new Set(found)]
}

function textAt(texts: ReadonlyMap<string, string>, { path, start, end }: Span): string {
  const lines = (texts.get(path) ?? '').split('\n')
  const own = lines.slice(start.line - 1, end.line)
  const last = own.length - 1
  return own
    .map((line, at) =>
      line.slice(at === 0 ? start.column - 1 : 0, at === last ? end.column - 1 : undefined)
    )
    .join('\n')
}

function placeOf({ path, start }: Span): string {
  return `${path}:${start.line}`
}
