import { columns, count, visible } from './plain-text.ts'
import { paint, type Ink, type Look } from './style.ts'
import type { OrganizationView } from './view/answer.ts'

/** What each exit code says of one organization, where the command itself does not say it better. */
const outcomes: Readonly<Record<number, readonly [text: string, ink: Ink]>> = {
  0: ['done', 'add'],
  1: ['failed', 'error'],
  2: ['differs', 'change'],
  3: ['failed: the files or an option are wrong', 'error'],
  4: ['failed: the service cannot be reached, or refuses the key', 'error'],
  5: ['applied in part', 'warning'],
  6: ['conflict: it changed after it was planned', 'warning'],
  7: ['refused for safety', 'warning'],
  8: ['waits for a person', 'wait'],
  130: ['interrupted', 'warning']
}

/** These end with a line of their own that says more. */
const telling = new Set([0, 2, 5, 8])

/** What stands above all that is said of one organization. */
export function headingText(name: string, look: Look): string {
  return `${paint(look, 'strong', `── ${visible(name)}`)}\n`
}

/** What came of each, and of all together. */
export function organizationsText(results: readonly OrganizationView[], look: Look): string {
  const width = Math.max(12, ...results.map(({ label }) => columns(visible(label))))
  const rows = results.map(({ label: name, code, closing }) => {
    const [text, ink] = outcomes[code] ?? [`ended with ${code}`, 'error']
    const label = visible(name)
    const sentence = telling.has(code) && closing !== '' ? closing : text
    return `${label}${' '.repeat(width - columns(label))}  ${paint(look, ink, sentence)}`
  })
  const failed = results.filter(({ code }) => ![0, 2, 8].includes(code)).length
  const tail = failed === 0 ? '' : `, ${failed} failed`
  const closing = `${count(results.length, 'organization')}: ${results.length - failed} went through${tail}.`
  return `${rows.join('\n')}\n\n${paint(look, 'strong', closing)}\n`
}
