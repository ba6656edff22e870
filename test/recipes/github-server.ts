import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** The part of GitHub's API that the action uses, on this machine: comments, issues and pull requests. */
export interface GitHubServer {
  url: string
  comments: Post[]
  issues: Post[]
  pulls: Post[]
  /** Each request so far, as `POST /repos/…`. */
  requests: string[]
  /** What the next requests are answered with, before all else. */
  failing: { status: number; message: string }[]
}

export interface Post {
  id: number
  number: number
  /** Of a comment: what it is about. */
  of?: number
  body: string
  title?: string
  state: 'open' | 'closed'
  labels: { name: string }[]
  user: { login: string; type: 'Bot' | 'User' }
  head?: { sha?: string; ref?: string }
  html_url: string
}

const robot = { login: 'github-actions[bot]', type: 'Bot' } as const

interface Route {
  method: string
  pattern: RegExp
  answer(found: string[], body: Partial<Post> & { head?: unknown }, query: URLSearchParams): unknown
}

export async function startGitHub(): Promise<GitHubServer> {
  const state: GitHubServer = { url: '', comments: [], issues: [], pulls: [], requests: [], failing: [] }
  let last = 100
  const post = (parts: Partial<Post>): Post => {
    last += 1
    const url = `https://github.example/r/${last}`
    return {
      id: last,
      number: last,
      body: '',
      state: 'open',
      labels: [],
      user: robot,
      html_url: url,
      ...parts
    }
  }
  const add = (all: Post[], parts: Partial<Post>): Post => all[all.push(post(parts)) - 1]!
  const change = (all: Post[], number: number, parts: Partial<Post>): unknown => {
    const one = all.find((other) => other.id === number || other.number === number)
    return one && Object.assign(one, parts)
  }
  const routes: Route[] = [
    {
      method: 'GET',
      pattern: /^\/issues\/(\d+)\/comments$/,
      answer: ([number], _body, query) =>
        paged(
          state.comments.filter(({ of }) => of === Number(number)),
          query
        )
    },
    {
      method: 'POST',
      pattern: /^\/issues\/(\d+)\/comments$/,
      answer: ([number], { body = '' }) => add(state.comments, { of: Number(number), body })
    },
    {
      method: 'PATCH',
      pattern: /^\/issues\/comments\/(\d+)$/,
      answer: ([id], body) => change(state.comments, Number(id), body)
    },
    {
      method: 'DELETE',
      pattern: /^\/issues\/comments\/(\d+)$/,
      answer([id]) {
        state.comments = state.comments.filter((one) => one.id !== Number(id))
        return null
      }
    },
    {
      method: 'GET',
      pattern: /^\/issues$/,
      answer: (_found, _body, query) =>
        paged(
          state.issues.filter(
            (one) => one.state === 'open' && one.labels.some(({ name }) => name === query.get('labels'))
          ),
          query
        )
    },
    {
      method: 'POST',
      pattern: /^\/issues$/,
      answer: (_found, { labels = [], ...rest }) =>
        add(state.issues, { ...rest, labels: (labels as unknown as string[]).map((name) => ({ name })) })
    },
    {
      method: 'PATCH',
      pattern: /^\/issues\/(\d+)$/,
      answer: ([number], body) => change(state.issues, Number(number), body)
    },
    {
      method: 'GET',
      pattern: /^\/pulls\/(\d+)$/,
      answer: ([number]) => change(state.pulls, Number(number), {})
    },
    {
      method: 'GET',
      pattern: /^\/pulls$/,
      answer: (_found, _body, query) =>
        paged(
          state.pulls.filter(
            ({ state, head }) => state === 'open' && query.get('head') === `acme:${head?.ref}`
          ),
          query
        )
    },
    {
      method: 'POST',
      pattern: /^\/pulls$/,
      answer: (_found, { title, body, head }) =>
        add(state.pulls, {
          title: title ?? '',
          body: body ?? '',
          head: { ref: typeof head === 'string' ? head : '' }
        })
    },
    {
      method: 'PATCH',
      pattern: /^\/pulls\/(\d+)$/,
      answer: ([number], body) => change(state.pulls, Number(number), body)
    }
  ]
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => void (text += chunk.toString()))
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://127.0.0.1')
      state.requests.push(`${request.method} ${pathname}`)
      const say = (status: number, body: unknown): void => {
        response.writeHead(status, { 'content-type': 'application/json' })
        response.end(JSON.stringify(body))
      }
      const failure = state.failing.shift()
      if (failure) return say(failure.status, { message: failure.message })
      if (request.headers.authorization !== 'Bearer planted-token')
        return say(401, { message: 'Bad credentials' })
      const path = pathname.replace(/^\/repos\/acme\/data(?=\/)/, '')
      const route = routes.find(({ method, pattern }) => method === request.method && pattern.test(path))
      const found = route?.pattern.exec(path)?.slice(1) ?? []
      const answer = route?.answer(
        found,
        text === '' ? {} : (JSON.parse(text) as Partial<Post>),
        searchParams
      )
      return answer === undefined ? say(404, { message: 'Not Found' }) : say(200, answer)
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return state
}

function paged(all: Post[], query: URLSearchParams): Post[] {
  const size = Number(query.get('per_page') ?? 30)
  const page = Number(query.get('page') ?? 1)
  return all.slice((page - 1) * size, page * size)
}
