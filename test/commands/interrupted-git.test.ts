import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { program } from '../support/program.ts'

/** A terminal stops all that runs in it at once: git as well, which must not look like a fault of git. */
test.each([
  ['SIGINT', 'text'],
  ['SIGTERM', 'text'],
  ['SIGINT', 'json']
] as const)('%s while git is asked is an interruption, in %s', async (signal, format) => {
  const folder = mkdtempSync(join(tmpdir(), 'polyctl-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'a.yaml'), 'roles: [{ name: R }]\n')
  writeFileSync(join(folder, 'git'), '#!/bin/sh\necho > asked\nexec sleep 60\n')
  chmodSync(join(folder, 'git'), 0o755)
  const words = ['drift', '--file', 'a.yaml', '--since', 'HEAD', '--format', format]
  const child = spawn(process.execPath, [program, ...words], {
    cwd: folder,
    env: {
      PATH: `${folder}:${process.env['PATH']}`,
      POLYTOMIC_URL: 'http://127.0.0.1:9',
      POLYTOMIC_API_KEY: 'k'
    },
    detached: true
  })
  const texts = ['', '']
  child.stdout.on('data', (chunk: Buffer) => void (texts[0] += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => void (texts[1] += chunk.toString()))
  const code = new Promise((resolve) => void child.once('close', resolve))
  while (!existsSync(join(folder, 'asked'))) await sleep(20)
  process.kill(-Number(child.pid), signal)
  expect(await code).toBe(130)
  if (format === 'json') expect(JSON.parse(String(texts[0]))).toMatchObject({ interrupted: true })
  else expect(texts.join('')).toBe('Interrupted.\n')
})
