import { describe, expect, onTestFinished, test } from 'vitest'
import { listen } from '../../src/server/listen.ts'
import { program } from '../support/program.ts'
import { share, spread } from '../support/samples.ts'
import { hasTerminal, openTerminal, type Terminal } from '../support/terminal.ts'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'

/** What a person sees: the program on a pseudo-terminal, and the screen that comes of it. */

const env = { PASSWORD: 'x' }

function workspace(models: number): string {
  const model = (number: number): string =>
    `  - { name: Model ${number} with a name that is long enough to be cut, connection: E, configuration: { table: public.users } }`
  return [
    'connections:',
    '  - { name: E, type: postgresql, configuration: { hostname: h, port: 5432, database: d, username: u, password: "${env:PASSWORD}" } }',
    'models:',
    ...Array.from({ length: models }, (_, index) => model(index))
  ].join('\n')
}

/** Holds requests back, so that what is on the screen meanwhile stays there until it was seen. */
class Gate {
  #free = Infinity
  readonly #held: (() => void)[] = []

  /** So many go through from now on, the others wait. */
  open(requests: number): void {
    this.#free = requests
    while (this.#free > 0 && this.#held.length > 0) {
      this.#free -= 1
      this.#held.shift()!()
    }
  }

  async pass(): Promise<void> {
    if (this.#free === 0) await new Promise<void>((resolve) => void this.#held.push(resolve))
    else this.#free -= 1
  }
}

/** The service; the requests that the pattern matches come to it through the gate. */
async function opened(files: Record<string, string>, gated = /^$/) {
  const world = createSandbox({ files, env })
  const gate = new Gate()
  const fetch = async (request: Request, origin?: string): Promise<Response> => {
    if (gated.test(`${request.method} ${new URL(request.url).pathname}`)) await gate.pass()
    return await world.server.fetch(request, origin)
  }
  const { url, close } = await listen({ fetch }, { port: 0 })
  onTestFinished(close)
  return { world, url, gate }
}

function run(world: Sandbox, url: string, words: string[], columns = 80): Terminal {
  const all = { ...env, POLYTOMIC_URL: url, POLYTOMIC_API_KEY: world.server.apiKey, HOME: world.folder }
  return openTerminal([process.execPath, program, ...words], { cwd: world.folder, env: all, columns })
}

describe.skipIf(!hasTerminal)('on a terminal', () => {
  test('what is read is told while it is read, and nothing of it is left', async () => {
    const { world, url, gate } = await opened({ 'configs/a.yaml': workspace(8) }, /^GET \/api\/(?!me)/)
    expect((await world.run('apply', '--yes', '--quiet')).code).toBe(0)
    gate.open(0)
    const screen = run(world, url, ['plan'])
    await screen.sees('reading')
    gate.open(Infinity)
    expect(await screen.ended()).toBe(0)
    expect(screen.text()).not.toContain('reading')
  })

  test.each(spread([60, 40, 100], 3))(
    'nothing is torn when the window becomes %s columns wide meanwhile',
    async (columns) => {
      const { world, url, gate } = await opened({ 'configs/a.yaml': workspace(30) }, /^POST .*models$/)
      gate.open(5)
      const screen = run(world, url, ['apply', '--yes'])
      await screen.sees(/apply [1-9]\//)
      await screen.resize(columns)
      gate.open(8)
      await screen.sees(/apply 1[0-9]\//)
      gate.open(Infinity)
      expect(await screen.ended()).toBe(0)
      expect(screen.rows().filter((row) => /apply \d+\/\d+/.test(row))).toHaveLength(1)
    }
  )

  test('errors and plans are broken between words, and places have lines of their own', async () => {
    const files = { 'configs/a.yaml': workspace(2).replace('connection: E', 'conection: E') }
    const { world, url } = await opened(files)
    for (const columns of share([80, 40], 0, 2)) {
      const screen = run(world, url, ['validate'], columns)
      expect(await screen.ended()).toBe(3)
      expect(screen.text().replaceAll(/\s+/g, ' ')).toContain('unknown field `conection` in a model')
      expect(broken(screen)).toEqual([])
    }
    world.write({ 'configs/a.yaml': workspace(2) })
    for (const columns of share([80, 40], 1, 2)) {
      const screen = run(world, url, ['plan'], columns)
      expect(await screen.ended()).toBe(0)
      expect(broken(screen)).toEqual([])
      if (columns === 40) expect(screen.text()).toMatch(/^ *configs\/a\.yaml:4:13$/m)
    }
  })

  test('destroy names the organization right at its question', async () => {
    const { world, url } = await opened({ 'configs/a.yaml': workspace(1) })
    expect((await world.run('apply', '--yes', '--quiet')).code).toBe(0)
    const screen = run(world, url, ['destroy'])
    await screen.sees(/Type ".+" to delete 2 resources:$/)
    const [, name = ''] = /Type "(.+)" to delete/.exec(screen.text()) ?? []
    screen.type(`${name}\n`)
    expect(await screen.ended()).toBe(0)
    expect(screen.text()).toContain('Deleted: 2.')
    expect(world.server.store.all('model')).toEqual([])
  })

  test('a failure and what waits for it are told once', async () => {
    const { world, url } = await opened({ 'configs/a.yaml': workspace(1) })
    world.server.faults.add({ fault: 'error-before', status: 422, on: 'POST /api/connections', times: 0 })
    const screen = run(world, url, ['apply', '--yes'])
    expect(await screen.ended()).toBe(5)
    const text = screen.text()
    expect(text.split('error[P6')).toHaveLength(2)
    expect(text.match(/^failed /gm)).toHaveLength(1)
    expect(text.match(/^skipped /gm)).toHaveLength(1)
  })

  test('lines of an environment file that set nothing are named', async () => {
    const { world, url } = await opened({
      'configs/a.yaml': workspace(1),
      'own.env': 'A=1\nnothing here\n'
    })
    const screen = run(world, url, ['plan', '--env-file', 'own.env'])
    expect(await screen.ended()).toBe(0)
    expect(screen.text()).toContain('own.env:2:1')
  })

  test('a schema that is listed no longer is one row', async () => {
    const bulk = (schemas: string): string =>
      `${workspace(0)}
bulk_syncs:
  - name: B
    mode: replicate
    source: { connection: E }
    destination: { connection: E, configuration: { schema: raw } }
    default_schedule: manual
    schemas: [${schemas}]
`.replace('models:\n', '')
    const { world, url } = await opened({ 'configs/a.yaml': bulk('public.users, public.customers') })
    expect((await world.run('apply', '--yes', '--quiet')).code).toBe(0)
    world.write({ 'configs/a.yaml': bulk('public.users') })
    const screen = run(world, url, ['plan'])
    expect(await screen.ended()).toBe(0)
    expect(screen.rows().filter((row) => /^\s*[-~+] .*public\.customers/.test(row))).toHaveLength(1)
    expect(screen.rows().filter((row) => /^\s*[-+] /.test(row))).toHaveLength(1)
  })
})

/** Rows that the terminal had to break: the row after them begins in the middle of a word. */
function broken(screen: Terminal): string[] {
  return screen.folded().filter((row) => row.includes(' '))
}
