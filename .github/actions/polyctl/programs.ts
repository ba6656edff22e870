import { spawn } from 'node:child_process'

/** What a program ended with, and what it printed. */
export interface Ended {
  code: number
  out: string
}

/** How other programs are run. */
export interface Programs {
  /** Runs polyctl; what it prints goes to the log. */
  polyctl(words: readonly string[]): Promise<number>
  /** Runs git, and throws where it fails. */
  git(words: readonly string[]): Promise<string>
  /** Runs git, and gives what it ended with. */
  tryGit(words: readonly string[]): Promise<Ended>
}

export interface Place {
  folder: string
  env: Readonly<Record<string, string | undefined>>
  /** A polyctl that is there; else the package that npx runs. */
  command: string
  package: string
  /** Words behind those of each command. */
  more: readonly string[]
}

export function openPrograms(place: Place): Programs {
  const tryGit = async (words: readonly string[]): Promise<Ended> =>
    await ended('git', words, place, { ...place.env, GIT_TERMINAL_PROMPT: '0' }, true)
  return {
    async polyctl(words) {
      const [program, ...first] = commandOf(place)
      const all = [...first, ...words, ...place.more]
      const { code } = await ended(program, all, place, ofPolyctl(place.env), false)
      return code
    },
    tryGit,
    async git(words) {
      const { code, out } = await tryGit(words)
      if (code !== 0) throw new Error(`git ${words[0] ?? ''} failed: ${out.trim()}`)
      return out
    }
  }
}

function commandOf({ command, package: name }: Place): [string, ...string[]] {
  if (command !== '') return [command]
  if (name === '') throw new Error('say which polyctl is to run: give `package` or `command`')
  return ['npx', '--yes', '--package', name, 'polyctl']
}

/** The token of the workflow is none of polyctl's business. */
function ofPolyctl(env: Place['env']): Place['env'] {
  return { ...env, INPUT_GITHUB_TOKEN: undefined, GITHUB_TOKEN: undefined, GH_TOKEN: undefined }
}

async function ended(
  program: string,
  words: readonly string[],
  { folder }: Place,
  env: Place['env'],
  isKept: boolean
): Promise<Ended> {
  const child = spawn(program, words, {
    cwd: folder,
    env: env as NodeJS.ProcessEnv,
    stdio: ['ignore', isKept ? 'pipe' : 'inherit', isKept ? 'pipe' : 'inherit']
  })
  let out = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => void (out += chunk.toString('utf8')))
  return await new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`${program} cannot be run: ${error.message}`)))
    child.once('close', (code, signal) => resolve({ code: code ?? (signal === null ? 1 : 130), out }))
  })
}
