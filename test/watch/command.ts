import { createSandbox, type Ran, type Sandbox, type SandboxOptions } from '../support/sandbox.ts'
import { watchClock, type WatchClock } from './fake.ts'

/** What was sent to receivers. */
export interface Hook {
  url: string
  headers: Headers
  body: {
    at: string
    closing: string
    news: {
      what: string
      name?: string
      at: string
      organization: { id: string; name: string }
      reasons?: string[]
    }[]
  }
}

/** A sandbox with a watcher in it, whose time passes only when nothing else happens. */
export interface WatchSandbox extends Sandbox {
  clock: WatchClock
  hooks: Hook[]
  /** Runs `polyctl …` while somebody else moves the time on. */
  begin: Sandbox['run']
  /** Runs `polyctl watch …` for so many minutes, and stops it as Ctrl-C does; with a page only on a `--port`. */
  watch(minutes: number, ...words: string[]): Promise<Ran>
  /** What receivers were told since the last call. */
  reported(): string[]
}

/** The secret and the receivers of `watchFile`. */
export const watchEnv = {
  PASSWORD: 'planted-password',
  HOOK_URL: 'https://hooks.example.com/planted-address',
  HOOK_SECRET: 'planted-signing-secret'
}

export const watchFile = `watch:
  notify:
    webhooks:
      - { url: "\${env:HOOK_URL}", secret: "\${env:HOOK_SECRET}" }
`

/** What is loaded while it runs takes time that its clock knows nothing of. */
const loaded = Promise.all([
  import('../../src/commands/watch.ts'),
  import('../../src/commands/watch-heal.ts'),
  import('../../src/commands/watch-pull.ts'),
  import('../../src/commands/drift-runs.ts'),
  import('../../src/commands/apply.ts'),
  import('../../src/commands/pull.ts'),
  import('../../src/commands/environments.ts'),
  import('../../src/commands/project.ts'),
  import('../../src/diagnostics/codes.ts'),
  import('../../src/render/json.ts'),
  import('../../src/render/text.ts'),
  import('../../src/render/problems.ts'),
  import('../../src/render/view/drift.ts'),
  import('../../src/render/view/plan.ts'),
  import('../../src/render/view/problems.ts'),
  import('../../src/render/view/pull.ts'),
  import('../../src/render/view/report.ts'),
  import('../../src/watch/channels/slack.ts'),
  import('../../src/watch/channels/webhook.ts')
])

/** What a test may hear and say meanwhile. */
interface WatchSandboxOptions extends SandboxOptions {
  /** What receivers answer; without it, yes. */
  hook?: (hook: Hook) => Response
  /** Is given a function that stops the watcher, each time that one begins. */
  stopped?: (stop: () => void) => void
  /** Hears what the watcher says as it comes. */
  out?: (text: string) => void
}

export function createWatchSandbox(options: WatchSandboxOptions = {}): WatchSandbox {
  const clock = watchClock()
  const hooks: Hook[] = []
  let stop = Promise.withResolvers<void>()
  const box = createSandbox({
    ...options,
    files: { 'polyctl.yaml': watchFile, ...options.files },
    env: { ...watchEnv, ...options.env },
    server: { now: () => new Date(clock.now()), ...options.server },
    io: {
      ...options.io,
      now: () => new Date(clock.now()),
      timer: clock.timer,
      sleep: (ms) => new Promise((resolve) => void clock.timer(resolve, ms)),
      ...(options.out ? { out: options.out } : {}),
      get interrupted() {
        return stop.promise
      },
      async fetch(request) {
        const service = options.io?.fetch ?? (async (sent: Request) => await box.server.fetch(sent))
        if (new URL(request.url).hostname !== 'hooks.example.com') return await service(request)
        const body = JSON.parse(await request.text()) as Hook['body']
        const hook = { url: request.url, headers: request.headers, body }
        if (options.hook) return options.hook(hook)
        hooks.push(hook)
        return new Response('ok')
      }
    }
  })
  const begin = box.run
  return Object.assign(box, {
    clock,
    begin,
    run: async (...words: string[]) => {
      await loaded
      return await clock.until(begin(...words))
    },
    hooks,
    async watch(minutes: number, ...words: string[]) {
      await loaded
      stop = Promise.withResolvers<void>()
      if (minutes > 0) clock.outside(() => stop.resolve(), minutes * 60_000)
      options.stopped?.(() => stop.resolve())
      const page = words.includes('--port') ? [] : ['--no-web']
      const ran = await clock.until(begin('watch', ...page, ...words))
      stop = Promise.withResolvers<void>()
      return ran
    },
    reported: () =>
      hooks
        .splice(0)
        .map(({ body }) => body.news.map(({ what, name }) => `${what} ${name ?? ''}`.trim()).join(', '))
  })
}
