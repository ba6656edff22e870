import { expect } from 'vitest'
import type { Sandbox } from './sandbox.ts'

/** Runs a command that must end with this exit code, and returns everything it printed. */
export async function run(world: Sandbox, code: number, ...words: string[]): Promise<string> {
  const ran = await world.run(...words)
  expect(ran.code, ran.out + ran.err).toBe(code)
  return ran.out + ran.err
}

/** Applies the files, after which nothing must be left to do. */
export async function expectSettled(world: Sandbox, files: string): Promise<void> {
  world.write({ 'configs/a.yaml': files })
  await run(world, 0, 'validate')
  await run(world, 0, 'apply', '--yes')
  await run(world, 0, 'plan', '--detailed-exitcode')
}
