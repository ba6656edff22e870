import { readFileSync } from 'node:fs'
import { openGitHub, type GitHub } from './github.ts'
import { openPrograms, type Programs } from './programs.ts'

export const modes = ['validate', 'review', 'plan', 'apply', 'drift', 'pull'] as const
export type Mode = (typeof modes)[number]

/** The event that started the workflow, as far as it is looked at. */
export interface Event {
  repository?: { full_name?: string; default_branch?: string }
  pull_request?: {
    number: number
    head: { sha: string; repo?: { full_name?: string } | null }
    base: { ref: string; sha: string }
  }
}

/** All that the action knows of where it runs. */
export interface Context {
  mode: Mode
  name: string
  folder: string
  /** The folder of the saved plan. */
  plan: string
  event: Event
  eventName: string
  repository: string
  commit: string
  branch: string
  /** The page of this run. */
  page: string
  /** A folder for what is only needed meanwhile. */
  temporary: string
  hasKey: boolean
  author: string
  github: GitHub
  programs: Programs
  /** Adds to the page of the job. */
  summary(text: string): void
  /** Sets an output. */
  output(name: string, value: string): void
  /** A line in the log. */
  say(text: string): void
}

type Env = Readonly<Record<string, string | undefined>>

/** What must be there to run at all. */
function need(env: Env, name: string): string {
  const value = env[name]
  if (value === undefined || value === '')
    throw new Error(`${name} is not set: this runs in a workflow of GitHub`)
  return value
}

export interface Edge {
  env: Env
  append(path: string, text: string): void
  say(text: string): void
  pauseMs?: number
}

export function contextOf({ env, append, say, pauseMs }: Edge): Context {
  const mode = modes.find((one) => one === env['INPUT_MODE'])
  if (mode === undefined) throw new Error(`\`mode\` is one of ${modes.join(', ')}`)
  const name = env['INPUT_NAME'] || 'polytomic'
  if (!/^[\w.-]{1,60}$/.test(name)) throw new Error('`name` has letters, digits, and . _ - alone')
  const folder = env['INPUT_FOLDER'] || '.'
  const repository = need(env, 'GITHUB_REPOSITORY')
  const more = (env['INPUT_ARGUMENTS'] ?? '').split('\n').map((word) => word.trim())
  const token = env['INPUT_GITHUB_TOKEN'] ?? ''
  const server = env['GITHUB_SERVER_URL'] ?? 'https://github.com'
  return {
    mode,
    name,
    folder,
    plan: env['INPUT_PLAN'] ?? '',
    event: JSON.parse(readFileSync(need(env, 'GITHUB_EVENT_PATH'), 'utf8')) as Event,
    eventName: need(env, 'GITHUB_EVENT_NAME'),
    repository,
    commit: need(env, 'GITHUB_SHA'),
    branch: env['GITHUB_REF_NAME'] ?? '',
    page: `${server}/${repository}/actions/runs/${env['GITHUB_RUN_ID'] ?? ''}`,
    temporary: need(env, 'RUNNER_TEMP'),
    hasKey: (env['POLYTOMIC_API_KEY'] ?? '') !== '',
    author: env['INPUT_COMMENT_AUTHOR'] ?? '',
    github: openGitHub({
      url: env['GITHUB_API_URL'] ?? 'https://api.github.com',
      token,
      ...(pauseMs === undefined ? {} : { pauseMs })
    }),
    programs: openPrograms({
      folder,
      env,
      command: env['INPUT_COMMAND'] ?? '',
      package: env['INPUT_PACKAGE'] ?? '',
      more: more.filter((word) => word !== '')
    }),
    summary: (text) => append(env['GITHUB_STEP_SUMMARY'] ?? '', text),
    output: (key, value) => append(env['GITHUB_OUTPUT'] ?? '', `${key}=${value}\n`),
    say
  }
}
