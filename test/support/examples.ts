import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { allow, type Sandbox } from './sandbox.ts'

const folder = join(import.meta.dirname, '..', '..', 'configs')

/** The text of each example, by the name of its file. */
export const examples: Readonly<Record<string, string>> = Object.fromEntries(
  readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => [name, readFileSync(join(folder, name), 'utf8')])
)

/** A value for each variable that an example needs. All are JSON, since keys of service accounts are. */
export const secrets: Readonly<Record<string, string>> = Object.fromEntries(
  Object.values(examples)
    .flatMap((text) => [...text.matchAll(/\$\{env:(\w+)\}/g)])
    .map(([, name = '']) => [name, `{"secret":"${name}"}`])
)

/** Applies what is in the world's files, authorizing what a person must authorize, until all is done. */
export async function applyAll(world: Sandbox): Promise<void> {
  const first = await world.run('apply', '--yes')
  expect([0, 8], first.out + first.err).toContain(first.code)
  for (const connection of world.server.store.all('connection')) {
    if (connection.status !== 'healthy') await allow(world, connection.name)
  }
  const second = await world.run('apply', '--yes')
  expect(second.code, second.out + second.err).toBe(0)
}

/** The files and the service are alike: nothing is planned. */
export async function expectSettled(world: Sandbox, after = ''): Promise<void> {
  const plan = await world.run('plan', '--detailed-exitcode')
  expect(plan.code, `${after}\n${plan.out}${plan.err}`).toBe(0)
}
