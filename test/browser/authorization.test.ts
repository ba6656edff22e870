import { describe, expect, onTestFinished, test } from 'vitest'
import { createServer } from '../../src/server/index.ts'
import { listen } from '../../src/server/listen.ts'
import { client, salesforce } from '../server/client.ts'
import { findingsOfAxe, hasBrowser, keepPicture, useBrowser } from './chromium.ts'
import { hostileNames } from './pages.ts'

/** A local server on a socket, with a connection that a person must authorize. */
async function authorizing(
  name: string
): Promise<{ address: string; card: string; statusOf: () => unknown }> {
  let url = ''
  const server = createServer({ publicUrl: () => url })
  const socket = await listen(server, { port: 0 })
  url = socket.url
  onTestFinished(async () => {
    await socket.close()
    server.close()
  })
  const api = client(server)
  const { data } = await api.post('/api/connections', { ...salesforce, name })
  const card = await api.post('/api/connections/connect', {
    name: `${name} card`,
    redirect_url: 'https://app.example/done',
    type: 'postgresql'
  })
  return {
    address: String(data['auth_url']),
    card: String(card.data['redirect_url']),
    statusOf: () => server.store.all('connection')[0]?.status
  }
}

describe.skipIf(!hasBrowser)('the authorization page of the local server', () => {
  const browser = useBrowser()

  const looks = [
    { width: 1280, dark: false },
    { width: 390, dark: true }
  ]

  // The service takes no text that is no Unicode.
  test.each(
    hostileNames.filter((name) => name.isWellFormed()).map((name) => [name.slice(0, 40), name] as const)
  )('of %s asks for nothing, complains of nothing, and fits', async (_short, name) => {
    const { address } = await authorizing(name)
    const { page, complaints } = await browser.open(address, { width: 390 })
    expect(await page.locator('h1').textContent()).toContain('Authorize')
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
    expect(await page.locator('script, img').count()).toBe(0)
    expect(complaints).toEqual([])
  })

  test.each(looks)('axe finds nothing at $width, dark $dark', async (look) => {
    const { address, card } = await authorizing('Salesforce of the "north" & south')
    for (const [title, url] of [
      ['authorization', address],
      ['card', card]
    ] as const) {
      const { page, complaints } = await browser.open(url, look)
      await keepPicture(page, `${title} ${look.dark ? 'phone dark' : 'wide light'}`)
      expect(await findingsOfAxe(page)).toEqual([])
      expect(complaints).toEqual([])
    }
  })

  test('is answered by the keyboard alone', async () => {
    const { address, statusOf } = await authorizing('Salesforce')
    const { page } = await browser.open(address)
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Allow')
    await page.keyboard.press('Enter')
    await page.locator('h1', { hasText: 'Allowed' }).waitFor()
    expect(statusOf()).toBe('healthy')
    expect(await findingsOfAxe(page)).toEqual([])
  })
})
