import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { delimiter, join } from 'node:path'
import { Client } from 'pg'

/** A real PostgreSQL server in a folder of its own, for the tests of one file. */
export interface RealPostgresql {
  /** What a connection to it says. */
  configuration: {
    hostname: string
    port: number
    username: string
    password: string
    database: string
    ssl: boolean
  }
  /** Runs statements as the owner of everything, and returns the rows of the last one. */
  sql(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>
  /** Ends all connections but this one, as a restart would. */
  cut(): Promise<void>
  stop(): Promise<void>
}

/** Where the programs of the server are; undefined where it is not installed, and tests with it are skipped. */
export const postgresqlPrograms: string | undefined = [
  ...(process.env['PATH'] ?? '').split(delimiter),
  ...(existsSync('/usr/lib/postgresql')
    ? readdirSync('/usr/lib/postgresql').map((version) => join('/usr/lib/postgresql', version, 'bin'))
    : [])
].find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')))

/** Says once that the tests cannot be run, instead of passing silently. */
export function whyNoPostgresql(): string | undefined {
  if (postgresqlPrograms === undefined) return 'PostgreSQL is not installed: its tests are skipped'
  return isRoot() && other() === undefined
    ? 'PostgreSQL does not run as root, and there is no user "postgres": its tests are skipped'
    : undefined
}

function isRoot(): boolean {
  return userInfo().uid === 0
}

/** The user that the server runs as in place of root. */
function other(): { uid: number; gid: number } | undefined {
  const id = (flag: string): number =>
    Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout.trim() || 'NaN')
  const [uid, gid] = [id('-u'), id('-g')]
  return Number.isNaN(uid) || Number.isNaN(gid) ? undefined : { uid, gid }
}

export async function startPostgresql(): Promise<RealPostgresql> {
  const programs = postgresqlPrograms ?? ''
  const folder = mkdtempSync(join(tmpdir(), 'polyctl-pg-'))
  const as = isRoot() ? other() : undefined
  if (as !== undefined) chownSync(folder, as.uid, as.gid)
  chmodSync(folder, 0o700)
  const data = join(folder, 'data')
  const made = spawnSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'owner', '-A', 'trust', '-E', 'UTF8', '--no-sync', '--locale=C.UTF-8'],
    { ...as, cwd: folder, encoding: 'utf8' }
  )
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`)
  const port = await freePort()
  const settings = { port, listen_addresses: '127.0.0.1', unix_socket_directories: folder, fsync: 'off' }
  const server = spawn(
    join(programs, 'postgres'),
    ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { ...as, cwd: folder, stdio: 'ignore' }
  )
  const configuration = {
    hostname: '127.0.0.1',
    port,
    username: 'owner',
    password: 'secret',
    database: 'postgres',
    ssl: false
  }
  const client = await connected(port)
  return {
    configuration,
    sql: async (text, values) => {
      const result: unknown = await client.query(text, values)
      const last: unknown = Array.isArray(result) ? result.at(-1) : result
      return (last as { rows: Record<string, unknown>[] }).rows
    },
    cut: async () => {
      await client.query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()'
      )
    },
    stop: async () => {
      await client.end()
      const ended = new Promise((resolve) => server.once('exit', resolve))
      server.kill('SIGQUIT')
      await ended
      rmSync(folder, { recursive: true })
    }
  }
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Waits until the server takes connections: it says so in no other way. */
async function connected(port: number): Promise<Client> {
  for (;;) {
    const client = new Client({ host: '127.0.0.1', port, user: 'owner', database: 'postgres' })
    client.on('error', () => undefined)
    try {
      await client.connect()
      return client
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}
