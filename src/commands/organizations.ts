import pLimit from 'p-limit'
import { isError, problem, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { similarNames } from '../diagnostics/similar.ts'
import { isLike } from '../plan/select.ts'
import { organizationsOf, type NamedOrganization } from '../remote/organizations.ts'
import { openReader } from '../remote/transport.ts'
import { textsIn, workspaceIn } from './environments.ts'
import { environmentVariables } from './files.ts'
import { exit } from './exit.ts'
import type { CommandIo } from './io.ts'
import type { OrganizationOptions, PlanningOptions, ReadOptions } from './options.ts'
import { closingOf, type OrganizationView, type Reported } from '../render/view/answer.ts'
import type { Result } from './output.ts'
import { failedResult, interruptedResult, nothingRead, problemsResult } from './result.ts'
import { abortable } from './run.ts'
import { openPartnerService } from './service.ts'
import { inPath, tenantsOf, type Tenant } from './tenants.ts'

/** What a command takes that can be run over many organizations. */
export type TenantOptions = ReadOptions & PlanningOptions & OrganizationOptions & { out?: string }

/** Runs a command in one organization. */
export type InOne = (options: TenantOptions, io: CommandIo, file: string | undefined) => Promise<Result>

/** How many organizations are worked on at once: their requests share one gate all the same. */
const atOnce = 4

/** Whether the options name organizations to run over, rather than the one that the key opens. */
export function isOverOrganizations(options: TenantOptions): boolean {
  return (
    options.within === undefined &&
    (options.allOrganizations === true || (options.organization ?? []).length > 0)
  )
}

/**
 * Runs the same command over many organizations, each with its own variables: `{organization}` in the path
 * of a file is the organization's name. One that fails does not stop the others; what each said is told in
 * the order of their names, and at the end what came of all of them.
 */
export async function overOrganizations(
  options: TenantOptions,
  io: CommandIo,
  run: InOne,
  file?: string
): Promise<Result> {
  const chosen = await abortable(io, choose(options, io))
  if (chosen === undefined) return await interruptedResult()
  if (!chosen.ok) return await problemsResult(io, chosen.problems, { ...nothingRead, ...textsIn(options) })
  const { tenants, service } = chosen.value
  const organizations: OrganizationView[] = []
  const limit = pLimit(atOnce)
  let stopped = false
  void io.interrupted.then(() => (stopped = true))
  const results = tenants.map((tenant) =>
    limit(async (): Promise<Ran> => {
      if (stopped) return { tenant, reported: [{ type: 'lines', text: 'not begun: interrupted\n' }] }
      return await inOne(tenant, options, io, (own, ownIo) =>
        run(
          { ...own, within: { ...tenant, gate: service.remote.gate } },
          ownIo,
          file === undefined ? undefined : inPath(file, tenant)
        )
      )
    })
  )
  try {
    for (const result of results) organizations.push(await reportedOne(await result, io))
    const code = worstOf(organizations.map((one) => one.code))
    return { code, answer: { type: 'organizations', view: { organizations } } }
  } finally {
    await service.close()
  }
}

/** What came of one organization, and what was told on the way. Without a result it was not begun. */
interface Ran {
  tenant: Tenant
  reported: Reported[]
  result?: Result
}

/**
 * Tells of one organization as soon as all before it were. Of what is told then nothing is kept but what it
 * comes to, unless a document or a file is wanted: of many organizations that would be much.
 */
async function reportedOne(
  { tenant, reported, result }: Ran,
  { output }: CommandIo
): Promise<OrganizationView> {
  const { id, name, label } = tenant
  const answer = result?.answer
  const view: OrganizationView = {
    id,
    name,
    label,
    code: result?.code ?? exit.interrupted,
    reported,
    ...(answer === undefined ? {} : { answer }),
    closing: closingOf(answer)
  }
  await output.tellOrganization(view)
  if (output.isKept) return view
  const { answer: _told, ...rest } = view
  return { ...rest, reported: [] }
}

async function inOne(
  tenant: Tenant,
  options: TenantOptions,
  io: CommandIo,
  run: (options: TenantOptions, io: CommandIo) => Promise<Result>
): Promise<Ran> {
  const { output, reported } = io.output.keeping()
  // Nobody can answer for each of many, and nothing is drawn over the others.
  const ownIo: CommandIo = { ...io, output, terminal: { ...io.terminal, in: false, err: false } }
  const own = (paths: string[]): string[] => paths.map((path) => inPath(path, tenant))
  const { out, ...rest } = options
  const mine: TenantOptions = {
    ...rest,
    file: own(options.file),
    varFile: own(options.varFile),
    envFile: own(options.envFile),
    ...(out === undefined ? {} : { out: inPath(out, tenant) })
  }
  try {
    return { tenant, reported, result: await run(mine, ownIo) }
  } catch (error) {
    // Even a mistake of ours in one organization is no reason to leave the others.
    return { tenant, reported, result: await failedResult(error) }
  }
}

async function choose(
  options: TenantOptions,
  io: CommandIo
): Promise<
  Checked<{
    tenants: Tenant[]
    service: Extract<Awaited<ReturnType<typeof openPartnerService>>, { ok: true }>['value']
  }>
> {
  const shared = { ...options, envFile: options.envFile.filter(isShared) }
  const { env, environmentFile, problems } = environmentVariables(io, shared)
  // What is wrong with a line is told by each that reads it.
  if (problems.some(isError)) return { ok: false, problems }
  if (options.out !== undefined && isShared(options.out)) return failure(oneFile(options.out))
  const place = workspaceIn(options, io, {})
  if (!place.ok) return place
  const workspace = place.value
  const service = await openPartnerService({ io, env, environmentFile, options, workspace })
  if (!service.ok) return service
  const all = await organizationsOf(openReader(service.value.remote))
  if (!all.ok) return all
  const selected =
    options.allOrganizations === true ? all : selectedOf(options.organization ?? [], all.value)
  if (!selected.ok) return selected
  const known = tenantsOf(all.value)
  const tenants = selected.value.flatMap(({ id }) => known.get(id) ?? [])
  return { ok: true, value: { tenants, service: service.value }, problems: [] }
}

function isShared(path: string): boolean {
  return !path.includes('{organization}')
}

/** By name or id; `*` stands for any text, `?` for any letter. */
function selectedOf(
  requested: readonly string[],
  all: readonly NamedOrganization[]
): Checked<NamedOrganization[]> {
  const problems: Diagnostic[] = []
  const chosen = new Set<NamedOrganization>()
  for (const text of requested) {
    const found = all.filter((one) => isCalled(one, text))
    const same = found.filter(({ name }) => name === text)
    if (found.length === 0) problems.push(unknown(text, all))
    if (same.length > 1) problems.push(ambiguous(text, same))
    for (const one of found) chosen.add(one)
  }
  if (problems.length > 0) return { ok: false, problems }
  return { ok: true, value: all.filter((one) => chosen.has(one)), problems: [] }
}

function isCalled({ id, name }: NamedOrganization, text: string): boolean {
  return id === text.toLowerCase() || isLike(name, text)
}

function failure(found: Diagnostic): { ok: false; problems: Diagnostic[] } {
  return { ok: false, problems: [found] }
}

function oneFile(path: string): Diagnostic {
  return problem('P508', `the plans of many organizations cannot all be written to \`${path}\``, {
    help: [
      'put `{organization}` into the path: it becomes the name of each',
      'or its id, where the name is not its own or not fit for a path'
    ]
  })
}

function unknown(text: string, all: readonly NamedOrganization[]): Diagnostic {
  const similar = similarNames(
    text,
    all.map(({ name }) => name)
  )
  return problem('P409', `no organization is called \`${text}\``, {
    notes: [`the key may act in ${all.length} ${all.length === 1 ? 'organization' : 'organizations'}`],
    help: similar.map((name) => `an organization with a similar name exists: \`${name}\``)
  })
}

function ambiguous(text: string, same: readonly NamedOrganization[]): Diagnostic {
  return problem('P409', `${same.length} organizations are called \`${text}\``, {
    notes: same.map(({ id }) => `one has the id ${id}`),
    help: ['name the one that is meant by its id']
  })
}

/** The gravest first. Where some went well and others failed, the whole is done in part. */
const gravity: readonly number[] = [
  exit.interrupted,
  exit.failure,
  exit.service,
  exit.invalid,
  exit.refused,
  exit.conflict,
  exit.partial,
  exit.waiting,
  exit.differences,
  exit.done
]

function worstOf(codes: readonly number[]): number {
  return gravity.find((code) => codes.includes(code)) ?? exit.done
}
