import {
  compareText,
  isError,
  problem,
  type Checked,
  type Diagnostic,
  type Span
} from '../diagnostics/diagnostic.ts'
import { keyOf, unansweredFields, type Kinds } from '../kinds/kind.ts'
import { pairWithBase } from '../state/base-pairs.ts'
import { addressText, type Address, type Base, type Desired } from '../state/resource.ts'
import { isObject, isSecret, sortedText, type Json, type Secret } from '../state/value.ts'
import type { Vault } from '../state/vault.ts'
import { isDeclaredIn } from './moved-blocks.ts'
import { ShownTexts } from './shown-texts.ts'
import { openGit, openRevision, type Git, type Unclear } from './source/index.ts'
import { understand, type Inputs, type Understood } from './understand.ts'

/**
 * What the files meant at the base, with the texts of its files by the paths that problems use for them.
 */
export interface UnderstoodBase {
  result: Checked<Base>
  texts: ShownTexts
  /** Whether another file of the repository, which is no part of the configuration, declares it since. */
  isMovedOut?: (resource: Address) => boolean
  /** The secrets of the base, as far as today's variables and files can open them. */
  vault?: Vault
}

/**
 * Reads what the same files meant at a revision, with today's variables. Without git, without the commit,
 * or if the files of the commit cannot be understood, there is no base and the command must stop: a guessed
 * base could prune what nobody removed (R15).
 */
export async function understandBase(
  inputs: Inputs,
  { revision, cwd }: { revision: string; cwd: string },
  now: Understood,
  kinds: Kinds
): Promise<UnderstoodBase> {
  const none = (found: Diagnostic): UnderstoodBase => ({
    result: { ok: false, problems: [found] },
    texts: new ShownTexts()
  })
  if (inputs.files.includes('-')) return none(noHistory())
  const git = openGit(cwd, inputs.env)
  if (!git.ok) return none(noGit(revision, git.reason, git.hint))
  const named = git.value.commit(revision)
  if (!named.ok) return none(noCommit(revision, named.reason, git.value))
  const { commit, short } = named.value
  const opened = openRevision(git.value, commit, inputs.files, { cwd, disk: inputs.disk })
  if (!opened.ok) return none(noGit(revision, opened.reason, opened.hint))
  const committed = opened.value
  if (committed.unclear.length > 0) return none(unclearBase(short, committed.unclear))
  if (committed.files.length === 0)
    return { result: { ok: true, value: emptyBase(named.value), problems: [] }, texts: new ShownTexts() }
  const { files, disk } = committed
  const understanding = await understand({ ...inputs, files, disk }, kinds)
  // Reading the files may have found more of which git does not tell enough.
  if (committed.unclear.length > 0) return none(unclearBase(short, committed.unclear))
  const texts = new ShownTexts()
  texts.adopt(understanding.texts, (path) => `${short}:${path}`)
  const { result } = understanding
  if (!result.ok) {
    // P009: the commit has no files yet. The base of a first run is empty, and that is no mistake.
    if (result.problems.every(({ code }) => code === 'P009'))
      return { result: { ok: true, value: emptyBase(named.value), problems: [] }, texts }
    return { result: { ok: false, problems: notUnderstood(short, result.problems) }, texts }
  }
  const all = result.value.desired.resources.map((resource) => atRevision(resource, short))
  const pairs = [...pairWithBase(now.desired.resources, all, keyOf(kinds))]
  const paired = new Set(pairs.map(([, atBase]) => atBase))
  let declaredElsewhere: ((resource: Address) => boolean) | undefined
  const isMovedOut = (resource: Address): boolean =>
    (declaredElsewhere ??= isDeclaredIn(committed.otherFiles, inputs.disk, kinds))(resource)
  const resources = all.filter((atBase) => paired.has(atBase) || !isMovedOut(atBase))
  const addresses = (isMoved: (resource: Desired, atBase: Desired) => boolean): string[] =>
    pairs.flatMap(([resource, atBase]) => (isMoved(resource, atBase) ? [addressText(resource)] : []))
  const vaults = [now.vault, result.value.vault] as const
  const secretsMoved = addresses((resource, atBase) => hasOtherSecrets(resource, atBase, vaults))
  const unansweredMoved = addresses((resource, atBase) => hasOtherUnanswered(resource, atBase, kinds))
  return {
    result: {
      ok: true,
      value: { revision: short, commit, resources, secretsMoved, unansweredMoved },
      problems: []
    },
    texts,
    isMovedOut,
    vault: result.value.vault
  }
}

function emptyBase({ commit, short }: { commit: string; short: string }): Base {
  return { revision: short, commit, resources: [], secretsMoved: [] }
}

/** Spans of a resource of the base point into the commit: their path is one that `git show` takes. */
function atRevision(resource: Desired, short: string): Desired {
  const moved = (span: Span): Span => ({ ...span, path: `${short}:${span.path}` })
  return { ...resource, span: moved(resource.span), spanAt: (path) => moved(resource.spanAt(path)) }
}

