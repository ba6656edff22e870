import { html } from 'hono/html'
import { count } from '../render/plain-text.ts'
import { instantText } from './message.ts'
import { degradedIn, openText } from './items.ts'
import type { KnownItem, Scope } from './news.ts'
import type { DeliveryCounts, LastingTrouble } from './store.ts'
import type { Turn } from './turn.ts'

/** What the page shows. */
export interface PageFacts {
  schedule: string
  version: string
  now: number
  known: readonly (KnownItem & { scope: Scope })[]
  troubles: readonly LastingTrouble[]
  turns: readonly Turn[]
  deliveries: DeliveryCounts
  undelivered: readonly { channel: string; problem: string; attempts: number }[]
  /** When the look ended of which there is a report; undefined where there is none yet. */
  reportAt?: number | undefined
}

type Html = ReturnType<typeof html>

const style = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { margin: 0 auto; max-width: 70rem; padding: 1rem; overflow-wrap: anywhere }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.75rem 0.35rem 0 }
tr { border-bottom: 1px solid #8884 }
.wide { overflow-x: auto }
table { min-width: 34rem }
pre { margin: 0.25rem 0; white-space: pre-wrap; overflow-wrap: anywhere; font-size: 0.85rem }
.state { padding: 0.75rem 1rem; border-left: 0.4rem solid; margin: 1rem 0 }
.fine { border-color: #1a7f37 } .drift { border-color: #9a6700 } .failed { border-color: #cf222e }
small { opacity: 0.85 }`

/** Most rows of a table: the metrics have all numbers. */
const mostRows = 500

/** The page: how it stands now, what is found, and the turns so far. All texts in it are escaped. */
export async function watchPage(facts: PageFacts): Promise<string> {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${titleOf(facts)} – polyctl watch</title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        <main>
          <h1>polyctl watch</h1>
          ${stateOf(facts)} ${reportOf(facts)} ${troublesOf(facts)} ${knownOf(facts)} ${deliveriesOf(facts)}
          ${turnsOf(facts)}
          <p>
            <small>${facts.schedule} · polyctl ${facts.version} · page of ${instantText(facts.now)}</small>
          </p>
        </main>
      </body>
    </html>`
  return String(await page)
}

function titleOf({ known, troubles, turns }: PageFacts): string {
  if (troubles.length > 0) return 'Failing'
  if (turns.length === 0) return 'Starting'
  return known.length === 0 ? 'No drift' : openText(known.length, degradedIn(known))
}

function stateOf(facts: PageFacts): Html {
  const { known, troubles, turns } = facts
  const [last] = turns
  const sort = troubles.length > 0 ? 'failed' : known.length > 0 ? 'drift' : 'fine'
  const title = titleOf(facts)
  const closing = last?.closing ?? 'No turn has ended yet.'
  // What it came to mostly begins with the title: that is not said twice.
  const isBegun = closing.startsWith(title)
  return html`<p class="state ${sort}" role="status">
    <strong>${title}${isBegun ? '' : '.'}</strong>${isBegun ? closing.slice(title.length) : ` ${closing}`}
    ${last === undefined ? '' : `(${instantText(last.at)})`}
  </p>`
}

function reportOf({ reportAt }: PageFacts): Html {
  if (reportAt === undefined) return html``
  return html`<p>
    <a href="report">Report of the last look</a> (${instantText(reportAt)}), with all differences.
  </p>`
}

function troublesOf({ troubles }: PageFacts): Html {
  if (troubles.length === 0) return html``
  return html`<h2>Failing</h2>
    <ul>
      ${troubles.map(
        ({ scope, since, trouble }) =>
          html`<li>
            ${scope.name === '' ? 'The check' : scope.name}, since ${instantText(since)}:
            ${trouble.reasons.join('; ')}
          </li>`
      )}
    </ul>`
}

function knownOf({ known }: PageFacts): Html {
  if (known.length === 0) return html``
  const rows = known.slice(0, mostRows)
  return html`<h2>${openText(known.length, degradedIn(known))}</h2>
    <div class="wide" tabindex="0" role="region" aria-label="Differences">
      <table>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">How</th>
            <th scope="col">Where</th>
            <th scope="col">Since</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ scope, since, found }) =>
              html`<tr>
                <td>
                  ${found.text}
                  ${
                    found.lines.length === 0
                      ? ''
                      : html`<details>
                          <summary>${count(found.lines.length, 'line')}</summary>
                          <pre>${found.lines.join('\n')}</pre>
                        </details>`
                  }
                </td>
                <td>${found.word}${found.notes.map((note) => html`<br /><small>${note}</small>`)}</td>
                <td>
                  ${scope.name}${found.place === undefined ? '' : html`<br /><small>${found.place}</small>`}
                </td>
                <td>${instantText(since)}</td>
              </tr>`
          )}
        </tbody>
      </table>
    </div>
    ${known.length > rows.length ? html`<p>And ${known.length - rows.length} more.</p>` : ''}`
}

function deliveriesOf({ deliveries, undelivered }: PageFacts): Html {
  const { pending, sent, given_up: givenUp } = deliveries
  if (pending + sent + givenUp === 0) return html``
  return html`<h2>Messages</h2>
    <p>${sent} sent, ${pending} to be sent, ${givenUp} given up (of the last 60 days).</p>
    <ul>
      ${undelivered.map(
        ({ channel, problem, attempts }) =>
          html`<li>${channel}: ${problem} (${count(attempts, 'try', 'tries')})</li>`
      )}
    </ul>`
}

function turnsOf({ turns }: PageFacts): Html {
  if (turns.length === 0) return html``
  return html`<h2>Turns</h2>
    <div class="wide" tabindex="0" role="region" aria-label="Turns">
      <table>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">What it came to</th>
            <th scope="col">Took</th>
            <th scope="col">Requests</th>
          </tr>
        </thead>
        <tbody>
          ${turns.map(
            ({ at, closing, tookMs, requests, throttled }) =>
              html`<tr>
                <td>${instantText(at)}</td>
                <td>${closing}</td>
                <td>${(tookMs / 1000).toFixed(1)} s</td>
                <td>${requests}${throttled === 0 ? '' : `, ${throttled} throttled`}</td>
              </tr>`
          )}
        </tbody>
      </table>
    </div>`
}
