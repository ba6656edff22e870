import { describe, expect, onTestFinished, test } from 'vitest'
import { listen } from '../../src/server/listen.ts'
import type { PageFacts } from '../../src/watch/page.ts'
import { openWeb } from '../../src/watch/web.ts'
import { acme, found } from '../watch/fake.ts'
import { findingsOfAxe, hasBrowser, keepPicture, useBrowser } from './chromium.ts'
import { hostileNames } from './pages.ts'

const at = Date.UTC(2026, 0, 5, 8, 0)

/** A page with one of everything that it can show, for each of the names. */
function factsOf(names: readonly string[]): PageFacts {
  return {
    schedule: 'every 15m',
    version: '1.2.3',
    now: at,
    known: names.map((name) => ({
      scope: { ...acme, name },
      since: at,
      digest: '',
      found: found(name, name, {
        text: `sync ${JSON.stringify(name)}`,
        notes: [name, 'changed 2026-01-05 by Ada']
      })
    })),
    troubles: names.map((name) => ({
      scope: { ...acme, name },
      since: at,
      trouble: { sort: 'exit 4', reasons: [name] }
    })),
    turns: names.map((name) => ({
      at,
      tookMs: 1200,
      outcome: 'drift',
      closing: name,
      open: 1,
      news: 1,
      requests: 7,
      throttled: 2
    })),
    deliveries: { pending: 1, sent: 2, given_up: 3 },
    undelivered: names.map((name) => ({ channel: name, problem: name, attempts: 3 }))
  }
}

async function pageOf(facts: PageFacts): Promise<string> {
  const answer = openWeb({
    token: undefined,
    open: true,
    health: () => undefined,
    readiness: () => undefined,
    metrics: async () => ({ type: 'text/plain', body: '' }),
    page: () => facts,
    report: async () => undefined
  })
  const socket = await listen({ fetch: answer }, { port: 0 })
  onTestFinished(() => socket.close())
  return `${socket.url}/`
}

describe.skipIf(!hasBrowser)('the page of the watcher', () => {
  const browser = useBrowser()

  test.each([
    { width: 1280, dark: false },
    { width: 390, dark: true }
  ])('axe finds nothing at $width, dark $dark, whatever the names are', async (look) => {
    const { page, complaints } = await browser.open(await pageOf(factsOf(hostileNames)), look)
    await keepPicture(page, `watch ${look.dark ? 'phone dark' : 'wide light'}`)
    await page.locator('summary').first().click()
    expect(await page.locator('pre').first().isVisible()).toBe(true)
    expect(await findingsOfAxe(page)).toEqual([])
    expect(complaints).toEqual([])
    expect(await page.locator('script, img').count()).toBe(0)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(look.width)
  })

  test('one that has just begun, and one where all is well', async () => {
    const nothing = { ...factsOf([]), deliveries: { pending: 0, sent: 0, given_up: 0 } }
    for (const facts of [nothing, { ...nothing, turns: factsOf(['No drift.']).turns }]) {
      const { page, complaints } = await browser.open(await pageOf(facts), { width: 390 })
      expect(await findingsOfAxe(page)).toEqual([])
      expect(complaints).toEqual([])
    }
  })
})
