import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Context, Event, Mode } from './context.ts'
import { comment, driftIssue, pullRequest } from './threads.ts'

/** What polyctl ends with where all is well but something differs. */
const differences = 2

/** Does what the mode says, and gives the exit code of the step. */
export async function run(context: Context): Promise<number> {
  if (context.eventName === 'pull_request_target')
    throw new Error(
      'this must not run on `pull_request_target`, where strangers could get at secrets: use `pull_request`'
    )
  const code = await steps[context.mode](context)
  context.output('exit-code', String(code))
  return code
}

const steps: Readonly<Record<Mode, (context: Context) => Promise<number>>> = {
  validate,
  review,
  plan,
  apply,
  drift,
  pull
}

/** Needs no secret and asks nobody: problems stand at their lines. */
async function validate({ programs, temporary, summary }: Context): Promise<number> {
  const page = join(temporary, 'polyctl-validate.md')
  const code = await programs.polyctl(['validate', '--format', 'github', '--format', `markdown=${page}`])
  summary(textIn(page))
  return code
}

/** Of a stranger's pull request nobody runs anything with a secret: GitHub gives it none, and so do we. */
function isTrusted({ repository, pull_request: request }: Event): boolean {
  const from = request?.head.repo?.full_name
  return from !== undefined && from === repository?.full_name
}

/** A plan as one comment on the pull request. */
async function review(context: Context): Promise<number> {
  const { event, hasKey, programs, temporary, say, github, repository } = context
  const request = event.pull_request
  if (request === undefined) throw new Error('`review` is for events of pull requests')
  const checked = await validate(context)
  if (!isTrusted(event) || !hasKey) {
    say(
      hasKey
        ? 'The pull request comes from a fork: the files are checked, and nobody plans with a key.'
        : 'POLYTOMIC_API_KEY is not set here (forks and bots get no secrets): the files are checked, and not planned.'
    )
    return checked
  }
  if (checked !== 0) {
    await comment(context, request.number, request.head.sha, textIn(join(temporary, 'polyctl-validate.md')))
    return checked
  }
  const page = join(temporary, 'polyctl-plan.md')
  const since = ['--since', `origin/${request.base.ref}`]
  const code = await programs.polyctl([
    'plan',
    ...since,
    '--detailed-exitcode',
    '--format',
    `markdown=${page}`
  ])
  const text = existsSync(page) ? textIn(page) : failedText(code)
  context.summary(text)
  context.output('differs', String(code === differences))
  const now = (await github.ask('GET', `/repos/${repository}/pulls/${request.number}`)) as typeof request
  if (now.head.sha === request.head.sha) await comment(context, request.number, request.head.sha, text)
  else say('The pull request has a newer commit: its run will comment.')
  return code === differences ? 0 : code
}

function failedText(code: number): string {
  return `### Polytomic\n\n**polyctl ended with ${code}**, and made no plan: the log of the run says why.\n`
}

/** What was applied last, and what it left behind, is known to git here as well. */
async function fetchApplied({ programs }: Context): Promise<void> {
  const refs = ['applied', 'left'].map((of) => `+refs/polyctl/${of}/*:refs/polyctl/${of}/*`)
  await programs.git(['fetch', '--quiet', 'origin', ...refs])
}

interface Bound {
  commit: string
  /** SHA-256 of the plan. */
  plan: string
}

function hashOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}

/** A plan to be approved, with the commit that it is of. */
async function plan(context: Context): Promise<number> {
  const { programs, temporary, commit, output } = context
  const folder = planFolder(context)
  mkdirSync(folder, { recursive: true })
  await fetchApplied(context)
  const [file, page] = [join(folder, 'plan.json'), join(temporary, 'polyctl-plan.md')]
  const code = await programs.polyctl([
    'plan',
    '--detailed-exitcode',
    '--out',
    file,
    '--format',
    `markdown=${page}`
  ])
  context.summary(textIn(page))
  output('differs', String(code === differences))
  if (code !== 0 && code !== differences) return code
  const bound: Bound = { commit, plan: hashOf(file) }
  writeFileSync(join(folder, 'bound.json'), `${JSON.stringify(bound)}\n`)
  return 0
}

function planFolder({ plan: folder }: Context): string {
  if (folder === '') throw new Error('say in `plan` in which folder the plan is')
  return resolve(folder)
}

/** Carries out the plan that was made of this very commit; without one, whatever the files say. */
async function apply(context: Context): Promise<number> {
  const { programs, temporary, commit } = context
  const page = join(temporary, 'polyctl-apply.md')
  const words = context.plan === '' ? ['--yes'] : [boundPlan(context)]
  const head = (await programs.git(['rev-parse', 'HEAD'])).trim()
  if (head !== commit)
    throw new Error(`the files are of ${head}, and the workflow is of ${commit}: check that out`)
  await fetchApplied(context)
  const code = await programs.polyctl(['apply', ...words, '--push-applied', '--format', `markdown=${page}`])
  context.summary(textIn(page))
  return code
}

