import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openDisk } from '../../src/config/source/disk.ts'
import { understand } from '../../src/config/understand.ts'
import { kinds } from '../../src/kinds/index.ts'
import { spread } from '../support/samples.ts'

const hasNoPipes = process.platform === 'win32'
if (hasNoPipes) console.log('pipes: skipped, since this system has no named pipes')

function folderWith(...pipes: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'polyctl-pipes-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'configs'))
  writeFileSync(
    join(folder, 'configs/a.yaml'),
    'variables: { a: { default: b } }\nroles: [{ name: "${var:a}" }]\n'
  )
  for (const pipe of pipes) execFileSync('mkfifo', [join(folder, pipe)])
  return folder
}

/** Somebody who writes what the script prints into the pipe. */
function writerOf(folder: string, pipe: string, script: string): void {
  const writer = spawn('sh', ['-c', `(${script}) > ${pipe}`], { cwd: folder, stdio: 'ignore' })
  onTestFinished(() => void writer.kill())
}

/** Names of the roles, or what was wrong. */
async function rolesIn(cwd: string, files: string[], variableFiles: string[] = []): Promise<string[]> {
  const disk = openDisk(cwd, async () => '')
  const { result } = await understand({ files, env: {}, variables: {}, variableFiles, disk }, kinds)
  return result.ok
    ? result.value.desired.resources.map(({ name }) => name)
    : result.problems.map(({ code, message }) => `${code} ${message}`)
}

test.skipIf(hasNoPipes)('a pipe is read to its end, however slowly it is written', async () => {
  const folder = folderWith('p')
  writerOf(folder, 'p', "sleep 0.3; echo 'roles: [{ name: R }'; sleep 0.5; echo '  , { name: S }]'")
  expect(await rolesIn(folder, ['p'])).toEqual(['R', 'S'])
})

test.skipIf(hasNoPipes)('a pipe that nobody writes to is told, and not waited for', async () => {
  const folder = folderWith('p')
  const reason = 'P008 `p` cannot be read: it is a pipe that nobody writes to'
  // Each waits for two seconds.
  const ways = [async () => rolesIn(folder, ['p']), async () => rolesIn(folder, [], ['p'])]
  for (const rolesOf of spread(ways, 2)) expect(await rolesOf()).toEqual([reason])
})

test.skipIf(hasNoPipes)('variables come from a pipe as well', async () => {
  const folder = folderWith('p')
  writerOf(folder, 'p', 'echo a: c')
  expect(await rolesIn(folder, [], ['p'])).toEqual(['c'])
})

test.skipIf(hasNoPipes)('a pipe in a folder was named by nobody: it is told, and not read', async () => {
  const folder = folderWith('configs/q.yaml', 'configs/other')
  expect(await rolesIn(folder, [])).toEqual([
    'P008 `configs/q.yaml` cannot be read: it is a pipe or a device, and no file'
  ])
})

test.skipIf(hasNoPipes)('a pipe that never ends is cut off at a bound', async () => {
  const folder = folderWith('p')
  writerOf(folder, 'p', 'yes')
  expect(await rolesIn(folder, ['p'])).toEqual([
    'P008 `p` cannot be read: it is a pipe, and what comes of it is larger than 10 MiB'
  ])
})
