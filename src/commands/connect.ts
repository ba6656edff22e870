import { authorized } from '../apply/authorize.ts'
import { reconnect } from '../apply/reconnect.ts'
import { kinds } from '../kinds/index.ts'
import { failureProblem } from '../remote/failure.ts'
import { openReader, openWriter } from '../remote/transport.ts'
import { liveConnection } from './enumerate.ts'
import { exit } from './exit.ts'
import type { CommandIo } from './io.ts'
import type { ReadOptions } from './options.ts'
import { tellProblems, withGround, type Ground } from './run.ts'

export interface ConnectOptions extends ReadOptions {
  wait: boolean
}

/** `polyctl connect CONNECTION`: prints the link by which a person authorizes it, and waits until that is done. */
export async function connectCommand(
  name: string,
  options: ConnectOptions,
  io: CommandIo
): Promise<number> {
  const wants = { filesOptional: true, reachable: true }
  return await withGround(io, options, (ground) => connect(name, options, io, ground), wants)
}

async function connect(
  name: string,
  options: ConnectOptions,
  io: CommandIo,
  ground: Ground
): Promise<number> {
  const found = await liveConnection(name, openReader(ground.service.remote), ground)
  if (!found.ok) return await tellProblems(io, options, found.problems, ground.texts)
  const { live } = found
  if (live.waiting === undefined) {
    io.out(`${JSON.stringify(live.name)} works: nothing is to be authorized.\n`)
    return exit.done
  }
  const kind = kinds.managed.find((candidate) => candidate.name === 'connection')!
  const writer = openWriter(ground.service.remote)
  const declared = ground.understood.desired.resources.find(
    (resource) => resource.kind === 'connection' && resource.name === live.name
  )
  const asked = await reconnect(writer, kind, live, declared, ground.understood.vault)
  if (!asked.ok)
    return await tellProblems(
      io,
      options,
      [failureProblem(asked.failure, `asking for a link for ${live.name}`)],
      ground.texts
    )
  const { auth_url: url, auth_code: code } = asked.wire
  if (typeof url !== 'string') {
    io.err('The service gave no link. Authorize the connection in its web page.\n')
    return exit.waiting
  }
  io.out(`Open this in a browser to authorize ${JSON.stringify(live.name)}:\n\n  ${url}\n\n`)
  if (typeof code === 'string') io.out(`The code to enter is ${code}.\n\n`)
  if (!options.wait) return exit.waiting
  io.err('Waiting until it is authorized (Ctrl-C stops waiting) …\n')
  const done = await authorized(writer, kind, live.id, io.interrupted)
  io.out(done ? `${JSON.stringify(live.name)} is authorized.\n` : 'It is not authorized yet.\n')
  return done ? exit.done : exit.waiting
}
