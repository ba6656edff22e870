import { describe, expect, test } from 'vitest'
import { env, file, parts, warehouse } from '../support/warehouse.ts'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'

/** R16: a block that is deleted from the files deletes nothing, and is not silence either. */

async function applied(): Promise<Sandbox> {
  const world = createSandbox({ files: { [file]: warehouse() }, env })
  const ran = await world.run('apply', '--yes', '--quiet')
  expect(ran.code, ran.out + ran.err).toBe(0)
  return world
}

describe('R16: what moves data and is in no file', () => {
  test.each(['plan', 'drift'])(
    '%s names it, also where no file declares its kind any more',
    async (command) => {
      const world = await applied()
      world.write({ [file]: warehouse({ source: parts.source, store: parts.store }) })
      const { out, code } = await world.run(command)
      expect(code).toBe(0)
      expect(out).toMatch(/^\d+ models? (is|are) in no file; left alone \(--verbose names them\)$/m)
      expect(out).toMatch(/^\d+ syncs? (is|are) in no file; left alone/m)
      const verbose = await world.run(command, '--verbose')
      for (const { name } of world.server.store.all('model')) expect(verbose.out).toContain(`"${name}"`)
    }
  )

  test.each([
    ['plan', 'text'],
    ['plan', 'markdown'],
    ['plan', 'slack'],
    ['drift', 'text'],
    ['drift', 'markdown'],
    ['drift', 'slack']
  ])('%s as %s says once how it comes into files, and the command does it', async (command, format) => {
    const world = await applied()
    world.write({ [file]: warehouse({ source: parts.source, store: parts.store }) })
    const next = 'polyctl import --unmanaged'
    const { out } = await world.run(command, '--format', format)
    expect(out.split(`\`${next}\` writes files that declare them`)).toHaveLength(2)
    const [, ...words] = next.split(' ')
    expect((await world.run(...words)).code).toBe(0)
    expect((await world.run(command, '--format', format)).out).not.toContain(next)
  })

  test('a kind that the key may not list is a remark, and stops nobody', async () => {
    const world = await applied()
    world.write({ [file]: 'roles: [{ name: readers }]\n' })
    world.server.faults.add({ fault: 'error-before', status: 403, on: 'GET /api/bulk/syncs', times: 0 })
    const { out, err, code } = await world.run('plan')
    expect(code).toBe(0)
    expect(err).toContain('bulk syncs cannot be listed: what of them no file declares is not known')
    expect(out).toContain('role "readers"')
    expect(out).not.toContain('bulk sync')
  })

  test('a part of the files says nothing of the rest', async () => {
    const world = await applied()
    const { out } = await world.run('plan', '--kind', 'connection')
    expect(out).not.toContain('in no file')
  })
})
