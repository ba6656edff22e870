import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import axe from 'axe-core'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest'

/** Debian's Chromium, or the one that CHROMIUM names. */
const places = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome'
]
const executable = places.find((path) => path !== undefined && path !== '' && existsSync(path))

/** What a page is opened with. */
export interface Opening {
  width?: number
  dark?: boolean
  /** Without scripts, as some mail programs show it. */
  still?: boolean
}

/** A page in a browser, and all that it said and asked for. */
export interface Opened {
  page: Page
  /** Errors and warnings of the console, mistakes of scripts, and requests beside the page itself. */
  complaints: string[]
}

/** What tests do in a real browser. */
export interface RealBrowser {
  open(url: string, opening?: Opening): Promise<Opened>
  /** Opens a text as a file. */
  openText(html: string, opening?: Opening): Promise<Opened>
}

/** Where there is no browser, tests say so and skip. */
export const hasBrowser = executable !== undefined

if (!hasBrowser)
  console.warn('tests of pages skip: there is no Chromium (apt-get install chromium, or CHROMIUM=path)')

/** The browser of a group of tests, which is closed behind them. */
export function useBrowser(): RealBrowser {
  let browser: Browser | undefined
  beforeAll(async () => {
    const isRoot = process.getuid?.() === 0
    browser = await chromium.launch({
      executablePath: executable ?? '',
      args: isRoot ? ['--no-sandbox'] : []
    })
  })
  afterAll(async () => {
    await browser?.close()
  })
  return {
    open: (url, opening) => opened(browser, url, opening),
    async openText(html, opening) {
      const folder = mkdtempSync(join(tmpdir(), 'polyctl-page-'))
      onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
      const path = join(folder, 'page.html')
      writeFileSync(path, html)
      return await opened(browser, `file://${path}`, opening)
    }
  }
}

async function opened(
  browser: Browser | undefined,
  url: string,
  { width = 1280, dark = false, still = false }: Opening = {}
): Promise<Opened> {
  if (!browser) throw new Error('there is no browser')
  const context = await browser.newContext({
    viewport: { width, height: width < 600 ? 844 : 900 },
    colorScheme: dark ? 'dark' : 'light',
    javaScriptEnabled: !still
  })
  // What a test waits for comes, however busy the machine is.
  context.setDefaultTimeout(0)
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`))
  page.on('dialog', (dialog) => complaints.push(`dialog: ${dialog.message()}`))
  page.on('request', (request) => {
    if (request.url() !== url && !request.url().startsWith('data:'))
      complaints.push(`request: ${request.url()}`)
  })
  await page.goto(url)
  return { page, complaints }
}

/** Looks at a page as somebody does who hears it, sees little, or has a keyboard alone: what is wrong with it. */
export async function findingsOfAxe(page: Page): Promise<string[]> {
  // The page's own policy keeps foreign scripts out: this one comes in beside it.
  const session = await page.context().newCDPSession(page)
  await session.send('Page.setBypassCSP', { enabled: true })
  await page.evaluate(axe.source)
  const found = await page.evaluate<
    { id: string; impact: string; nodes: string[] }[]
  >(`axe.run().then(({ violations }) =>
    violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.slice(0, 3).map(({ html }) => html.slice(0, 200)) })))`)
  return found.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.join(' | ')}`)
}

/** Keeps a picture of a page, for people to look at, where SCREENSHOTS names a folder. */
export async function keepPicture(page: Page, name: string, full = true): Promise<void> {
  const folder = process.env['SCREENSHOTS']
  if (folder === undefined || folder === '') return
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: full })
  expect(existsSync(join(folder, `${name}.png`))).toBe(true)
}