function boundPlan(context: Context): string {
  const { commit } = context
  const folder = planFolder(context)
  const [file, bound] = [join(folder, 'plan.json'), join(folder, 'bound.json')]
  if (!existsSync(file) || !existsSync(bound)) throw new Error(`there is no plan in \`${folder}\``)
  const said = JSON.parse(readFileSync(bound, 'utf8')) as Partial<Bound>
  if (said.commit !== commit)
    throw new Error(
      `the plan is of commit ${said.commit ?? '(unknown)'}, and this is ${commit}: it is not carried out`
    )
  if (said.plan !== hashOf(file))
    throw new Error('the plan was changed after it was made: it is not carried out')
  return file
}

interface DriftDocument {
  organization?: { name?: string }
  resources?: { drift: string; kind: string; name: string; fields: { path: unknown }[] }[]
}

/** One issue as long as the service is not as the files say. */
async function drift(context: Context): Promise<number> {
  const { programs, temporary, output } = context
  await fetchApplied(context)
  const [page, data] = [join(temporary, 'polyctl-drift.md'), join(temporary, 'polyctl-drift.json')]
  const code = await programs.polyctl(['drift', '--format', `markdown=${page}`, '--format', `json=${data}`])
  context.summary(textIn(page))
  output('differs', String(code === differences))
  if (code === differences) {
    const text = textIn(page)
    const document = JSON.parse(textIn(data)) as DriftDocument
    const closing = /^\*\*(.*)\*\*$/m.exec(text)?.[1] ?? ''
    const fingerprint = fingerprintOf(document)
    const title = `Polytomic: drift (${context.name})`
    const issue = await driftIssue(context, { text, closing, title, fingerprint })
    context.say(`the issue is ${issue ?? 'written'}`)
    return 0
  }
  // After a failure nobody knows whether there is drift.
  if (code === 0) await driftIssue(context, undefined)
  return code
}

/** Without what passes with time, such as how old a change is. */
function fingerprintOf({ resources = [] }: DriftDocument): string {
  const differing = resources.filter((one) => one.drift !== 'none')
  const facts = differing.map(({ drift: how, kind, name, fields }) => [how, kind, name, fields])
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16)
}

interface PullDocument {
  patches?: { path: string; written: boolean }[]
}

/** What people changed in the service, as a pull request. */
async function pull(context: Context): Promise<number> {
  const { programs, temporary, name, say, output } = context
  await fetchApplied(context)
  const [page, data] = [join(temporary, 'polyctl-pull.md'), join(temporary, 'polyctl-pull.json')]
  const code = await programs.polyctl(['pull', '--format', `markdown=${page}`, '--format', `json=${data}`])
  const text = textIn(page)
  context.summary(text)
  if (!existsSync(data)) return code
  const { patches = [] } = JSON.parse(textIn(data)) as PullDocument
  const branch = `polyctl/pull-${name}`
  const files = patches.flatMap(({ path, written }) => (written ? [path] : []))
  if (files.length > 0) await programs.git(['add', '--', ...files])
  const hasChanged = (await programs.tryGit(['diff', '--cached', '--quiet'])).code !== 0
  output('differs', String(hasChanged))
  if (!hasChanged) {
    if (code === 0) await pullRequest(context, branch, undefined)
    return code
  }
  const title = 'Take over what was changed in Polytomic'
  await commitOnto(context, branch, title)
  const request = await pullRequest(context, branch, { title, text })
  say(`the pull request is ${request ?? 'written'}`)
  // What could not be taken over, and conflicts, are told there.
  return 0
}

/** The branch is ours alone: whatever was on it is replaced, if nobody moved it meanwhile. */
async function commitOnto({ programs }: Context, branch: string, message: string): Promise<void> {
  const who = ['user.name=github-actions[bot]', 'user.email=github-actions[bot]@users.noreply.github.com']
  const before = (await programs.git(['ls-remote', 'origin', `refs/heads/${branch}`])).split('\t')[0] ?? ''
  await programs.git(['checkout', '--quiet', '-B', branch])
  await programs.git([...who.flatMap((one) => ['-c', one]), 'commit', '--quiet', '--message', message])
  const lease = `--force-with-lease=refs/heads/${branch}:${before}`
  await programs.git(['push', '--quiet', lease, 'origin', `HEAD:refs/heads/${branch}`])
}

function textIn(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}
