import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { DriftItem } from './items.ts'
import type { SkipReason } from './loop.ts'
import type { Scope } from './news.ts'
import type { DeliveryCounts } from './store.ts'

/** What is counted for Prometheus. Labels are of few values: kinds, findings, causes, organizations. */
export interface Metrics {
  /** What was found in an organization, in place of what was found there before. */
  found(scope: Scope, found: readonly DriftItem[]): void
  /** Organizations that are not looked at any more. */
  keepOnly(organizations: readonly string[]): void
  /** A turn that came to its end at a time, in milliseconds. */
  turn(outcome: 'fine' | 'drift' | 'failed', at: number, tookMs: number): void
  skipped(reason: SkipReason, moments: number): void
  clockWentBack(): void
  /** An answer of the service, or a request without one. */
  request(status: number | 'none'): void
  notification(channel: string, outcome: string): void
  deliveries(counts: DeliveryCounts): void
  healed(number: number): void
  text(): Promise<{ type: string; body: string }>
}

/** Metrics in a registry of their own: several watchers in one process do not mix. */
export function openMetrics(version: string): Metrics {
  const registers = [new Registry()]
  const [registry] = registers
  const gauge = (name: string, help: string, labelNames: string[] = []): Gauge =>
    new Gauge({ name: `polyctl_watch_${name}`, help, labelNames, registers })
  const counter = (name: string, help: string, labelNames: string[] = []): Counter =>
    new Counter({ name: `polyctl_watch_${name}_total`, help, labelNames, registers })
  const differences = gauge('differences', 'What is found and open.', [
    'organization',
    'kind',
    'finding',
    'cause'
  ])
  const success = gauge('last_success_timestamp_seconds', 'When a turn last came to its end well.')
  const last = gauge('last_turn_timestamp_seconds', 'When a turn last came to its end, whatever it was.')
  const up = gauge('last_turn_success', 'Whether the last turn went well: 1 or 0.')
  const duration = new Histogram({
    name: 'polyctl_watch_turn_duration_seconds',
    help: 'How long turns took.',
    buckets: [0.5, 1, 2, 5, 10, 30, 60, 120, 300, 900],
    registers
  })
  const turns = counter('turns', 'Turns, by what they came to.', ['outcome'])
  const skips = counter('turns_skipped', 'Moments of the schedule without a turn, and why.', ['reason'])
  const jumps = counter('clock_went_back', 'How often the clock went back.')
  const requests = counter('requests', 'Requests to the service, by the status of the answer.', ['status'])
  const throttled = counter('throttled', 'Answers of the service that asked to slow down.')
  const notifications = counter('notifications', 'Tries to send messages.', ['channel', 'outcome'])
  const deliveries = gauge('deliveries', 'Messages for receivers, by how they stand.', ['state'])
  const healed = counter('healed', 'Differences that were put back by --apply.')
  gauge('info', 'The version that runs.', ['version']).set({ version }, 1)
  return {
    ...byOrganization(differences),
    turn(outcome, at, tookMs) {
      turns.inc({ outcome })
      last.set(at / 1000)
      up.set(outcome === 'failed' ? 0 : 1)
      duration.observe(tookMs / 1000)
      if (outcome !== 'failed') success.set(at / 1000)
    },
    skipped: (reason, moments) => skips.inc({ reason }, moments),
    clockWentBack: () => jumps.inc(),
    request(status) {
      requests.inc({ status: String(status) })
      if (status === 429) throttled.inc()
    },
    notification: (channel, outcome) => notifications.inc({ channel, outcome }),
    deliveries(counts) {
      for (const [state, number] of Object.entries(counts)) deliveries.set({ state }, number)
    },
    healed: (number) => healed.inc(number),
    text: async () => ({ type: registry?.contentType ?? '', body: (await registry?.metrics()) ?? '' })
  }
}

/** What is found in each organization: what is found no more has no number any more. */
function byOrganization(differences: Gauge): Pick<Metrics, 'found' | 'keepOnly'> {
  const shown = new Map<string, Record<string, string>[]>()
  const forget = (id: string): void => {
    for (const labels of shown.get(id) ?? []) differences.remove(labels)
    shown.delete(id)
  }
  return {
    found(scope, found) {
      forget(scope.id)
      const groups = Map.groupBy(found, ({ kind, finding, cause }) => `${kind}\n${finding}\n${cause}`)
      const all = [...groups.values()].flatMap((group) => {
        const { kind, finding, cause } = group[0] ?? {}
        if (kind === undefined || finding === undefined || cause === undefined) return []
        return [{ labels: { organization: scope.name, kind, finding, cause }, number: group.length }]
      })
      for (const { labels, number } of all) differences.set(labels, number)
      shown.set(
        scope.id,
        all.map(({ labels }) => labels)
      )
    },
    keepOnly(organizations) {
      for (const id of shown.keys()) if (!organizations.includes(id)) forget(id)
    }
  }
}
