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
import { addressText, type Base, type Desired } from '../state/resource.ts'
import { isObject, isSecret, sortedText, type Json, type Secret } from '../state/value.ts'
import type { Vault } from '../state/vault.ts'
import { standsElsewhere } from './moved-blocks.ts'
import { ShownTexts } from './shown-texts.ts'
import { openGit, openRevision, type Git, type Unclear } from './source/index.ts'
import { understand, type Inputs, type Understood } from './understand.ts'

/** What the files meant then, and the texts of then under the names by which problems call them. */
export interface UnderstoodBase {
  result: Checked<Base>
  texts: ShownTexts
  /** The secrets of then, as far as they can be opened now. */
  vault?: Vault
}

/**
 * What the same files meant at a revision, with today's variables. Nothing is guessed: without git, without
 * the commit, or when the files of then cannot be understood, there is no base, and the command stops.
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
  const then = opened.value
  if (then.unclear.length > 0) return none(notTold(short, then.unclear))
  if (then.files.length === 0)
    return { result: { ok: true, value: emptyBase(named.value), problems: [] }, texts: new ShownTexts() }
  const understanding = await understand({ ...inputs, files: then.files, disk: then.disk }, kinds)
  if (then.unclear.length > 0) return none(notTold(short, then.unclear))
  const texts = new ShownTexts()
  texts.adopt(understanding.texts, (path) => `${short}:${path}`)
  const { result } = understanding
  if (!result.ok) {
    // Nothing at all was written then: that is a beginning, not a mistake.
    if (result.problems.every(({ code }) => code === 'P009'))
      return { result: { ok: true, value: emptyBase(named.value), problems: [] }, texts }
    return { result: { ok: false, problems: notUnderstood(short, result.problems) }, texts }
  }
  const all = result.value.desired.resources.map((resource) => atRevision(resource, short))
  const pairs = [...pairWithBase(now.desired.resources, all, keyOf(kinds))]
  const still = new Set(pairs.map(([, atBase]) => atBase))
  const elsewhere = all.length > still.size ? then.elsewhere : []
  const isElsewhere = standsElsewhere(elsewhere, inputs.disk, kinds)
  const resources = all.filter((atBase) => still.has(atBase) || !isElsewhere(atBase))
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
    vault: result.value.vault
  }
}

function emptyBase({ commit, short }: { commit: string; short: string }): Base {
  return { revision: short, commit, resources: [], secretsMoved: [] }
}

/** Its places are those of then: the path is one that `git show` understands. */
function atRevision(resource: Desired, short: string): Desired {
  const moved = (span: Span): Span => ({ ...span, path: `${short}:${span.path}` })
  return { ...resource, span: moved(resource.span), spanAt: (path) => moved(resource.spanAt(path)) }
}

/**
 * Whether it was declared then and now with a secret that is known to be another one. A secret that cannot be
 * compared is not sent: the plan says how many there are.
 */
function hasOtherSecrets(
  resource: Desired,
  atBase: Desired,
  [vault, vaultThen]: readonly [Vault, Vault]
): boolean {
  const secrets = secretsIn(atBase.fields)
  return [...secretsIn(resource.fields)].some(([path, { $secret }]) => {
    const before = secrets.get(path)
    return !before || vault.compared($secret, vaultThen, before.$secret) === 'moved'
  })
}

/** Whether the files say something else now in a field that the service never answers. */
function hasOtherUnanswered(resource: Desired, atBase: Desired, { managed }: Kinds): boolean {
  const kind = managed.find(({ name }) => name === resource.kind)
  return (kind ? unansweredFields(kind) : []).some((name) => {
    const [now, then] = [resource.fields[name], atBase.fields[name]]
    return now !== undefined && !isSecret(now) && sortedText(now) !== sortedText(then ?? null)
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
    help: [hint ?? 'mend what git says, or leave `--since` out']
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
        ? ['leave `--since` out for such a run, or name the commit that was applied last']
        : git.isShallow
          ? shallow
          : ['name a commit, a branch or a tag: `git log` shows what there is']
  })
}

/** Names where a text that is no revision comes from. */
function originOf(revision: string): string | undefined {
  if (/^0{40}(0{24})?$/.test(revision))
    return 'only zeros stand for no commit: the first push of a branch has none before it'
  if (revision.trim() === '')
    return 'the text is empty: a variable is not set, or the event of the workflow has no commit before'
  return undefined
}

/** An unknown base is never taken for an empty one (R15): the files are named, and the command ends. */
function notTold(short: string, unclear: readonly Unclear[]): Diagnostic {
  const [first, ...others] = unclear.toSorted((a, b) => compareText(a.path, b.path))
  const more = others.length === 0 ? '' : ` and ${others.length} more`
  const lines = [first!, ...others].map(({ path, reason }) => `\`${path}\`: ${reason}`)
  const left = lines.length - mostNamed
  const help = [...new Set([first!, ...others].flatMap(({ help }) => help ?? []))]
  return problem('P310', `git does not tell what became of \`${first!.path}\`${more} since ${short}`, {
    notes: [
      ...lines.slice(0, mostNamed),
      ...(left > 0 ? [`and ${left} more`] : []),
      'nothing is compared, and nothing is pruned, with a base that is not known'
    ],
    help: [...help.slice(0, mostNamed), 'or leave `--since` out']
  })
}

/** More files are counted, not named. */
const mostNamed = 20

/** The problems of then are shown where they are then. */
function notUnderstood(short: string, problems: readonly Diagnostic[]): Diagnostic[] {
  const errors = problems.filter(isError)
  const whole = problem(
    'P311',
    `the files at ${short} cannot be understood, so nothing is compared with them`,
    {
      notes: [`${errors.length} ${errors.length === 1 ? 'problem' : 'problems'} of then: see below`],
      help: [
        'give the variables that they need, or choose a later revision for `--since`',
        'or leave `--since` out: then nothing says who moved, and nothing is pruned'
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
