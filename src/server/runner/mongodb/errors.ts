import { RunProblem } from '../connector.ts'

/** What an error of the driver means, in one sentence without values of documents. */

/** Where an error came from. */
export interface ErrorPlace {
  connection: string
  hosts: string
  isTls: boolean
  /** What was read: `example.users`. */
  namespace?: string
}

/** Returns the problem that ends a run, or the error itself where it is none of the driver's. */
export function understood(error: unknown, place: ErrorPlace): unknown {
  if (!(error instanceof Error) || !error.name.startsWith('Mongo')) return error
  const { connection, namespace = 'it' } = place
  const problem = (code: string, message: string): RunProblem =>
    new RunProblem(code, message, { cause: error })
  const code = 'code' in error ? Number(error.code) : Number.NaN
  if (code === wrongPassword)
    return problem(
      'auth',
      `MongoDB refuses the user of the connection "${connection}": ` +
        'check username, password, and database, which is the one that knows the user'
    )
  if (code === noRight)
    return problem('rights', `the user of the connection "${connection}" may not read ${namespace}`)
  if (error.name === 'MongoServerSelectionError') return problem('down', unreachable(error, place))
  if (Number.isNaN(code)) return problem('lost', lost(place))
  const name = 'codeName' in error ? ` ${String(error.codeName)}` : ''
  return problem('mongodb', `MongoDB of the connection "${connection}" answered with error ${code}${name}`)
}

/** The same for an error with which the driver answers to hosts and params, before it contacts anybody. */
export function misconfigured(error: unknown, { connection }: ErrorPlace): RunProblem {
  const why = error instanceof Error ? error.message : String(error)
  const message = `the connection "${connection}" has hosts or params that MongoDB cannot have: ${why}`
  return new RunProblem('hosts', message, { cause: error })
}

const wrongPassword = 18
const noRight = 13

function lost({ connection }: ErrorPlace): string {
  return `MongoDB of the connection "${connection}" went away while it was read, before anything was sent`
}

function unreachable(error: Error, { connection, hosts, isTls }: ErrorPlace): string {
  const causes = causesOf(error)
  const code = causes
    .map((one) => ('code' in one ? String(one.code) : ''))
    .find((one) => /^[A-Z]/.test(one))
  const where = `MongoDB of the connection "${connection}" cannot be reached at ${hosts}`
  const isOfTls = causes.some(({ message }) => /\b(?:TLS|SSL|certificate)\b/i.test(message))
  const why = code === undefined ? '' : ` (${code})`
  return isTls && isOfTls
    ? `${where} by TLS${why}, which is on unless the connection says \`ssl: false\``
    : `${where}${why}`
}

/** The error, those behind it, and those of the servers that the driver tried. */
function causesOf(error: Error): Error[] {
  const all: Error[] = []
  const take = (one: unknown, depth: number): void => {
    if (!(one instanceof Error) || depth > 5) return
    all.push(one)
    take(one.cause, depth + 1)
    const servers = 'reason' in one ? Reflect.get(Object(one.reason), 'servers') : undefined
    if (servers instanceof Map)
      for (const server of servers.values()) take(Reflect.get(Object(server), 'error'), depth + 1)
  }
  take(error, 0)
  return all
}
