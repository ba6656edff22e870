import type { Meanwhile } from '../config/understand.ts'
import { kinds as allKinds } from '../kinds/index.ts'
import { EarlyAnswers } from '../remote/early.ts'
import { openReader, type Reader } from '../remote/transport.ts'
import type { Address } from '../state/resource.ts'
import { isNamedOutside } from './address.ts'
import type { CommandIo } from './io.ts'
import { openService, type Service, type ServiceRequest } from './service.ts'

/**
 * Asks, while the files are still being understood, what is asked whatever they say: whose key this is, and
 * for the lists of the kinds that they declare; once they are parsed, for what the first pages of these lead
 * to. It does so only where nothing in a file decides where requests go, with which key, and in which version
 * of the API (R35), and it can only read (R32). A service on this machine without a port works in the same
 * process: there it would save nothing.
 */
export class EarlyReading implements Meanwhile {
  readonly #service: Service
  readonly #io: CommandIo
  readonly #answers = new EarlyAnswers()
  readonly #notes: HeldNotes
  /** Whether the lists of the core kinds are read, whatever the files declare. */
  readonly #core: boolean
  #reader: Reader | undefined

  constructor(service: Service, io: CommandIo, notes: HeldNotes, core: boolean) {
    this.#core = core
    this.#service = service
    this.#io = io
    this.#notes = notes
  }

  begin({ kinds, maySayVersion }: Parameters<Meanwhile['begin']>[0]): void {
    if (maySayVersion) return
    this.#reader = openReader(this.#service.remote)
    const needed = allKinds.managed.filter(
      (kind) => kinds.includes(kind) || (this.#core && kind.core === true)
    )
    this.#answers.ask(this.#reader, needed)
  }

  declared(resources: readonly Address[]): void {
    if (this.#reader) void this.#answers.follow(this.#reader, resources).catch(() => undefined)
  }

  async pause(): Promise<void> {
    if (!this.#reader) return
    for (let turns = 0; turns < turnsOfPause; turns++) await this.#io.turn?.()
  }

  /**
   * The service that the files lead to: the very one that was asked already, with its answers. What was to be
   * said of it is said now.
   */
  adopted(service: Service): Service {
    const { remote } = this.#service
    const isSame = (['url', 'authorization', 'version'] as const).every(
      (part) => remote[part] === service.remote[part]
    )
    if (!this.#reader || !isSame) return service
    this.#notes.release()
    return { ...this.#service, remote: { ...remote, early: this.#answers } }
  }

  /** Ends what is still under way: nobody waits for it. */
  async end(): Promise<void> {
    await this.#service.close()
  }
}

/** A connection is opened, a request written and a long answer read in turns: one alone gets nowhere. */
const turnsOfPause = 8

/** Undefined where the files must be understood before anything is asked. Nothing is sent yet. */
export async function earlyReading(
  request: Omit<ServiceRequest, 'workspace'>,
  core = false
): Promise<EarlyReading | undefined> {
  const { io, options } = request
  if (options.local === true || options.within !== undefined || !isNamedOutside({ io, options }))
    return undefined
  const notes = new HeldNotes((line) => io.output.say(line))
  const service = await openService({ ...request, workspace: {}, say: (line) => notes.say(line) })
  // What is wrong is told later, after what is wrong with the files.
  return service.ok ? new EarlyReading(service.value, io, notes, core) : undefined
}

/** What is said only if the files turn out to be sound: of others nothing but their problems is told. */
class HeldNotes {
  readonly #tell: (line: string) => void
  #held: string[] | undefined = []

  constructor(tell: (line: string) => void) {
    this.#tell = tell
  }

  say(line: string): void {
    if (this.#held) this.#held.push(line)
    else this.#tell(line)
  }

  release(): void {
    for (const line of this.#held ?? []) this.#tell(line)
    this.#held = undefined
  }
}
