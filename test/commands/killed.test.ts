import { spawn } from 'node:child_process'
import { readFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { program } from '../support/program.ts'
import { samples } from '../support/samples.ts'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'

/** Commands that write files, killed in their middle: each file is old or new, and the next run ends it. */

const textIn = ({ folder }: Sandbox, path: string): string =>
  existsSync(join(folder, path)) ? readFileSync(join(folder, path), 'utf8') : ''

/** Kills the program as soon as a file is not what it was. */
async function killedAt(world: Sandbox, words: string[], path: string): Promise<void> {
  const before = textIn(world, path)
  // Of the same service as the sandbox: what `init` writes names it.
  const env = { ...process.env, POLYTOMIC_URL: 'https://polytomic.test' }
  const child = spawn(process.execPath, [program, ...words], { cwd: world.folder, stdio: 'ignore', env })
  const ended = new Promise<void>((resolve) => void child.on('close', () => resolve()))
  const watch = setInterval(() => void (textIn(world, path) !== before && child.kill('SIGKILL')), 1)
  await ended
  clearInterval(watch)
}

async function expectWhole(words: string[], files: Record<string, string>): Promise<void> {
  const whole = createSandbox({ files })
  expect((await whole.run(...words)).code).toBe(0)
  const paths = Object.keys(files)
  const after = paths.map((path) => textIn(whole, path))
  expect(after).not.toEqual(Object.values(files))
  for (let round = 0; round < samples(4, 1).numRuns; round++) {
    const world = createSandbox({ files })
    await killedAt(world, words, paths[(round * 37) % paths.length] ?? '')
    for (const [at, path] of paths.entries())
      expect([files[path], after[at]]).toContain(textIn(world, path))
    expect((await world.run(...words)).code).toBe(0)
    expect(paths.map((path) => textIn(world, path))).toEqual(after)
  }
}

test('a killed init', async () => {
  const files = {
    '.env.example': 'OLD=\n',
    '.github/workflows/polyctl.yml': 'old: true\n',
    '.gitignore': 'node_modules\n'
  }
  await expectWhole(['init', '--force', '--no-import'], files)
})

test('a killed fmt', async () => {
  const files = Array.from({ length: 60 }, (_, index) => [
    `configs/${index}.yaml`,
    `roles: [{ name: 'role ${index}' },   { name:  other ${index} }]   # ${'kept '.repeat(index)}\n`
  ])
  await expectWhole(['fmt'], Object.fromEntries(files))
})
