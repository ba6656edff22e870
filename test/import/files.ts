import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Sandbox } from '../support/sandbox.ts'

/** All files below a folder of the sandbox, by path. */
export function filesIn(world: Sandbox, folder = 'configs'): Record<string, string> {
  const root = join(world.folder, folder)
  if (!existsSync(root)) return {}
  return Object.fromEntries(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(world.folder.length + 1), readFileSync(path, 'utf8')])
  )
}

/** R33: A plan right after the import is empty, and a second import writes nothing. */
export async function expectImported(
  world: Sandbox,
  ...options: string[]
): Promise<Record<string, string>> {
  const first = await world.run('import', ...options)
  expect(first.code, first.out + first.err).toBe(0)
  const files = filesIn(world)
  const valid = await world.run('validate')
  expect(valid, valid.err).toMatchObject({ code: 0, err: '' })
  const plan = await world.run('plan', '--detailed-exitcode')
  expect(plan.code, `${plan.out}${plan.err}${Object.values(files).join('\n')}`).toBe(0)
  expect(plan.err.replaceAll(/warning\[P410\][^]*/g, '')).toBe('')
  const layout = await world.run('fmt', '--check')
  expect(layout.code, layout.out + layout.err).toBe(0)
  const second = await world.run('import', ...options)
  expect(second.code, second.err).toBe(0)
  expect(filesIn(world)).toEqual(files)
  return files
}
