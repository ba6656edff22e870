import { spawn } from 'node:child_process'
import { join } from 'node:path'

export interface ServerProcess {
  /** What a client needs in its environment. */
  env: { POLYTOMIC_URL: string; POLYTOMIC_API_KEY: string }
  stop(): Promise<void>
}

/** Starts `polyctl server` as a user would, on a free port, with its data below `folder`. */
export async function startServer(
  launcher: readonly string[],
  folder: string,
  words: string[]
): Promise<ServerProcess> {
  const key = 'bench-key-0123456789'
  const [program = '', ...before] = launcher
  const child = spawn(
    program,
    [...before, 'server', '--port', '0', '--data', join(folder, 'data'), '--api-key', key, ...words],
    { stdio: ['ignore', 'pipe', 'pipe'] }
  )
  let output = ''
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: unknown): void => {
      output += String(chunk)
      const found = /http:\/\/[\d.]+:\d+/.exec(output)
      if (found) resolve(found[0])
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.on('close', () => reject(new Error(`the server ended: ${output}`)))
  })
  return {
    env: { POLYTOMIC_URL: url, POLYTOMIC_API_KEY: key },
    stop: () =>
      new Promise((resolve) => {
        child.removeAllListeners('close')
        child.on('close', () => resolve())
        child.kill('SIGTERM')
      })
  }
}
