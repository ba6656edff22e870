import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { htmlFormat } from './html-format.ts'
import { findingsOfAxe, hasBrowser, keepPicture, type Opened, useBrowser } from './chromium.ts'
import { hostileNames, large } from './pages.ts'

const whole = htmlFormat.plan(large())
const small = htmlFormat.everything()

const shownIn = (page: Page) => page.locator('.entry:visible').count()
const status = (page: Page) => page.locator('#status').textContent()

describe.skipIf(!hasBrowser)('the page of a plan with 300 changes and hostile names', () => {
  const browser = useBrowser()

  const open = async (opening = {}): Promise<Opened> => await browser.openText(await whole, opening)

  test('asks for nothing, complains of nothing, and runs nothing of a name', async () => {
    const { page, complaints } = await open()
    await page.locator('#unfold').click()
    expect(await page.locator('.entry[open]').count()).toBe(301)
    expect(await page.locator('h1').count()).toBe(1)
    expect(await page.locator('script').count()).toBe(1)
    expect(await page.locator('img, iframe, object, form, base').count()).toBe(0)
    expect(complaints).toEqual([])
    // Even a script that came in somehow could send nothing.
    const refused = await page.evaluate(`fetch('http://192.0.2.1/').then(() => 'sent', () => 'refused')`)
    expect(refused).toBe('refused')
  })

  test('shows each name whole, letter by letter', async () => {
    const { page } = await open()
    const text = (await page.locator('.group').textContent()) ?? ''
    for (const name of hostileNames.slice(0, 2)) expect(text).toContain(name)
    expect(text).toContain('x'.repeat(10_000))
    expect(text).not.toContain('\u202E')
    expect(text).toContain('\\u202eright to left')
  })

  test('fits its window, whatever stands in it', async () => {
    for (const width of [320, 390, 1280]) {
      const { page } = await open({ width })
      await page.locator('#unfold').click()
      const wide = await page.evaluate('document.documentElement.scrollWidth')
      expect(wide).toBeLessThanOrEqual(width)
    }
  })

  test('filters, searches and counts what is left', async () => {
    const { page } = await open()
    expect(await status(page)).toBe('301 shown')
    await page.locator('button[data-filter="delete"]').click()
    expect(await shownIn(page)).toBe(20)
    await page.locator('button[data-filter="waits"]').click()
    expect(await status(page)).toBe('21 of 301 shown')
    await page.locator('#reset').click()
    await page.locator('#kind').selectOption('model')
    expect(await shownIn(page)).toBe(20)
    await page.locator('#search').fill('"model 13"')
    expect(await shownIn(page)).toBe(1)
    await page.locator('#search').fill('model nowhere')
    expect(await page.locator('#none').isVisible()).toBe(true)
    expect(await page.locator('.group').isVisible()).toBe(false)
    await page.locator('#reset').click()
    await page.locator('#search').fill('<script>alert(1)</script>')
    expect(await shownIn(page)).toBe(1)
    await page.locator('#reset').click()
    await page.locator('button[data-filter="risky"]').click()
    expect(await shownIn(page)).toBe(26)
  })

  test('folds and unfolds what is shown, and nothing else', async () => {
    const { page } = await open()
    expect(await page.locator('.entry[open]').count()).toBe(0)
    await page.locator('button[data-filter="delete"]').click()
    await page.locator('#unfold').click()
    expect(await page.locator('.entry[open]').count()).toBe(20)
    await page.locator('#fold').click()
    expect(await page.locator('.entry[open]').count()).toBe(0)
    await page.locator('.entry:visible summary').first().click()
    expect(await page.locator('.entry[open]').count()).toBe(1)
  })

  test('is dark where the person wants that', async () => {
    const back = async (dark: boolean): Promise<string> => {
      const { page } = await open({ dark })
      return await page.evaluate<string>('getComputedStyle(document.body).backgroundColor')
    }
    expect(await back(false)).toBe('rgb(255, 255, 255)')
    expect(await back(true)).toBe('rgb(13, 17, 23)')
  })

  test('is of use without scripts: all is there, and can be folded', async () => {
    const { page } = await open({ still: true })
    expect(await page.locator('.tools').isVisible()).toBe(false)
    expect(await page.locator('.entry').count()).toBe(301)
    await page.locator('.entry summary').first().click()
    expect(await page.locator('.entry[open]').count()).toBe(1)
  })

  test.each([
    ['light, wide', { dark: false, width: 1280 }],
    ['dark, phone', { dark: true, width: 390 }]
  ])('axe finds nothing: %s', async (name, opening) => {
    const { page, complaints } = await open(opening)
    await keepPicture(page, `large ${name}`, false)
    // Some of each sort are unfolded.
    for (const index of [0, 1, 2, 30, 60, 200, 299]) await page.locator('.entry summary').nth(index).click()
    expect(await findingsOfAxe(page)).toEqual([])
    expect(complaints).toEqual([])
  })
})

describe.skipIf(!hasBrowser)('a page, by the keyboard alone', () => {
  const browser = useBrowser()

  const focused = (page: Page) =>
    page.evaluate<string>('document.activeElement.id || document.activeElement.tagName')

  test('finds, opens and leaves a resource', async () => {
    const { page } = await browser.openText(await whole)
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('To the content')
    await page.keyboard.press('Enter')
    expect(await focused(page)).toBe('content')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Space')
    expect(await page.locator('[data-filter][aria-pressed="true"]').count()).toBe(1)
    await page.keyboard.press('Space')
    await page.keyboard.press('/')
    expect(await focused(page)).toBe('search')
    await page.keyboard.type('old sync 13')
    expect(await status(page)).toBe('1 of 301 shown')
    for (let at = 0; at < 5; at++) await page.keyboard.press('Tab')
    expect(await focused(page)).toBe('SUMMARY')
    await page.keyboard.press('Enter')
    expect(await page.locator('.entry[open]').count()).toBe(1)
    await page.keyboard.press('/')
    await page.keyboard.press('Escape')
    expect(await status(page)).toBe('301 shown')
  })

  test('goes from the graph to what is told of a node', async () => {
    const { page, complaints } = await browser.openText(await small)
    const links = page.locator('svg a')
    expect(await links.count()).toBeGreaterThan(2)
    await page.locator('#fold').click()
    await page.locator('#search').fill('nothing of this')
    const link = page.locator('svg a', { hasText: 'Warehouse Users' })
    await link.focus()
    await page.keyboard.press('Enter')
    await page.locator('.entry[open]').waitFor()
    expect(await page.evaluate('document.activeElement.textContent')).toContain('Warehouse Users')
    expect(complaints).toEqual([])
  })
})

describe.skipIf(!hasBrowser)('pages of other answers', () => {
  const browser = useBrowser()

  test.each(htmlFormat.names)('%s: no complaint, and axe finds nothing', async (name) => {
    for (const opening of [
      { width: 1280, dark: false },
      { width: 390, dark: true }
    ]) {
      const { page, complaints } = await browser.openText(await htmlFormat.of(name), opening)
      await keepPicture(page, `${name} ${opening.dark ? 'phone dark' : 'wide light'}`)
      expect(await findingsOfAxe(page)).toEqual([])
      expect(complaints).toEqual([])
    }
  })

  test('on paper all is unfolded, and nothing to press is there', async () => {
    const { page } = await browser.openText(await small)
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('.tools').isVisible()).toBe(false)
    expect(await page.locator('.entry .rows').first().isVisible()).toBe(true)
    await keepPicture(page, 'on paper')
  })
})