/**
 * Returns true if a secret of the resource is known to differ from that of the base (R13). A secret that
 * cannot be compared does not count as different: the plan reports how many there are.
 */
function hasOtherSecrets(
  resource: Desired,
  atBase: Desired,
  [vault, baseVault]: readonly [Vault, Vault]
): boolean {
  const secrets = secretsIn(atBase.fields)
  return [...secretsIn(resource.fields)].some(([path, { $secret }]) => {
    const before = secrets.get(path)
    return !before || vault.compared($secret, baseVault, before.$secret) === 'moved'
  })
}

/** Returns true if the files changed a field that the service never answers. */
function hasOtherUnanswered(resource: Desired, atBase: Desired, { managed }: Kinds): boolean {
  const kind = managed.find(({ name }) => name === resource.kind)
  return (kind ? unansweredFields(kind) : []).some((name) => {
    const [value, before] = [resource.fields[name], atBase.fields[name]]
    return value !== undefined && !isSecret(value) && sortedText(value) !== sortedText(before ?? null)
  })
}

function secretsIn(value: Json, path = ''): Map<string, Secret> {
  if (isSecret(value)) return new Map([[path, value]])
  const parts: [string, Json][] = Array.isArray(value)
    ? value.map((item, index) => [String(index), item])
    : isObject(value)
      ? Object.entries(value)
      : []
  return new Map(parts.flatMap(([name, part]) => [...secretsIn(part, `${path}/${name}`)]))
}

function noHistory(): Diagnostic {
  return problem('P310', '`--since` cannot be used with standard input', {
    notes: ['git does not know what standard input held before'],
    help: ['name files or folders with `--file`']
  })
}

function noGit(revision: string, reason: string, hint: string | undefined): Diagnostic {
  return problem('P310', `\`--since ${revision}\` cannot be looked up: ${reason}`, {
    help: [hint ?? 'mend what git says, or pass `--since none`']
  })
}

function noCommit(revision: string, reason: string, git: Git): Diagnostic {
  const shallow = [
    'fetch the history first: `git fetch --unshallow`, or `fetch-depth: 0` for the checkout of a workflow'
  ]
  const origin = originOf(revision)
  return problem('P310', `\`--since ${revision}\` cannot be looked up: ${reason}`, {
    notes: [
      ...(origin === undefined ? [] : [origin]),
      ...(git.isShallow ? ['this is a shallow clone: most of the history is not here'] : [])
    ],
    help:
      origin !== undefined
        ? ['pass `--since none` for such a run, or name the commit that was applied last']
        : git.isShallow
          ? shallow
          : ['name a commit, a branch or a tag: `git log` shows what there is']
  })
}

/** Explains a revision that cannot be one, by what a CI system passes in its place. */
function originOf(revision: string): string | undefined {
  if (/^0{40}(0{24})?$/.test(revision))
    return 'only zeros stand for no commit: the first push of a branch has none before it'
  if (revision.trim() === '')
    return 'the text is empty: a variable is not set, or the event of the workflow has no commit before'
  return undefined
}

/**
 * R15: An unknown base must not be taken for an empty one: the problem names the files, and the command
 * ends.
 */
function unclearBase(short: string, unclear: readonly Unclear[]): Diagnostic {
  const [first, ...others] = unclear.toSorted((a, b) => compareText(a.path, b.path))
  const more = others.length === 0 ? '' : ` and ${others.length} more`
  const lines = [first!, ...others].map(({ path, reason }) => `\`${path}\`: ${reason}`)
  const left = lines.length - maxNamed
  const help = [...new Set([first!, ...others].flatMap(({ help }) => help ?? []))]
  return problem('P310', `git does not tell what became of \`${first!.path}\`${more} since ${short}`, {
    notes: [
      ...lines.slice(0, maxNamed),
      ...(left > 0 ? [`and ${left} more`] : []),
      'nothing is compared, and nothing is pruned, with a base that is not known'
    ],
    help: [...help.slice(0, maxNamed), 'or pass `--since none`']
  })
}

/** Files beyond this number are counted, not named. */
const maxNamed = 20

/** Problems of the base, with spans that point into the commit. */
function notUnderstood(short: string, problems: readonly Diagnostic[]): Diagnostic[] {
  const errors = problems.filter(isError)
  const whole = problem(
    'P311',
    `the files at ${short} cannot be understood, so nothing is compared with them`,
    {
      notes: [`${errors.length} ${errors.length === 1 ? 'problem' : 'problems'} of then: see below`],
      help: [
        'give the variables that they need, or choose a later revision for `--since`',
        'or pass `--since none`: then nothing says who moved, and nothing is pruned'
      ]
    }
  )
  const moved = errors.map((found) => ({
    ...found,
    labels: found.labels.map(({ span, text }) => ({
      text,
      span: { ...span, path: `${short}:${span.path}` }
    }))
  }))
  return [whole, ...moved]
}
