import type { Context } from './context.ts'

/** Comments and issues of ours: each begins with a mark that nobody sees. */

interface Post {
  id: number
  number?: number
  body?: string | null
  html_url?: string
  user?: { login?: string; type?: string } | null
  pull_request?: unknown
}

function markOf({ name }: Context, of: string): string {
  return `<!-- polyctl ${of} ${name} -->`
}

/** A text that begins like ours and is somebody else's could be changed by them afterwards. */
function isOurs({ user, body }: Post, mark: string, { author }: Context): boolean {
  const isOwn = author === '' ? user?.type === 'Bot' : user?.login === author
  return isOwn && (body ?? '').startsWith(mark)
}

const mostLetters = 65_000

/** What does not fit is cut at the end of a line, and the rest is on the page of the run. */
function fitted(mark: string, text: string, foot: string): string {
  const most = mostLetters - mark.length - foot.length
  const cut = text.length <= most ? text : text.slice(0, text.lastIndexOf('\n', most))
  return `${mark}\n${cut.trimEnd()}\n\n${foot}\n`
}

function footOf({ page }: Context, commit: string): string {
  return `<sub>[This run](${page}) of ${commit.slice(0, 7)}</sub>`
}

/** One comment for each pull request: it is changed, and another one is written only where there is none. */
export async function comment(
  context: Context,
  number: number,
  commit: string,
  text: string
): Promise<void> {
  const { github, repository } = context
  const mark = markOf(context, 'plan')
  const body = fitted(mark, text, footOf(context, commit))
  const all = (await github.list(`/repos/${repository}/issues/${number}/comments`)) as Post[]
  const [first, ...others] = all.filter((one) => isOurs(one, mark, context))
  if (first === undefined)
    await github.ask('POST', `/repos/${repository}/issues/${number}/comments`, { body })
  else await github.ask('PATCH', `/repos/${repository}/issues/comments/${first.id}`, { body })
  // Two runs at once may both have written one.
  for (const { id } of others) await github.ask('DELETE', `/repos/${repository}/issues/comments/${id}`)
}

interface Found {
  /** What differs, in short: the same as long as nothing else is found. */
  fingerprint: string
  text: string
  title: string
  closing: string
}

const label = 'polytomic-drift'

/** One issue as long as there is drift: opened, changed, and closed when it is over. */
export async function driftIssue(context: Context, found: Found | undefined): Promise<string | undefined> {
  const { github, repository, commit, say } = context
  const mark = markOf(context, 'drift')
  const listed = (await github.list(`/repos/${repository}/issues?state=open&labels=${label}`)) as Post[]
  const ours = listed.filter((one) => one.pull_request === undefined && isOurs(one, mark, context))
  const [open, ...others] = ours.toSorted((a, b) => (a.number ?? 0) - (b.number ?? 0))
  const at = (issue: Post): string => `/repos/${repository}/issues/${issue.number ?? 0}`
  for (const other of others)
    await github.ask('PATCH', at(other), { state: 'closed', state_reason: 'not_planned' })
  if (found === undefined) {
    if (open === undefined) return undefined
    const body = `No drift any more: the service is as the files of ${commit.slice(0, 7)} say. [This run](${context.page})`
    await github.ask('POST', `${at(open)}/comments`, { body })
    await github.ask('PATCH', at(open), { state: 'closed', state_reason: 'completed' })
    say(`closed ${open.html_url ?? 'the issue'}`)
    return undefined
  }
  const print = `<!-- ${found.fingerprint} -->`
  const body = fitted(`${mark}${print}`, found.text, footOf(context, commit))
  if (open === undefined) {
    const made = (await github.ask('POST', `/repos/${repository}/issues`, {
      title: found.title,
      body,
      labels: [label]
    })) as Post
    return made.html_url
  }
  const isOther = !(open.body ?? '').includes(print)
  await github.ask('PATCH', at(open), { title: found.title, body })
  // Nobody hears of a text that was changed.
  if (isOther)
    await github.ask('POST', `${at(open)}/comments`, {
      body: `What differs is another now. ${found.closing} [This run](${context.page})`
    })
  return open.html_url
}

/** One pull request from our branch: opened, changed, and closed where there is nothing to take over. */
export async function pullRequest(
  context: Context,
  branch: string,
  change: { title: string; text: string } | undefined
): Promise<string | undefined> {
  const { github, repository, branch: base, commit } = context
  const [owner = ''] = repository.split('/')
  const head = encodeURIComponent(`${owner}:${branch}`)
  const [open] = (await github.list(`/repos/${repository}/pulls?state=open&head=${head}`)) as Post[]
  const at = `/repos/${repository}/pulls/${open?.number ?? 0}`
  if (change === undefined) {
    if (open !== undefined) await github.ask('PATCH', at, { state: 'closed' })
    return undefined
  }
  const body = fitted(markOf(context, 'pull'), change.text, footOf(context, commit))
  const { title } = change
  if (open !== undefined) {
    await github.ask('PATCH', at, { title, body })
    return open.html_url
  }
  const made = (await github.ask('POST', `/repos/${repository}/pulls`, {
    title,
    body,
    head: branch,
    base
  })) as Post
  return made.html_url
}
