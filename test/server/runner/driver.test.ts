import { expect, test } from 'vitest'
import { RunProblem } from '../../../src/server/runner/connector.ts'
import { driver } from '../../../src/server/runner/driver.ts'

/** A package that nobody has. */
const absent: string = '@polyctl-test/absent'

test('a driver that is not installed is one sentence, which says how to get it', async () => {
  const failure = await driver('@polyctl-test/absent', () => import(absent)).catch(
    (error: unknown) => error
  )
  expect(failure).toBeInstanceOf(RunProblem)
  expect(failure).toMatchObject({
    code: 'driver',
    message:
      'the package "@polyctl-test/absent", which talks to this system, is not installed: ' +
      'npm install @polyctl-test/absent'
  })
})

test('what goes wrong within a driver that is there is told as that', async () => {
  const broken = new TypeError('broken')
  await expect(driver('pg', () => Promise.reject(broken))).rejects.toBe(broken)
  expect(await driver('pg', () => Promise.resolve('it'))).toBe('it')
})
