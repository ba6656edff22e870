import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LostAnswer, RetryLater, RunProblem } from '../../src/server/runner/connector.ts'
import { peopleFile } from '../commands/people-file.ts'
import { memoryConnectors, memorySystem, type MemorySystem } from '../server/runner/memory.ts'
import { canary, leaksIn, plainCanary } from '../support/canaries.ts'
import { createWatchSandbox, watchFile, type WatchSandbox } from '../watch/command.ts'

/**
 * What is in records stays with them: no command that starts, follows, shows or tells of syncs says any of it,
 * in any format, unless it was asked for values. Logs of records name records: who asks for these has them.
 */

const [mail, name, phone] = [
  `${plainCanary('mail')}@example.com`,
  canary('name'),
  `+49 ${plainCanary('phone')}`
]
const planted = [mail, plainCanary('mail'), name, phone]
const formats = ['text', 'json', 'markdown', 'github', 'slack', 'junit', 'sarif', 'html']

interface World extends WatchSandbox {
  system: MemorySystem
  /** All that was seen so far: outputs, files that were written, and what receivers were told. */
  seen(): string[]
  /** Runs a command in each format at once, and returns its exit code. */
  inAll(...words: string[]): Promise<number>
}

async function world(): Promise<World> {
  const system = memorySystem()
  const outputs: string[] = []
  const box = createWatchSandbox({
    files: { 'configs/a.yaml': peopleFile({ columns: ['name', 'phone'] }), 'polyctl.yaml': watchFile },
    env: { PASSWORD: 'p' },
    server: {
      sleep: () => Promise.resolve(),
      run: { fetch: (request) => fetch(request), connectors: memoryConnectors(system) }
    }
  })
  mkdirSync(join(box.folder, 'out'))
  const plainRun = box.run
  const run: World['run'] = async (...words) => {
    const ran = await plainRun(...words)
    outputs.push(`${words.join(' ')}\n${ran.out}${ran.err}`)
    return ran
  }
  expect(await run('apply', '--yes', '--no-check')).toMatchObject({ code: 0 })
  system.rows.set('people', [
    { email: mail, name, phone },
    { email: `2${mail}`, name, phone }
  ])
  return Object.assign(box, {
    system,
    run,
    seen: () => [...outputs, ...textsIn(box.folder), JSON.stringify(box.hooks)],
    inAll: async (...words: string[]) => {
      const files = formats.flatMap((format) => ['--format', `${format}=out/${format}`])
      const { code, err } = await run(...words, '--debug', ...files)
      outputs.push(...textsIn(join(box.folder, 'out')))
      expect(readdirSync(join(box.folder, 'out')).toSorted()).toEqual(formats.toSorted())
      if (code === 3) expect(err).toBe('')
      return code
    }
  })
}

function textsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter((path) => statSync(path).isFile())
    .map((path) => `${path}\n${readFileSync(path, 'utf8')}`)
}

function expectNothing(texts: readonly string[]): void {
  const found = texts.flatMap((text) =>
    leaksIn(text, planted).map((leak) => `${text.split('\n', 1)[0]}: ${leak}\n${around(text, leak)}`)
  )
  expect(found).toEqual([])
}

function around(text: string, leak: string): string {
  const at = text.indexOf(leak)
  return text.slice(Math.max(0, at - 100), at + leak.length + 100)
}

const echoes: [what: string, message: string][] = [
  ['as it is', `Email: invalid email address: ${mail}; name ${name}; phone ${phone}`],
  ['in quotes', `value "${name}" is too long, '${phone}' too`],
  ['as JSON', `the record ${JSON.stringify({ email: mail, name, phone })} is refused`],
  ['in other letters', `DUPLICATE: ${mail.toUpperCase()} ${name.toLowerCase()}`],
  [
    'in an address',
    `see https://crm.example.com/?q=${encodeURIComponent(name)}&m=${encodeURIComponent(mail)}`
  ],
  ['in HTML', `<b>${name.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</b>`]
]

