import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { expect, onTestFinished, test } from 'vitest'
import { program } from '../support/program.ts'
import { createSandbox } from '../support/sandbox.ts'

/** Watchers as processes of their own: how they end, and what they leave to the next one. */
const words = ['watch', '--local', '--no-web', '--every', '1h', '--format', 'json']

interface Running {
  child: ChildProcess
  /** The first turn that it tells of. */
  turn: Promise<{ open: number; news: string }>
  ended: Promise<number | null>
}

function start(folder: string): Running {
  const child = spawn(process.execPath, [program, ...words], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit']
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const ended = new Promise<number | null>((resolve) => void child.on('close', resolve))
  const turn = new Promise<{ open: number; news: string }>((resolve, reject) => {
    let text = ''
    child.stdout?.on('data', (bytes: Buffer) => {
      text += bytes.toString()
      const line = text.split('\n').find((one) => one.includes('"outcome"'))
      if (line !== undefined && text.endsWith('\n'))
        resolve(JSON.parse(line) as { open: number; news: string })
    })
    void ended.then((code) => reject(new Error(`it ended with ${code} before a turn: ${text}`)))
  })
  return { child, turn, ended }
}

test('one at a time; one that is killed leaves its folder to the next, which tells nothing again; SIGTERM ends it with 130', async () => {
  const { folder } = createSandbox({ files: { 'configs/a.yaml': 'roles: [{ name: readers }]\n' } })
  const first = start(folder)
  expect(await first.turn).toMatchObject({ open: 1, news: '1 new' })
  const second = spawnSync(process.execPath, [program, ...words], { cwd: folder, encoding: 'utf8' })
  expect([second.status, second.stdout]).toEqual([
    7,
    expect.stringContaining(`process ${first.child.pid}, since `)
  ])
  first.child.kill('SIGKILL')
  await first.ended
  const third = start(folder)
  expect(await third.turn).toMatchObject({ open: 1, news: '' })
  third.child.kill('SIGTERM')
  expect(await third.ended).toBe(130)
})
