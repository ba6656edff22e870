import pLimit from 'p-limit'
import type { JsonObject } from '../../wire/common.ts'
import {
  LostAnswer,
  RetryLater,
  RunProblem,
  type ConnectionFacts,
  type ConnectorParts,
  type FieldFacts,
  type ObjectFacts
} from './connector.ts'
import type { Connectors } from './connectors.ts'

/** What somebody wants to know of a system beside the list of its objects. */
export interface SurveyRequest {
  connection: ConnectionFacts
  /** The list of its objects, where it was asked for a short while ago. */
  known?: readonly ObjectFacts[]
  /** Objects whose fields are wanted. */
  objects: readonly string[]
  /** Queries whose columns are wanted. */
  queries: readonly string[]
}

/** What the system said. A sentence stands where it said nothing: that is not the same as having nothing. */
export interface SurveyAnswer {
  list: Answered<readonly ObjectFacts[]>
  /** By the names of the objects; undefined for one that is not there. */
  fields: ReadonlyMap<string, Answered<readonly FieldFacts[] | undefined>>
  columns: ReadonlyMap<string, Answered<readonly FieldFacts[]>>
}

/** An answer, or in one sentence why there is none. */
export type Answered<T> = { ok: true; value: T } | { ok: false; message: string }

/** Looks into systems. It is given nothing that could write. */
export interface Surveyor {
  /** Whether there is a connector for connections of this type. */
  reaches(type: string): boolean
  /** Never rejects, and comes back within the bound, whatever the system does. */
  look(request: SurveyRequest): Promise<SurveyAnswer>
}

/** What looking into systems needs of the world. `closing` ends what is under way. */
export interface SurveyorParts {
  connectors: Connectors
  parts: Omit<ConnectorParts, 'signal'>
  closing: AbortSignal
  /** Default: ten seconds, and as many again for the fields of many objects. */
  boundMs?: number
}

const defaultBoundMs = 10_000
/** Less than the bound, so that a driver says itself why it was not let in. */
const connectMs = 6_000
/** Systems that are looked into at once, and questions to each of them. */
const [systemsAtOnce, questionsAtOnce] = [4, 4]
/** Objects in one step of the bound: whoever asks for many waits for longer. */
const objectsInBound = 50

/** Opens what looks into systems. */
export function openSurveyor({
  connectors,
  parts,
  closing,
  boundMs = defaultBoundMs
}: SurveyorParts): Surveyor {
  const systems = pLimit(systemsAtOnce)
  return {
    reaches: (type) => connectors.has(type),
    look: (request) =>
      systems(async () => {
        const steps = 1 + Math.ceil(request.objects.length / objectsInBound)
        const late = parts.timeout(boundMs * steps)
        const signal = AbortSignal.any([closing, late])
        return lookInto(request, connectors, { connectMs, ...parts, signal }, () =>
          late.aborted
            ? ` did not answer within ${(boundMs * steps) / 1000} seconds`
            : ' was not waited for'
        )
      })
  }
}

type Why = () => string

/** Asks a system all that is wanted of it, over what is opened once. */
async function lookInto(
  request: SurveyRequest,
  connectors: Connectors,
  parts: ConnectorParts,
  why: Why
): Promise<SurveyAnswer> {
  const { connection } = request
  const ask = <T>(work: () => Promise<T>): Promise<Answered<T>> =>
    answered(() => within(parts.signal, work()), connection.name, why)
  const opened = await ask(() => openLook(connection, connectors, parts))
  if (!opened.ok) return nothing(request, opened)
  const look = opened.value
  try {
    const questions = pLimit(questionsAtOnce)
    const list = await ask(async () => request.known ?? (await look.objects()))
    const known = new Map(list.ok ? list.value.map((object) => [object.id, object]) : [])
    const fields = await Promise.all(
      request.objects.map((id) =>
        questions(async (): Promise<[string, Answered<readonly FieldFacts[] | undefined>]> => {
          const object = known.get(id)
          if (!list.ok) return [id, list]
          return [id, await ask(() => (object ? look.fields(object) : Promise.resolve(undefined)))]
        })
      )
    )
    const columns = await Promise.all(
      request.queries.map((query) =>
        questions(async (): Promise<[string, Answered<readonly FieldFacts[]>]> => [
          query,
          await ask(() => look.columns(query))
        ])
      )
    )
    return { list, fields: new Map(fields), columns: new Map(columns) }
  } finally {
    // What does not answer does not let itself be closed either.
    void look.close().catch(() => undefined)
  }
}

/** An answer to each question, where the system could not be opened. */
function nothing({ objects, queries }: SurveyRequest, failed: Answered<never>): SurveyAnswer {
  const each = (names: readonly string[]): Map<string, Answered<never>> =>
    new Map(names.map((name) => [name, failed]))
  return { list: failed, fields: each(objects), columns: each(queries) }
}

interface Look {
  objects(): Promise<readonly ObjectFacts[]>
  fields(object: ObjectFacts): Promise<readonly FieldFacts[] | undefined>
  columns(query: string): Promise<readonly FieldFacts[]>
  close(): Promise<void>
}

/** Opens a system by the part of its connector that reads: what is a source, or else a target. */
async function openLook(
  connection: ConnectionFacts,
  connectors: Connectors,
  parts: ConnectorParts
): Promise<Look> {
  const connector = await connectors.get(connection.type)?.load()
  if (connector?.source !== undefined) {
    const source = await connector.source(connection, parts)
    return {
      objects: () => source.objects(),
      fields: ({ id, fields, configuration }) =>
        fields === undefined ? source.fields(configuration ?? { table: id }) : Promise.resolve(fields),
      columns: (query) => source.fields({ query }),
      close: () => source.close()
    }
  }
  const reader = await connector?.reader?.(connection, parts)
  const list = reader?.objects
  if (reader === undefined || list === undefined)
    throw new RunProblem(
      'connector',
      `nothing here can tell what connections of type ${connection.type} hold`
    )
  const configuration: JsonObject = {}
  return {
    objects: () => list(),
    fields: async ({ id }) => (await reader.describe(id, configuration)).fields,
    columns: () =>
      Promise.reject(new RunProblem('query', `this server runs no queries in ${connection.type}`)),
    close: () => reader.close()
  }
}

/** Some drivers cannot be told to stop: then they are not waited for. */
function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const giveUp = (): void => reject(new TooLate())
    if (signal.aborted) giveUp()
    signal.addEventListener('abort', giveUp, { once: true })
    work
      .then(resolve, (error: unknown) => (signal.aborted ? giveUp() : reject(error)))
      .finally(() => signal.removeEventListener('abort', giveUp))
  })
}

class TooLate extends Error {}

/** What became of a question. A message that nobody wrote for people may hold a secret: it is not shown. */
async function answered<T>(work: () => Promise<T>, name: string, why: Why): Promise<Answered<T>> {
  try {
    return { ok: true, value: await work() }
  } catch (error) {
    const system = `the system of the connection "${name}"`
    if (error instanceof TooLate) return { ok: false, message: `${system}${why()}` }
    const isForPeople = [RunProblem, RetryLater, LostAnswer].some((known) => error instanceof known)
    return {
      ok: false,
      message: isForPeople && error instanceof Error ? error.message : `${system} cannot be read`
    }
  }
}