test.each(echoes)('what a target repeats %s', async (_what, message) => {
  const made = await world()
  made.system.before = ({ records }) => records.map(() => ({ state: 'rejected', code: 'INVALID', message }))
  expect(await made.inAll('run', 'People')).toBe(5)
  expectNothing(made.seen())
})

test('whatever is run, previewed, planned, watched or asked for', async () => {
  const made = await world()
  const message = echoes.map(([, text]) => text).join('; ')
  made.system.before = ({ records }) => records.map(() => ({ state: 'rejected', code: 'INVALID', message }))
  const look = () => made.watch(20, '--no-check', '--fail-on', 'errors>1%')
  await look()
  expect(await made.inAll('preview', 'People', '--out', 'p.json', '--redact-keys')).toBe(0)
  expect(await made.inAll('preview', 'People', '--identity', 'nobody', '--fields', 'name')).toBe(0)
  expect(await made.inAll('run', 'p.json')).toBe(5)
  expect(await made.inAll('run', 'p.json')).toBe(6)
  expect(await made.inAll('run', '--failed')).toBe(5)
  expect(await made.inAll('run', '--rejected')).toBe(5)
  for (const format of ['text', 'json'])
    expect((await made.run('status', '--fail-on', 'errors>1%', '--debug', '--format', format)).code).toBe(5)
  const { out, err } = await look()
  expect(out).toContain('degraded')
  expect(JSON.stringify(made.hooks)).toContain('degraded')
  expect(await made.inAll('run', '--all', '--max-creates', '1')).toBe(7)
  made.write({ 'configs/a.yaml': peopleFile({ columns: ['phone'] }) })
  expect(await made.inAll('plan', '--preview', '--no-check')).toBe(0)
  expect(await made.inAll('drift')).toBe(2)
  // What is asserted, and what goes wrong in other ways.
  made.write({
    'configs/a.yaml': peopleFile({
      columns: ['name', 'phone'],
      more: 'assert: [{ unique: [name] }, { accepted: { field: phone, values: [a] } }]'
    })
  })
  expect(await made.inAll('run', 'People')).toBe(7)
  made.write({ 'configs/a.yaml': peopleFile({ columns: ['name', 'phone'] }) })
  for (const error of [new Error(message), new RetryLater('BUSY', 'busy'), new LostAnswer('lost')]) {
    made.system.before = () => {
      throw error
    }
    expect(await made.inAll('run', 'People')).toBe(1)
  }
  made.system.before = () => {
    throw new RunProblem('down', 'the target is down')
  }
  expect(await made.inAll('run', 'People')).toBe(1)
  const [sync] = made.server.store.all('sync')
  const answers = await Promise.all(
    ['/api/events', `/api/syncs/${sync?.id}/executions`, `/api/syncs/${sync?.id}/status`].map(
      async (path) => {
        const request = new Request(`http://polyctl.test${path}`, {
          headers: { authorization: `Bearer ${made.server.apiKey}` }
        })
        return `${path}\n${await (await made.server.fetch(request)).text()}`
      }
    )
  )
  expect(answers.join()).toContain('INVALID')
  expectNothing([...made.seen(), ...answers, out + err])
})

test('who asks for values gets them, and logs of records name records, in files of their own', async () => {
  const made = await world()
  expect(
    leaksIn((await made.run('preview', 'People', '--values', '--format', 'json')).out, [name])
  ).not.toEqual([])
  await made.run('run', 'People', '--logs', 'logs')
  const logs = textsIn(join(made.folder, 'logs'))
  expect(logs.some((text) => text.includes(mail))).toBe(true)
  for (const [path] of logs.map((text) => text.split('\n', 1)))
    expect(statSync(path ?? '').mode & 0o777).toBe(0o600)
  // They name records by their identity, and have nothing else of them.
  expect(leaksIn(logs.join(), [name, phone])).toEqual([])
})
