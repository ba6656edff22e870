import type { ApplyEvent, Report } from '../apply/events.ts'
import { kinds } from '../kinds/index.ts'
import { carryOut, type Planned } from '../reconcile.ts'
import { openWriter } from '../remote/transport.ts'
import type { CommandIo } from './io.ts'
import type { WriteOptions } from './options.ts'
import type { CommandContext } from './run.ts'

/** Carries a plan out, and tells what happens meanwhile. */
export async function carriedOut(
  context: CommandContext,
  options: WriteOptions,
  io: CommandIo,
  planned: Planned
): Promise<Report> {
  const follower = await io.output.follow({ waits: options.wait === true })
  const events = carryOut(planned.plan, openWriter(context.service.remote), {
    kinds,
    vault: context.understood.vault,
    observed: planned.observed,
    parallelism: options.parallelism,
    failFast: options.failFast === true,
    wait: options.wait === true,
    // The embedded server ends with this command, and its page with it: `polyctl connect` opens another.
    links: options.local !== true || options.wait === true,
    interrupted: io.interrupted
  })
  const report = await followed(events, follower.event)
  await follower.close()
  return report
}

async function followed(
  events: AsyncGenerator<ApplyEvent, Report>,
  tell: (event: ApplyEvent) => void
): Promise<Report> {
  for (;;) {
    const next = await events.next()
    if (next.done === true) return next.value
    tell(next.value)
  }
}
