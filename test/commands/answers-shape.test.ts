import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  fuzzAnswers,
  commands,
  complaint,
  openStage,
  others,
  placesIn,
  replacedAt,
  type Stage
} from '../fuzz/answers.ts'
import { samples, spread } from '../support/samples.ts'

/**
 * Every member of every answer of a small world, with something else in its place: whatever a service answers,
 * a command ends with a problem that says so, or as if nothing had been.
 */

let stage: Stage

beforeAll(async () => {
  stage = await openStage()
})

afterAll(() => stage.close())

/** What shows the same in another way reads the same. */
const reading = commands.filter(
  (words) => !['apply', 'connect', 'drift'].includes(words[0] ?? '') && words.join(' ') !== 'plan'
)

/** The answers to a command, by what was asked: ids differ from run to run, and stand for themselves. */
async function answersTo(words: readonly string[]): Promise<Map<string, string>> {
  const answers = new Map<string, string>()
  await stage.run(words, (line, text) => {
    answers.set(line, text)
    return text
  })
  return answers
}

describe('whatever stands in place of a member of an answer', () => {
  test.each(reading.map((words) => [words.join(' '), words] as const))('%s', async (_name, words) => {
    const isLong = words[0] === 'plan' || words[0] === 'drift'
    let runs = 0
    for (const [line, text] of await answersTo(words)) {
      const value = JSON.parse(text) as unknown
      // What a connection is found by is read by all of these.
      if (!isLong && !/source|target/.test(line)) continue
      for (const place of spread(placesIn(value), isLong ? 11 : 5)) {
        const [one, another] = [others[runs % others.length], others[(runs + 5) % others.length]]
        for (const by of isLong ? [one] : [one, another]) {
          const changed = JSON.stringify(replacedAt(value, place, by)) ?? ''
          const ended = await stage.run(words, (asked, same) => (asked === line ? changed : same))
          const what = complaint(words, ended)
          expect(what, `${line} ${place.join('.')} = ${JSON.stringify(by)}`).toBeUndefined()
          runs += 1
        }
      }
    }
    expect(runs).toBeGreaterThan(5)
  })
})

test('whatever is answered by chance', async () => {
  const { failures } = await fuzzAnswers(1, samples(60).numRuns)
  expect(failures).toEqual([])
})
