import { expect, test } from 'vitest'
import { createSandbox } from '../support/sandbox.ts'

test('help is the same in whichever order the words ask for it', async () => {
  const world = createSandbox()
  const overview = (await world.run('--help')).out
  const commands = [...overview.matchAll(/^ {2}([a-z]+) /gm)].map((found) => found[1]!)
  expect(overview).toContain('plan [options]')
  for (const words of [['--help', 'nosuch'], ['nosuch', '--help'], ...commands.map((name) => ['-h', name])])
    expect((await world.run(...words)).out, words.join(' ')).toBe(overview)
  for (const name of commands.filter((one) => one !== 'help' && one !== 'completion')) {
    const own = (await world.run(name, '--help')).out
    expect(own).toContain(`Usage: polyctl ${name}`)
    // What is used where an option is left out is said once, in words of people.
    expect(own).not.toMatch(/\(default:[^)]*\)\s+\(default:|\(default: "?\d{5,}/)
    expect((await world.run('help', name)).out).toBe(own)
  }
})
