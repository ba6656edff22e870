import { createHmac, scryptSync } from 'node:crypto'
import { resolve } from 'node:path'
import { openDisk } from '../config/source/index.ts'
import { problem, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { kinds } from '../kinds/index.ts'
import type { LiteralSecrets } from '../plan/literal-secrets.ts'
import { savedPlan, staleness, type SavedPlanInput, type SavedPlan } from '../plan/saved.ts'
import { parseSaved, savedText } from '../plan/saved-file.ts'
import type { Json } from '../state/value.ts'
import { savedOptions, type Decided } from './decide-options.ts'
import type { CommandIo } from './io.ts'
import type { PlanningOptions, ReadOptions } from './options.ts'
import { savedTo } from './place.ts'
import type { CommandContext } from './run.ts'

/** A plan with all that it was made from. */
export interface PlanWithInputs extends Decided {
  context: CommandContext
  options: ReadOptions & PlanningOptions
}

/** Writes a plan to a file, whole or not at all, with what is told of it. */
export function savePlan(
  path: string,
  decided: PlanWithInputs,
  io: CommandIo,
  view: Json
): { failure: Diagnostic } | { saved: string } {
  const text = savedText(savedPlan(decided.planned.plan, inputsOf(decided), view))
  const failure = savedTo(io.cwd, path, text)
  if (failure !== undefined) {
    const help = ['give another path to `--out`']
    return { failure: problem('P508', `the plan cannot be written to \`${path}\`: ${failure}`, { help }) }
  }
  const apply = applyText(path, decided.context.service.name)
  return { saved: `Saved to ${path}: ${apply} does exactly this, or refuses.` }
}

/** The command that carries a saved plan out. */
export function applyText(path: string, service: string): string {
  return `\`polyctl apply ${path}${service === 'local' ? ' --local' : ''}\``
}

function inputsOf({ planned, requested, context, options }: PlanWithInputs): SavedPlanInput {
  return {
    desired: context.understood.desired,
    observed: planned.observed,
    kinds,
    service: context.service.name,
    apiVersion: context.service.remote.version,
    options: savedOptions(options, requested),
    literals: literalsOf(context, planned.plan.organization.id)
  }
}

/**
 * Only who has the key of the service can check a guess, and only slowly, should that key be a weak one. The
 * same plan gives the same bytes.
 */
function literalsOf({ service, understood }: CommandContext, organization: string): LiteralSecrets {
  let decided: Uint8Array | undefined
  const key = (): Uint8Array =>
    (decided ??= scryptSync(service.remote.authorization, `polyctl plan ${organization}`, 32))
  return {
    hashOf: (source) => understood.vault.literalHash(source, key),
    keyHash: () => createHmac('sha256', key()).update('the key itself').digest('base64url').slice(0, 22)
  }
}

/**
 * Reads a saved plan. `given` are options that a saved plan has its own of, and that were given as well.
 */
export function readSaved(path: string, given: readonly string[], io: CommandIo): Checked<SavedPlan> {
  // Whoever gives the files of the workspace here means something else.
  const files = path.endsWith('.json') ? [] : ['files and folders of YAML are named with `--file`']
  const unusable = (message: string, help: string): { ok: false; problems: Diagnostic[] } => ({
    ok: false,
    problems: [problem('P508', message, { help: [help, ...files] })]
  })
  const clash = given.find((option) => ownOptions.has(option))
  if (clash !== undefined)
    return unusable(
      `\`${clash}\` cannot be given with a saved plan`,
      'leave it out: the plan says it already'
    )
  const reading = openDisk(io.cwd, io.stdin).read(resolve(io.cwd, path))
  if (!reading.ok)
    return unusable(
      `the saved plan \`${path}\` cannot be read: ${reading.reason}`,
      'name a file that `polyctl plan --out` wrote'
    )
  const parsed = parseSaved(reading.text)
  if (!parsed.ok)
    return unusable(
      `the saved plan \`${path}\` cannot be used: ${parsed.reason}`,
      'make a new one with `polyctl plan --out`'
    )
  return { ok: true, value: parsed.saved, problems: [] }
}

/** What a saved plan has its own of. */
const ownOptions = new Set([
  '--since',
  '--prune',
  '--only',
  '--exclude',
  '--kind',
  '--rotate',
  '--allow-destroy',
  '--force-delete',
  '--max-deletes',
  '--max-updates'
])

/** Two of them may have one name. */
function identity({ id, name }: { id: string; name: string }): string {
  return `\`${name}\` (${id})`
}

/** What keeps a saved plan from being carried out here and now; nothing when it is still true. */
export function refusals(saved: SavedPlan, decided: PlanWithInputs): Diagnostic[] {
  const making = inputsOf(decided)
  const { organization } = decided.planned.plan
  const [theirs, ours] = [identity(saved.organization), identity(organization)]
  if (saved.organization.id !== organization.id) {
    return [
      problem('P508', `the plan is for organization ${theirs}, the key opens ${ours}`, {
        help: ['use a key of the organization that the plan is for']
      })
    ]
  }
  if (saved.api_version !== making.apiVersion) {
    return [
      problem(
        'P508',
        `the plan was made in version ${saved.api_version} of the API, the files say ${making.apiVersion}`,
        { help: ['make a new plan with `polyctl plan --out`'] }
      )
    ]
  }
  if (saved.secrets_key !== undefined && saved.secrets_key !== making.literals.keyHash()) {
    return [
      problem('P508', 'the plan was made with another key, and secrets stand in the files as text', {
        notes: ['whether they are the ones that were approved can be told with the same key only'],
        help: ['use the key that the plan was made with', 'or write such secrets as `${env:NAME}`']
      })
    ]
  }
  return staleness(saved, decided.planned.plan, making)
}
