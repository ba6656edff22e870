import { join } from 'node:path'
import { problem, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { thrownCode, thrownText } from '../diagnostics/thrown.ts'
import { openGate } from '../remote/gate.ts'
import type { RemoteOptions } from '../remote/options.ts'
import type { Workspace } from '../state/resource.ts'
import { isId } from '../state/value.ts'
import { keptHeader } from '../wire/local-start.ts'
import { apiVersions, defaultApiVersion, type ApiVersion } from '../wire/common.ts'
import { addressOf, type AddressSources, type ServiceAddress } from './address.ts'
import type { LocalServer } from '../server/index.ts'
import type { Listening } from '../server/listen.ts'
import type { CommandIo } from './io.ts'
import type { ServiceOptions } from './options.ts'
import { proxyOf } from './proxy.ts'
import { defaultPort, signInApps } from './sign-in-apps.ts'

/** How to reach the service. Closing it ends what is still under way. */
export interface Service {
  remote: RemoteOptions
  /** The host, or `local`. */
  name: string
  /**
   * For how many syncs polyctl's own server keeps guards, as soon as it has said whose key this is; undefined
   * for every other service.
   */
  keptGuards(): number | undefined
  close(): Promise<void>
}

/**
 * All that decides where requests go. `env` has the variables of `--env-file`, too: a key may stand there,
 * an address only where a person names its host as well.
 */
export interface ServiceRequest {
  io: CommandIo
  env: Record<string, string | undefined>
  environmentFile: AddressSources['environmentFile']
  options: ServiceOptions
  workspace: Workspace
  /** Whether a browser must reach the local server while the command runs. */
  reachable?: boolean
  /** Whether syncs run on the local server. */
  moves?: boolean
  /** Tells the person why something takes a while. Absent: as all output. */
  say?: (line: string) => void
}

/** Where to go and with which key, from options, environment and files, in this order. */
export async function openService(request: ServiceRequest): Promise<Checked<Service>> {
  const { env, options, workspace } = request
  const version = versionOf(workspace)
  if (!version.ok) return version
  if (options.contact === true && options.local !== true) return failure(notLocal())
  if (options.local === true && options.url !== undefined) return failure(bothPlaces())
  if (options.local === true) return await localService(request, version.value)
  const address = addressOf(request)
  if (!address.ok) return address
  const authorization = authorizationOf(env, workspace, options.within !== undefined)
  if (!authorization.ok) return authorization
  return at(address.value, authorization.value, request, version.value)
}

/** The same with the key of a partner or a deployment alone, which acts in no organization. */
export async function openPartnerService(request: ServiceRequest): Promise<Checked<Service>> {
  const { env, options, workspace } = request
  if (options.local === true) return failure(oneOrganization())
  const version = versionOf(workspace)
  if (!version.ok) return version
  const address = addressOf(request)
  if (!address.ok) return address
  const key = keyOf(env, partnerKeys)
  if (!key.ok) return key
  return at(address.value, `Bearer ${key.value.key}`, request, version.value)
}

/** The service at an address, reached as the environment says. */
function at(
  { url, by }: ServiceAddress,
  authorization: string,
  request: ServiceRequest,
  version: ApiVersion
): Checked<Service> {
  const { io } = request
  const proxy = proxyOf(io, url)
  if (!proxy.ok) return proxy
  const { uri, shown } = proxy.value ?? {}
  const reached: Reached = {
    url: url.href,
    namedBy: by,
    ...(shown === undefined ? {} : { proxy: shown }),
    authorization,
    fetch: (sent, cut) => io.fetch(sent, { proxy: uri, cut })
  }
  return { ok: true, value: serviceAt(url.host, request, version, reached), problems: [] }
}

async function localService(request: ServiceRequest, version: ApiVersion): Promise<Checked<Service>> {
  const { io, env, reachable, moves } = request
  const read = signInApps(env)
  const contacts = request.options.contact === true
  const apps = typeof read === 'string' ? undefined : read
  if (typeof read === 'string' && (moves === true || contacts))
    return failure(problem('P603', 'the local Polytomic cannot be started', { notes: [read] }))
  // A person comes back from a system to an address that it knows.
  const signsIn = apps !== undefined && apps.size > 0
  const reach = { fetch: (sent: Request) => io.fetch(sent), ...(apps === undefined ? {} : { apps }) }
  const { createServer, FolderProblem } = await import('../server/index.ts')
  let page = 'http://127.0.0.1'
  try {
    const server = createServer({
      directory: join(io.cwd, io.project.folder, '.polyctl', 'local'),
      publicUrl: () => page,
      ...(contacts ? { contact: reach } : {}),
      ...(moves === true || (reachable === true && signsIn)
        ? { run: { ...reach, moving: () => io.moving?.() } }
        : {})
    })
    const socket = reachable === true ? await socketOf(server, signsIn) : undefined
    if (socket) page = socket.url
    const reached: Reached = {
      url: 'http://local',
      authorization: `Bearer ${server.apiKey}`,
      fetch: (sent, cut) => server.fetch(new Request(sent, { signal: cut }))
    }
    const close = async (): Promise<void> => {
      await socket?.close()
      server.close()
    }
    const service = serviceAt('local', request, version, reached)
    return { ok: true, value: { ...service, close }, problems: [] }
  } catch (error) {
    const words = thrownText(error)
    const isReported = error instanceof FolderProblem
    const notes = [isReported ? words : `its folder is .polyctl/local: ${words}`]
    return failure(
      problem('P603', 'the local Polytomic cannot be started', {
        notes,
        help: isReported ? [] : ['check that the folder can be written']
      })
    )
  }
}

/** Lets browsers reach the server: at any port, or at the one that an app of ours knows. */
async function socketOf(server: LocalServer, signsIn: boolean): Promise<Listening> {
  const { listen } = await import('../server/listen.ts')
  try {
    return await listen(server, { port: signsIn ? defaultPort : 0 })
  } catch (error) {
    server.close()
    if (thrownCode(error) !== 'EADDRINUSE') throw error
    const message = `port ${defaultPort}, to which Salesforce sends people back, is taken`
    const { FolderProblem } = await import('../server/index.ts')
    throw new FolderProblem(message, { cause: error })
  }
}

/** Where requests go, and with what. */
type Reached = Pick<RemoteOptions, 'url' | 'namedBy' | 'proxy' | 'authorization' | 'fetch'>

function serviceAt(
  name: string,
  { io, options, say = (line) => io.output.say(line) }: ServiceRequest,
  version: ApiVersion,
  reached: Reached
): Service {
  const [stop, unwanted] = [new AbortController(), new AbortController()]
  void io.interrupted.then(() => stop.abort())
  const pace = {
    parallelism: options.parallelism,
    sleep: (ms: number, signal?: AbortSignal) => io.sleep(ms, signal),
    random: () => io.random(),
    now: () => io.now().getTime(),
    throttled: (seconds: number) => say(`throttled by the service, going on in ${Math.ceil(seconds)} s`)
  }
  let kept: number | undefined
  const remote: RemoteOptions = {
    ...reached,
    version,
    answered(headers) {
      const value = headers.get(keptHeader)
      if (value !== null) kept = Number(value)
    },
    ...pace,
    gate: options.within?.gate ?? openGate(pace),
    timeoutMs: options.timeout * 1000,
    timer: (ring, ms) => io.timer(ring, ms),
    newKey: io.newKey,
    stop: stop.signal,
    unwanted: unwanted.signal,
    backoffMs: io.backoffMs,
    redaction: io.redaction,
    note: say,
    ...(options.debug === true ? { trace: (line: string) => io.output.say(line) } : {})
  }
  const close = async (): Promise<void> => {
    unwanted.abort()
    stop.abort()
  }
  return { remote, name, keptGuards: () => kept, close }
}

function bothPlaces(): Diagnostic {
  const help = ['leave one of the two out']
  return problem('P617', '`--local` and `--url` name two different services', { help })
}

function notLocal(): Diagnostic {
  return problem('P617', '`--contact` is for the local Polytomic, and `--local` is not given', {
    notes: ['a service looks into the systems of its connections anyway'],
    help: [
      'add `--local`, or leave it out; a local server takes it when it starts: `polyctl server --contact`'
    ]
  })
}

function versionOf(workspace: Workspace): Checked<ApiVersion> {
  const wanted = workspace.apiVersion
  const known = apiVersions.find((version) => version === (wanted?.value ?? defaultApiVersion))
  if (known) return { ok: true, value: known, problems: [] }
  return failure(
    problem('P104', `polyctl does not speak version \`${wanted?.value ?? ''}\` of the API`, {
      labels: wanted ? [{ span: wanted.span, text: 'not one of the versions' }] : [],
      notes: [`the versions are: ${apiVersions.join(', ')}`]
    })
  )
}

const partnerKeys = ['POLYTOMIC_PARTNER_KEY', 'POLYTOMIC_DEPLOYMENT_KEY']

/** Variables of the environment that hold a key; the first that is set counts. */
export const keyVariables = ['POLYTOMIC_API_KEY', ...partnerKeys]

/** Whether a text may be a key: nothing else is sent as one. */
export function isKey(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text)
}

