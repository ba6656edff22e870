import { setTimeout as sleep } from 'node:timers/promises'

/** The part of GitHub's API that this action uses. */
export interface GitHub {
  /** Asks, and gives the answer as JSON. Throws where it is refused. */
  ask(method: string, path: string, body?: object): Promise<unknown>
  /** All items of a list, over all pages. */
  list(path: string): Promise<unknown[]>
}

/** How GitHub is reached. */
export interface Reach {
  url: string
  token: string
  /** The first wait before a request is repeated, in milliseconds. */
  pauseMs?: number
}

const tries = 4
const perPage = 100
const mostPages = 50
const patienceMs = 30_000
const version = '2022-11-28'

export class GitHubRefused extends Error {
  readonly status: number
  constructor(status: number, words: string) {
    super(words)
    this.status = status
  }
}

export function openGitHub({ url, token, pauseMs = 1000 }: Reach): GitHub {
  const once = async (method: string, path: string, body?: object): Promise<Response> =>
    await fetch(`${url}${path}`, {
      method,
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${token}`,
        'user-agent': 'polyctl',
        'x-github-api-version': version,
        ...(body === undefined ? {} : { 'content-type': 'application/json' })
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(patienceMs)
    })
  const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
    for (let attempt = 1; ; attempt += 1) {
      // What makes something is asked for once: nobody knows what became of a request without an answer.
      const isRepeatable = method !== 'POST' && attempt < tries
      try {
        const answer = await once(method, path, body)
        const text = await answer.text()
        if (answer.ok) return text === '' ? undefined : (JSON.parse(text) as unknown)
        const isThrottled = answer.status === 429 || answer.headers.get('retry-after') !== null
        const isBusy = isThrottled ? attempt < tries : isRepeatable && answer.status >= 500
        if (!isBusy) throw refusalOf(method, path, answer.status, text)
        await sleep(pauseOf(answer, pauseMs * 2 ** attempt))
      } catch (error) {
        if (error instanceof GitHubRefused || !isRepeatable) throw error
        await sleep(pauseMs * 2 ** attempt)
      }
    }
  }
  return {
    ask,
    async list(path) {
      const items: unknown[] = []
      for (let page = 1; page <= mostPages; page += 1) {
        const sign = path.includes('?') ? '&' : '?'
        const answer = await ask('GET', `${path}${sign}per_page=${perPage}&page=${page}`)
        if (!Array.isArray(answer)) break
        items.push(...(answer as unknown[]))
        if (answer.length < perPage) break
      }
      return items
    }
  }
}

const mostPauseMs = 60_000

function pauseOf(answer: Response, otherwise: number): number {
  const seconds = Number(answer.headers.get('retry-after') ?? Number.NaN)
  return Number.isNaN(seconds) ? otherwise : Math.min(seconds * 1000, mostPauseMs)
}

function refusalOf(method: string, path: string, status: number, text: string): GitHubRefused {
  const rights = status === 403 || status === 404 ? '; do the `permissions` of the job allow it?' : ''
  return new GitHubRefused(
    status,
    `GitHub answered ${method} ${path} with ${status}: ${wordsOf(text)}${rights}`
  )
}

function wordsOf(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown }
    if (typeof message === 'string') return message
  } catch {
    // A gateway answers with a page.
  }
  return text.slice(0, 200)
}
