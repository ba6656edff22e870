import { problem, type Checked, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import type { Workspace } from '../state/resource.ts'
import type { CommandIo } from './io.ts'
import type { ServiceOptions } from './options.ts'

/** All that may name the service. `environmentFile` has the variables of `--env-file` alone. */
export interface AddressSources {
  io: CommandIo
  options: Pick<ServiceOptions, 'url' | 'allowHost' | 'insecureHttp'>
  environmentFile: ReadonlyMap<string, { value: string; span: Span }>
  workspace: Workspace
}

/** Where requests go, and who says so: `--url`, `POLYTOMIC_URL`, a file. */
export interface ServiceAddress {
  url: URL
  by: string
}

/** Where the key may always go. */
const hosted = 'https://app.polytomic.com'

/**
 * An address, and who says it. A person says it with an option or a variable of the environment; a file
 * says it with a place, and a file is changed by whoever may propose a change.
 */
interface Named {
  text: string
  /** What to correct, in the words of the person. */
  by: string
  /** Absent where a person says it. */
  span?: Span
}

/**
 * The address of the service. One that only a file names is not used before a person names its host too,
 * and plain http leaves this machine only where a person says so: the key goes along with every request
 * (R35).
 */
export function addressOf(sources: AddressSources): Checked<ServiceAddress> {
  const named = nameOf(sources)
  const parsing = parsed(named)
  if (!parsing.ok) return parsing
  const url = parsing.value
  const trusted = isTrusted(url, named, sources)
  if (!trusted.ok) return trusted
  if (!trusted.value) return failure(unnamed(url, named))
  if (url.protocol === 'http:' && !isLoopback(url) && sources.options.insecureHttp !== true)
    return failure(unencrypted(url, named))
  return { ok: true, value: { url, by: named.by }, problems: [] }
}

/** Whether a person says where the service is, outside of all files: then no file can say otherwise. */
export function isNamedOutside({ io, options }: Pick<AddressSources, 'io' | 'options'>): boolean {
  return options.url !== undefined || serviceVariables.some((name) => io.env[name] !== undefined)
}

/** Whether other machines must be told an address: it is neither the hosted service, nor of this machine. */
export function isElsewhere(url: URL): boolean {
  return url.href !== new URL(hosted).href && !isLoopback(url)
}

/** Variables of the environment that name the address; the first counts. */
export const serviceVariables = ['POLYTOMIC_URL', 'POLYTOMIC_DEPLOYMENT_URL']

/** What a person says wins over what a file says. */
function nameOf({ io, options, environmentFile, workspace }: AddressSources): Named {
  if (options.url !== undefined) return { text: options.url, by: '`--url`' }
  for (const name of serviceVariables) {
    const text = io.env[name]
    if (text !== undefined) return { text, by: name }
  }
  for (const name of serviceVariables) {
    const found = environmentFile.get(name)
    if (found) return { text: found.value, by: `${name} in ${found.span.path}`, span: found.span }
  }
  if (workspace.url) {
    const { value, span, by = '`workspace.url`' } = workspace.url
    return { text: value, by, span }
  }
  return { text: hosted, by: 'the hosted service' }
}

function parsed(named: Named): Checked<URL> {
  const { text, by, span } = named
  const slip = slipIn(named)
  if (slip) return failure(slip)
  // A bare host is what people copy from the web page.
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`
  const url = URL.canParse(full) ? new URL(full) : undefined
  const plain =
    url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
  if (url && plain && url.search === '' && url.hash === '') {
    if (!/\/api\/*$/.test(url.pathname)) return { ok: true, value: url, problems: [] }
    return failure(withApi(url, named))
  }
  // Users, passwords, queries and fragments hold keys.
  const shown = url && url.host !== '' ? `${url.protocol}//${url.host}…` : 'this'
  return failure(
    problem('P617', `\`${shown}\` is not the address of a service`, {
      labels: span ? [{ span, text: 'this address' }] : [],
      notes: [
        'an address is like https://app.polytomic.com: http or https, without user, query or fragment'
      ],
      help: [`correct ${by}`]
    })
  )
}

/** What people write by mistake, and what is an address of something else then. */
function slipIn({ text, by, span }: Named): Diagnostic | undefined {
  const labels = span ? [{ span, text: 'this address' }] : []
  if (text.trim() === '') {
    const isVariable = /^[A-Z]/.test(by)
    return problem('P617', `${by} is set, but empty`, {
      labels: span ? [{ span, text: 'nothing is written here' }] : [],
      notes: isVariable ? ['a secret that a workflow does not have is an empty text there'] : [],
      help: [`give ${by} the address of the service, or leave it out`]
    })
  }
  if (text !== text.trim()) {
    const isBefore = text !== text.trimStart()
    return problem('P617', `${by} has a blank ${isBefore ? 'before' : 'after'} the address`, {
      labels,
      notes: ['blanks and line breaks around it may come from an env file, or from a pasted secret'],
      help: [`write ${by} without it`]
    })
  }
  if (/^(["'`]).*\1$/s.test(text)) {
    return problem('P617', `${by} has quotes in its value`, {
      labels,
      notes: ['some readers of env files, and `docker --env-file`, keep quotes as a part of the value'],
      help: [`write ${by} without quotes`]
    })
  }
  const [, scheme = ''] = /^\s*(https?)(?!:\/\/)(?::\/?|\/\/|;\/\/)/i.exec(text) ?? []
  if (scheme === '') return undefined
  return problem('P617', `an address begins with \`${scheme.toLowerCase()}://\``, {
    labels,
    notes: ['the signs between the scheme and the host are not all there'],
    help: [`correct ${by}`]
  })
}

/** The addresses of the API begin with `/api`, and polyctl writes that itself. */
function withApi(url: URL, { by, span }: Named): Diagnostic {
  const without = `${url.origin}${url.pathname.replace(/\/api\/*$/, '')}`
  return problem('P617', 'the address of the service ends before `/api`', {
    labels: span ? [{ span, text: '`/api` is added to this' }] : [],
    help: [`correct ${by}: \`${without}\``]
  })
}

function isTrusted(url: URL, { span }: Named, { io, options }: AddressSources): Checked<boolean> {
  const allowed = allowedHosts(io, options)
  const wrong = allowed.find(({ host }) => !isHost(host))
  if (wrong) return failure(noHost(wrong))
  const named = allowed.some(({ host }) => isSameHost(host, url))
  return { ok: true, value: span === undefined || url.origin === hosted || named, problems: [] }
}

interface AllowedHost {
  host: string
  by: string
}

/** Hosts that the person names beside the address. A file of `--env-file` cannot name one. */
function allowedHosts(io: CommandIo, options: AddressSources['options']): AllowedHost[] {
  const listed = (io.env['POLYCTL_ALLOWED_HOSTS'] ?? '').split(/[\s,]+/).filter((host) => host !== '')
  return [
    ...(options.allowHost ?? []).map((host) => ({ host, by: '`--allow-host`' })),
    ...listed.map((host) => ({ host, by: 'POLYCTL_ALLOWED_HOSTS' }))
  ]
}

/**
 * A host, perhaps with a port, and nothing else. There are no patterns: one that is too wide gives the key
 * away.
 */
function isHost(text: string): boolean {
  return /^[^\s/\\@?#*]+$/.test(text) && URL.canParse(`https://${text}`)
}

/** Without a port it is the port of the protocol. */
function isSameHost(text: string, url: URL): boolean {
  return new URL(`${url.protocol}//${text}`).host === url.host
}

/**
 * What never leaves this machine. The parser of addresses has made one spelling of all that a number can
 * have.
 */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}

function unnamed(url: URL, { by, span }: Named): Diagnostic {
  const { host, origin } = url
  const allow = `\`--allow-host ${host}\`, or set POLYCTL_ALLOWED_HOSTS=${host}`
  return problem('P623', `the key is not sent to \`${origin}\`: only ${by} names it`, {
    labels: span ? [{ span, text: 'this address comes from a file' }] : [],
    notes: ['whoever may change that file could send the key elsewhere'],
    help: [
      `if this is your service, say so outside of the files: ${allow}`,
      `or give the address itself: \`--url ${url.href.replace(/\/$/, '')}\`, or set POLYTOMIC_URL`
    ]
  })
}

function unencrypted({ origin }: URL, { by, span }: Named): Diagnostic {
  return problem('P623', `the key is not sent to \`${origin}\` in plain http`, {
    labels: span ? [{ span, text: 'this address' }] : [],
    notes: [`${by} says http, and everybody on the way could read the key`],
    help: ['write https', 'or pass `--insecure-http` if the network can be trusted']
  })
}

function noHost({ host, by }: AllowedHost): Diagnostic {
  const shown = /[@/]/.test(host) ? 'this' : `\`${host}\``
  return problem('P617', `${shown} is not a host that ${by} can allow`, {
    notes: ['a host is like polytomic.example.com or polytomic.example.com:8443; there are no patterns'],
    help: [`correct ${by}`]
  })
}

function failure(found: Diagnostic): { ok: false; problems: Diagnostic[] } {
  return { ok: false, problems: [found] }
}
