import {
  namesHelp,
  noEnvironment,
  readEnvironments,
  type DeclaredEnvironment,
  type Stated
} from '../config/environments.ts'
import { openDisk } from '../config/source/index.ts'
import { problem, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { kinds } from '../kinds/index.ts'
import type { Workspace } from '../state/resource.ts'
import { serviceVariables } from './address.ts'
import type { CommandIo } from './io.ts'
import type { ChosenEnvironment, FileOptions, ServiceOptions } from './options.ts'

/** Options as they are in the environment; or problems, with the texts that they are in. */
export type InEnvironment<Options> = Checked<Options> & { texts: ReadonlyMap<string, string> }

/**
 * Adds to the options what the project says: the `.env` beside its files, and the environment that is chosen.
 * What a person gives with an option comes later, and so wins.
 */
export function inEnvironment<Options extends FileOptions>(
  options: Options,
  io: CommandIo
): InEnvironment<Options> {
  const { variables, environments } = io.project
  const own = variables === undefined ? [] : [variables]
  const named = options.environment ?? (io.env['POLYCTL_ENVIRONMENT']?.trim() || undefined)
  const by = options.environment === undefined ? 'POLYCTL_ENVIRONMENT' : '--environment'
  const plain = { ...options, envFile: [...own, ...options.envFile] }
  if (environments === undefined) {
    if (named === undefined || named === noEnvironment)
      return { ok: true, value: plain, problems: [], texts: new Map() }
    return { ok: false, problems: [noneDeclared(named, by)], texts: new Map() }
  }
  const { result, texts } = readEnvironments(environments, openDisk(io.cwd, io.stdin), kinds)
  if (!result.ok) return { ...result, texts }
  const { all, byDefault } = result.value
  const wanted = named ?? byDefault
  if (wanted === noEnvironment || (all.length === 0 && named === undefined))
    return { ok: true, value: plain, problems: [], texts }
  const chosen = all.find(({ name }) => name === wanted)
  if (wanted !== undefined && chosen === undefined)
    return { ok: false, problems: [notDeclared(wanted, by, environments, all)], texts }
  const value = {
    ...options,
    varFile: [...(chosen?.variableFiles ?? []), ...options.varFile],
    envFile: [...own, ...(chosen?.environmentFiles ?? []), ...options.envFile],
    chosen: { ...placeOf(chosen), all, texts }
  }
  return { ok: true, value, problems: [], texts }
}

function placeOf(chosen: DeclaredEnvironment | undefined): Omit<ChosenEnvironment, 'all' | 'texts'> {
  if (!chosen) return {}
  const { name, url, organization, since } = chosen
  return { name, ...(url && { url }), ...(organization && { organization }), ...(since && { since }) }
}

/** Where several environments are declared and none is chosen, nobody knows which service is meant. */
function unchosen({ all, texts }: ChosenEnvironment): Diagnostic {
  const names = all.map(({ name }) => name)
  const [file = ''] = texts.keys()
  return problem('P316', `\`${file}\` declares environments, and none is chosen`, {
    notes: [`there is: \`${names.join('`, `')}\``],
    help: [
      `choose one: \`--environment ${names[0] ?? ''}\`, or set POLYCTL_ENVIRONMENT`,
      'or write `default_environment:`; `--environment none` goes without'
    ]
  })
}

/**
 * The workspace of the files as the environment has it. Another address outside of the file, and another
 * organization in the files, are a stop: which of the two is meant nobody knows (R35).
 */
export function workspaceIn(
  { chosen, ...options }: Pick<ServiceOptions, 'chosen' | 'url' | 'local' | 'within'>,
  io: Pick<CommandIo, 'env'>,
  workspace: Workspace
): Checked<Workspace> {
  const unchanged = { ok: true as const, value: workspace, problems: [] }
  if (chosen === undefined || options.local === true) return unchanged
  const { name, url, organization } = chosen
  if (name === undefined) return { ok: false, problems: [unchosen(chosen)] }
  const problems: Diagnostic[] = []
  const outside = namedOutside(options, io)
  if (url && outside && isElsewhere(url.value, outside.text))
    problems.push(twoAddresses(name, url, outside))
  const declared = workspace.organization
  if (organization && declared && declared.value !== organization.value)
    problems.push(twoOrganizations(name, organization, declared))
  if (problems.length > 0) return { ok: false, problems }
  const value: Workspace = {
    ...workspace,
    ...(organization && { organization }),
    ...(url && { url: { ...url, by: `\`url\` of environment \`${name}\`` } })
  }
  return { ok: true, value, problems: [] }
}

/** The text of the file of environments, for problems in it. */
export function textsIn({ chosen }: Pick<ServiceOptions, 'chosen'>): {
  texts?: ChosenEnvironment['texts']
} {
  return chosen ? { texts: chosen.texts } : {}
}

interface Outside {
  text: string
  by: string
}

function namedOutside(
  { url }: Pick<ServiceOptions, 'url'>,
  { env }: Pick<CommandIo, 'env'>
): Outside | undefined {
  if (url !== undefined) return { text: url, by: '`--url`' }
  const by = serviceVariables.find((name) => env[name] !== undefined)
  return by === undefined ? undefined : { text: env[by] ?? '', by }
}

/** What is no address is told where it is used. */
function isElsewhere(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => {
    const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`
    return URL.canParse(full) ? new URL(full).origin : undefined
  })
  return a !== undefined && b !== undefined && a !== b
}

function noneDeclared(name: string, by: string): Diagnostic {
  return problem('P316', `there is no environment \`${name}\`: no \`polyctl.yaml\` is here`, {
    notes: [
      `${by} names it`,
      'a `polyctl.yaml` is looked for beside the folder of the files, up to the top of the repository'
    ],
    help: ['run polyctl in a folder of the project, or leave the environment out']
  })
}

function notDeclared(
  name: string,
  by: string,
  file: string,
  all: readonly DeclaredEnvironment[]
): Diagnostic {
  return problem('P316', `no environment is called \`${name}\``, {
    notes: [`${by} names it, and \`${file}\` declares the environments`],
    help: [namesHelp(name, all)]
  })
}

function twoAddresses(name: string, url: Stated, { text, by }: Outside): Diagnostic {
  const shown = /[@?#]/.test(text) ? 'another address' : `\`${text}\``
  return problem('P316', `environment \`${name}\` is at another address than ${by} says`, {
    labels: [{ span: url.span, text: `${by} says ${shown}` }],
    help: [
      `leave ${by} out, or choose the environment of that address; \`--environment none\` goes without`
    ]
  })
}

function twoOrganizations(name: string, organization: Stated, declared: Stated): Diagnostic {
  return problem(
    'P403',
    `the files are for organization \`${declared.value}\`, not for environment \`${name}\``,
    {
      labels: [
        { span: declared.span, text: 'the files are for this organization alone' },
        { span: organization.span, text: 'the environment is this one' }
      ],
      help: ['take `workspace.organization` out of files that are for several environments']
    }
  )
}
