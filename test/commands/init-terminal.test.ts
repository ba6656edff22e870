import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { listen } from '../../src/server/listen.ts'
import { program } from '../support/program.ts'
import { makeRepository } from '../support/repository.ts'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'
import { hasTerminal, openTerminal, type Terminal } from '../support/terminal.ts'

/** `init` as a person sees it: what it wants to know, and what becomes of the key that is typed. */

const files = { 'there/configs/a.yaml': 'roles: [{ name: readers }]\n' }

async function opened(): Promise<{ world: Sandbox; url: string }> {
  const world = createSandbox({ files })
  expect((await world.run('apply', '--yes', '--quiet', '--file', 'there/configs')).code).toBe(0)
  const { url, close } = await listen(world.server, { port: 0 })
  onTestFinished(close)
  return { world, url }
}

function run(folder: string, ...words: string[]): Terminal {
  const env = { HOME: folder, NO_COLOR: '1', GIT_CONFIG_GLOBAL: '/dev/null' }
  return openTerminal([process.execPath, program, 'init', ...words], { cwd: folder, env, columns: 100 })
}

/** Answers the questions, each when it is there; `paste` is what comes with the key. */
async function answer(screen: Terminal, url: string, paste: string, keep: string): Promise<void> {
  await screen.sees('Begin with an `example`')
  screen.type('live\r')
  await screen.sees('The address of Polytomic')
  screen.type(`${url}\r`)
  await screen.sees('The key of your organization')
  screen.type(paste)
  await screen.sees('Keep the key in .env')
  screen.type(`${keep}\r`)
}

describe.skipIf(!hasTerminal)('on a terminal', () => {
  test('a pasted key is not echoed, and is kept where git ignores it and only its owner reads', async () => {
    const { world, url } = await opened()
    const repository = makeRepository()
    const screen = run(repository.folder, 'new')
    await answer(screen, url, `  ${world.server.apiKey} \r`, 'yes')
    expect(await screen.ended(), screen.text()).toBe(0)
    expect(screen.text()).not.toContain(world.server.apiKey)
    expect(screen.text()).toContain('+ .env  (the key; git ignores it)')
    expect(screen.text()).toContain(`For the next commands set POLYTOMIC_URL to ${url}.`)
    const path = join(repository.folder, 'new', '.env')
    expect(readFileSync(path, 'utf8')).toBe(
      `POLYTOMIC_URL=${url}\nPOLYTOMIC_API_KEY=${world.server.apiKey}\n`
    )
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(repository.folder, 'new', '.gitignore'), 'utf8')).toContain('.env\n')
    const again = run(repository.folder, 'new')
    expect(await again.ended(), again.text()).toBe(0)
    expect(again.text()).not.toContain('+')
    expect(again.text()).toContain('= .gitignore')
  })

  test('a key that nobody wants to keep is used once; one that opens nothing is never kept', async () => {
    const { world, url } = await opened()
    const screen = run(world.folder, 'new')
    await answer(screen, url, `${world.server.apiKey}\r`, 'no')
    expect(await screen.ended(), screen.text()).toBe(0)
    expect(screen.text()).toContain('set POLYTOMIC_API_KEY to the key, and POLYTOMIC_URL')
    expect(existsSync(join(world.folder, 'new', 'configs'))).toBe(true)
    const wrong = run(world.folder, 'other')
    await answer(wrong, url, 'of-nobody\r', 'yes')
    expect(await wrong.ended()).toBe(4)
    expect(wrong.text()).not.toContain('of-nobody')
    for (const name of ['new', 'other']) expect(existsSync(join(world.folder, name, '.env'))).toBe(false)
  })

  test.each(['Begin with an', 'The address of', 'The key of', 'Keep the key'])(
    'Ctrl-C at “%s” ends it soon, and nothing is written',
    async (question) => {
      const { folder } = createSandbox()
      const screen = run(folder, 'new')
      const typed = { 'Begin with an': 'live\r', 'The address of': '\r', 'The key of': 'of-nobody\r' }
      for (const [before, text] of Object.entries(typed)) {
        if (before === question) break
        await screen.sees(before)
        screen.type(text)
      }
      await screen.sees(question)
      const start = performance.now()
      screen.type('\u0003')
      expect(await screen.ended()).toBe(130)
      expect(performance.now() - start).toBeLessThan(3_000)
      expect(screen.text()).toContain('Interrupted: nothing was written.')
      expect(existsSync(join(folder, 'new'))).toBe(false)
    }
  )

  test('Ctrl-D at a question is no answer: nothing is written, and that is said', async () => {
    const world = createSandbox()
    const screen = run(world.folder, 'new')
    await screen.sees('Begin with an `example`')
    screen.type('\u0004')
    expect(await screen.ended()).toBe(7)
    expect(screen.text()).toContain('error[P505]: a question was not answered: the input ended')
    expect(existsSync(join(world.folder, 'new'))).toBe(false)
  })

  test('what is no answer is wanted again, and no flag is wanted that was given', async () => {
    const { world, url } = await opened()
    const screen = run(world.folder, 'new', '--import', '--url', url)
    await screen.sees('The key of your organization')
    screen.type('two words\r')
    await screen.sees('That is no key')
    screen.type('\r')
    await screen.sees('Nothing was typed.')
    screen.type('\r')
    expect(await screen.ended()).toBe(4)
    expect(screen.text()).toContain('error[P616]')
    expect(screen.text()).not.toContain('The address')
    expect(existsSync(join(world.folder, 'new'))).toBe(false)
  })
})
