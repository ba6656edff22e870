import { expect, test } from 'vitest'
import { memoryConnectors, type MemorySystem } from '../server/runner/memory.ts'
import { createWatchSandbox, watchFile, type WatchSandbox } from '../watch/command.ts'
import { peopleFile } from './people-file.ts'
import { memory, refusing } from './run-world.ts'

/** `watch --fail-on`: last runs of syncs that are not as they should be. */

async function box(system: MemorySystem = memory({ before: refusing })): Promise<WatchSandbox> {
  const made = createWatchSandbox({
    files: { 'configs/a.yaml': peopleFile(), 'polyctl.yaml': watchFile },
    env: { PASSWORD: 'p' },
    server: {
      sleep: () => Promise.resolve(),
      run: { fetch: (request) => fetch(request), connectors: memoryConnectors(system) }
    }
  })
  expect(await made.run('apply', '--yes', '--no-check')).toMatchObject({ code: 0 })
  return Object.assign(made, { system })
}

test('a sync is told as degraded once, and as resolved when its last run is clean again', async () => {
  const system = memory({ before: refusing })
  const made = await box(system)
  const look = ['--no-check', '--fail-on', 'errors>1%'] as const
  await made.watch(20, ...look)
  expect(made.reported()).toEqual([])
  await made.run('run', 'People')
  const ran = await made.watch(40, ...look)
  expect(ran.out).toContain('1 degraded sync (1 new).')
  expect(ran.out).toContain('! sync "People" last run: degraded')
  const [hook] = made.hooks.slice(-1)
  expect(hook?.body.news).toMatchObject([
    {
      finding: 'degraded',
      kind: 'sync',
      notes: [expect.stringContaining('errors>1% is met'), expect.stringContaining('1 created, 1 failed')]
    }
  ])
  expect(made.reported()).toEqual(['new People'])
  // Other numbers are no news.
  await made.run('run', 'People')
  await made.watch(20, ...look)
  expect(made.reported()).toEqual([])
  system.before = () => undefined
  await made.run('run', 'People')
  const clean = await made.watch(20, ...look)
  expect(made.reported()).toEqual(['resolved People'])
  expect(clean.out).toContain('No drift (1 resolved).')
})

test('one that failed is told without what the service said of it, and another one again', async () => {
  const planted = 'ada.planted@example.com'
  const system = memory({
    before: () => {
      throw new Error(planted)
    }
  })
  const made = await box(system)
  await made.run('run', 'People')
  const ran = await made.watch(20, '--no-check', '--fail-on', 'errors>1%')
  expect(made.hooks[0]?.body.news).toMatchObject([
    { finding: 'degraded', notes: [expect.stringMatching(/^2 records/)] }
  ])
  expect(ran.out).toContain('! sync "People" last run: failed')
  expect(JSON.stringify(made.hooks) + ran.out + ran.err).not.toContain(planted)
  made.reported()
  system.before = refusing
  await made.run('run', 'People')
  await made.watch(20, '--no-check', '--fail-on', 'errors>1%')
  expect(made.reported()).toEqual(['changed People'])
})

test('nothing is asked about runs without it, nor of what is not looked at', async () => {
  const made = await box()
  await made.run('run', 'People')
  made.requests()
  await made.watch(5)
  expect(made.requests().filter((line) => line.includes('status'))).toEqual([])
  await made.watch(5, '--fail-on', 'errors>1%', '--exclude', 'sync "People"')
  expect(made.requests().filter((line) => line.includes('status'))).toEqual([])
  expect(made.reported()).toEqual([])
})

test('a run that cannot be looked at is a look that failed, and ends no news', async () => {
  const made = await box()
  await made.run('run', 'People')
  const look = ['--fail-on', 'errors>1%'] as const
  await made.watch(5, ...look)
  expect(made.reported()).toEqual(['new People'])
  made.server.faults.add({ fault: 'error-before', on: 'GET /api/syncs/*/status', status: 403, times: 0 })
  const ran = await made.watch(5, ...look)
  expect(ran.out).toContain('reading the last execution of sync "People"')
  expect(made.hooks.at(-1)?.body.news).toMatchObject([{ what: 'failed' }])
})

test('--apply leaves degraded syncs alone, and puts back what drifted beside them', async () => {
  const made = await box()
  await made.run('run', 'People')
  const look = ['--no-check', '--fail-on', 'errors>1%', '--apply'] as const
  const ran = await made.watch(5, ...look)
  expect(ran.out).toContain('1 degraded sync (1 new).')
  expect(made.requests().filter((line) => line.startsWith('PUT'))).toEqual([])
  expect(made.reported()).toEqual(['new People'])
})

test('polyctl.yaml may say the same, and what is wrong there is told at its place', async () => {
  const made = await box()
  await made.run('run', 'People')
  made.write({ 'polyctl.yaml': `${watchFile}  fail_on: ["errors>1%"]\n` })
  await made.watch(5, '--no-check')
  expect(made.reported()).toEqual(['new People'])
  made.write({ 'polyctl.yaml': `${watchFile}  fail_on: ["errors>1%", changed]\n` })
  const wrong = await made.watch(5)
  expect(wrong.code).toBe(3)
  expect(wrong.err).toContain('error[P629]: `changed` is no condition on a run')
  expect(wrong.err).toMatch(/polyctl\.yaml:\d+:\d+/)
})

test('what is no condition is told before it begins', async () => {
  const made = await box()
  const ran = await made.watch(5, '--fail-on', 'changed')
  expect(ran.code).toBe(3)
  expect(ran.err).toContain('A condition has three parts')
})