/** The first of the variables that is set. Its value is never shown. */
function keyOf(
  env: Record<string, string | undefined>,
  names: readonly string[]
): Checked<{ name: string; key: string }> {
  const name = names.find((candidate) => env[candidate]?.trim())
  const key = env[name ?? '']?.trim() ?? ''
  if (name === undefined) return failure(noKey(names))
  if (!isKey(key)) return failure(strangeKey(name))
  return { ok: true, value: { name, key }, problems: [] }
}

/** The problem that no variable has a key. */
export function noKey(names: readonly string[] = keyVariables): Diagnostic {
  if (names === partnerKeys) {
    return problem('P616', 'many organizations need the key of a partner or of a deployment', {
      notes: ['POLYTOMIC_PARTNER_KEY and POLYTOMIC_DEPLOYMENT_KEY are not set'],
      help: [
        'set one of them, or pass `--env-file`',
        'a key of one organization opens only that: leave `--organization` out'
      ]
    })
  }
  return problem('P616', 'there is no key for the service', {
    notes: ['POLYTOMIC_API_KEY is not set'],
    help: ['set POLYTOMIC_API_KEY, or pass `--env-file`', 'or try it without an account: `--local`']
  })
}

function oneOrganization(): Diagnostic {
  return problem('P617', 'the local Polytomic of `--local` has one organization', {
    help: ['start `polyctl server --partner-key …` and use `--url` with POLYTOMIC_PARTNER_KEY']
  })
}

