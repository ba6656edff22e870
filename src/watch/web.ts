import { Hono } from 'hono'
import { watchPage, type PageFacts } from './page.ts'
import { isLetIn } from './token.ts'

/** What is answered from. */
export interface WebOptions {
  /** Without one, and not `open`, only health is answered. */
  token: string | undefined
  /** Whether everybody who reaches this may see all: on this machine alone, and without a token. */
  open: boolean
  /** Why it is not healthy, or not ready; undefined where it is. */
  health(): string | undefined
  readiness(): string | undefined
  metrics(): Promise<{ type: string; body: string }>
  page(): PageFacts
  /** The report of the last look as a page, and what that `allows` itself; undefined where there is none. */
  report(): Promise<{ body: string; allows: string } | undefined>
}

const policyName = 'content-security-policy'

const headers = {
  'cache-control': 'no-store',
  [policyName]: "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff'
}

/** Answers requests: health to everybody, all else to who may see it. */
export function openWeb(options: WebOptions): (request: Request) => Promise<Response> {
  const app = new Hono()
  app.use(async (context, next) => {
    await next()
    for (const [name, value] of Object.entries(headers))
      if (name !== policyName || !context.res.headers.has(name)) context.header(name, value)
  })
  app.get('/healthz', (context) => state(context, options.health()))
  app.get('/readyz', (context) => state(context, options.readiness()))
  app.use(async (context, next) => {
    const { token, open } = options
    if (open || (token !== undefined && isLetIn(context.req.header('authorization'), token))) {
      await next()
      return undefined
    }
    const how =
      token === undefined ? 'no token is configured: see `polyctl help watching`' : 'a token is needed'
    return context.text(`${how}\n`, 401, { 'www-authenticate': 'Basic realm="polyctl watch"' })
  })
  app.get('/metrics', async (context) => {
    const { type, body } = await options.metrics()
    return context.body(body, 200, { 'content-type': type })
  })
  app.get('/', async (context) => context.html(await watchPage(options.page())))
  app.get('/report', async (context) => {
    const report = await options.report()
    if (report === undefined) return context.text('no look has come to its end yet\n', 404)
    return context.html(report.body, 200, { [policyName]: `${report.allows}; frame-ancestors 'none'` })
  })
  app.notFound((context) => context.text('there is /, /report, /metrics, /healthz and /readyz\n', 404))
  return async (request) => await app.fetch(request)
}

/** One word for machines; why not is for people, and names nothing of what is watched. */
function state(
  context: { text: (text: string, status: 200 | 503) => Response },
  why: string | undefined
): Response {
  return why === undefined ? context.text('ok\n', 200) : context.text(`${why}\n`, 503)
}
