import { spawn } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { listen } from '../../src/server/listen.ts'
import { program } from '../support/program.ts'
import { isFew, samples } from '../support/samples.ts'
import { apiRequest, createSandbox, type Sandbox } from '../support/sandbox.ts'
import { filesIn } from './files.ts'

const count = isFew ? 40 : 120

/** A workspace of as many files as it has connections. */
async function workspace(world: Sandbox): Promise<void> {
  for (let index = 0; index < count; index++) {
    const configuration = { hostname: 'h', database: 'd', username: 'u', password: 'p' }
    const body = { name: `Store ${index}`, type: 'postgresql', configuration }
    expect((await world.server.fetch(apiRequest(world, 'POST', '/api/connections', body))).ok).toBe(true)
  }
}

/** Everything that an import writes over what is old, one run killed after each of some files. */
test('a killed import leaves each file either old or new, and the next one ends it', async () => {
  const whole = createSandbox()
  await workspace(whole)
  await whole.run('import')
  const after = filesIn(whole)
  const { url, close } = await listen(whole.server, { port: 0 })
  onTestFinished(close)
  const old = '# old, and of other bytes\nroles: []\n'
  const paths = Object.keys(after)
  const env = { POLYTOMIC_URL: url, POLYTOMIC_API_KEY: whole.server.apiKey, NO_COLOR: '1' }
  for (let round = 0; round < samples(6, 1).numRuns; round++) {
    const sandbox = createSandbox({
      env: { POLYTOMIC_API_KEY: whole.server.apiKey },
      io: { fetch: (request) => whole.server.fetch(request) }
    })
    // Every second file is there already.
    sandbox.write(
      Object.fromEntries(paths.filter((_path, index) => index % 2 === 0).map((path) => [path, old]))
    )
    const last = join(sandbox.folder, paths[(round * 37) % paths.length] ?? '')
    const size = existsSync(last) ? statSync(last).size : -1
    const child = spawn(process.execPath, [program, 'import', '--force'], {
      cwd: sandbox.folder,
      env,
      stdio: 'ignore'
    })
    const ended = new Promise<void>((resolve) => child.on('close', () => resolve()))
    const watch = setInterval(() => {
      if (existsSync(last) && statSync(last).size !== size) child.kill('SIGKILL')
    }, 1)
    await ended
    clearInterval(watch)
    const found = filesIn(sandbox)
    const isWhole = (path: string): boolean =>
      found[path] === after[path] || found[path] === old || found[path] === undefined
    expect(paths.filter((path) => !isWhole(path))).toEqual([])
    expect((await sandbox.run('import', '--force')).code).toBe(0)
    expect(Object.fromEntries(paths.map((path) => [path, filesIn(sandbox)[path]]))).toEqual(after)
  }
})

test('a file that cannot be written is told, and nothing of it is left', async () => {
  const world = createSandbox({ files: { 'configs/connections': 'a file in place of a folder' } })
  await workspace(world)
  const ran = await world.run('import')
  expect([ran.code, ran.err]).toEqual([3, expect.stringContaining('P514')])
  expect(ran.err).toContain('a file is where a folder should be')
})