/** A user's key goes alone; a partner's or deployment's key needs the organization that it is to act in. */
function authorizationOf(
  env: Record<string, string | undefined>,
  workspace: Workspace,
  isOneOfMany: boolean
): Checked<string> {
  const found = keyOf(env, isOneOfMany ? partnerKeys : keyVariables)
  if (!found.ok) return found
  const { name, key } = found.value
  if (name === 'POLYTOMIC_API_KEY') return { ok: true, value: `Bearer ${key}`, problems: [] }
  const organization = workspace.organization
  if (organization && isId(organization.value)) {
    const pair = Buffer.from(`${organization.value}:${key}`).toString('base64')
    return { ok: true, value: `Basic ${pair}`, problems: [] }
  }
  return failure(
    problem('P616', 'a partner or deployment key needs the id of the organization', {
      labels: organization ? [{ span: organization.span, text: 'this is a name, not an id' }] : [],
      help: [
        'write the id of the organization as `workspace.organization`',
        'or name it with `--organization`, where the command takes that'
      ]
    })
  )
}

/** Its value is not shown: a key that was copied with something around it is still a key. */
function strangeKey(name: string): Diagnostic {
  return problem('P616', `${name} is not a key`, {
    notes: ['it holds spaces, line breaks or letters that no key has'],
    help: [`copy the key again, and set ${name} to nothing but it`]
  })
}

function failure(found: Diagnostic): { ok: false; problems: Diagnostic[] } {
  return { ok: false, problems: [found] }
}
