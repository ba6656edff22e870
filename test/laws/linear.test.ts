import { expect, test } from 'vitest'
import { read } from '../support/reading.ts'
import { renderProblems } from '../support/rendered.ts'
import { isFew, spread } from '../support/samples.ts'

/**
 * What costs the square of what is written stops being an answer at a few thousand mistakes. Times are compared
 * within one run, of CPU and not of the clock, and the least of several is taken: another program that runs
 * beside does not count.
 */

const connection = '  - { name: C, type: postgresql, configuration: { hostname: h } }\n'

const shapes: Record<string, (count: number) => string> = {
  'aliases that name nothing': (count) =>
    `connections:\n${connection}x-a:\n${lines(count, (at) => `  - &anchor_${at} 1\n  - *anchr_${at}\n`)}`,
  'unknown keys of one mapping': (count) =>
    `connections:\n  - name: C\n    type: postgresql\n    configuration:\n${lines(count, (at) => `      hostnam${at}: x\n`)}`,
  'unknown sections': (count) =>
    `connections:\n${connection}${lines(count, (at) => `conections${at}: 1\n`)}`,
  'wrong items of one list': (count) =>
    `syncs:\n  - name: S\n    fields:\n${lines(count, (at) => `      - { source: ${at}, target: [], mode: x }\n`)}`,
  'alternatives that do not fit': (count) =>
    `syncs:\n  - name: S\n    fields:\n${lines(count, () => '      - { source: { feld: a }, target: b }\n')}`,
  'references to nothing': (count) =>
    `models:\n${lines(count, (at) => `  - { name: M${at}, connection: Conection ${at}, configuration: { table: t } }\n`)}`,
  'variables that nothing declares': (count) =>
    `variables:\n${lines(count, (at) => `  variable_${at}: { default: x }\n`)}models:\n${lines(
      count,
      (at) => `  - { name: M${at}, connection: C, configuration: { table: "\${var:variabel_${at}}" } }\n`
    )}`,
  'names that are declared twice': (count) =>
    `models:\n${lines(count, () => '  - { name: M, connection: C, configuration: { table: t } }\n')}`,
  'keys that are written twice': (count) => `x-a:\n${lines(count, () => '  a: 1\n')}`,
  'placeholders beside secrets': (count) =>
    `connections:\n  - name: C\n    type: api\n    configuration:\n      url: https://a.example\n      headers:\n${lines(
      count,
      (at) => `        - { name: "\${env:N${at}}", value: "\${env:V${at}}" }\n`
    )}`
}

function lines(count: number, line: (at: number) => string): string {
  return Array.from({ length: count }, (_, at) => line(at)).join('')
}

/** How many mistakes there are, and their fourfold: as few as still take longer than the clock is exact. */
const [few, many] = isFew ? [250, 1_000] : [500, 2_000]

/** Milliseconds of CPU, the least of three. */
async function cost(text: string, work: (text: string) => Promise<unknown> = read): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < 3; round++) {
    const before = process.cpuUsage()
    await work(text)
    const { user, system } = process.cpuUsage(before)
    times.push((user + system) / 1000)
  }
  return Math.min(...times)
}

test.each(spread(Object.entries(shapes), 4))(
  'twice as many cost twice as much: %s',
  async (_name, shape) => {
    await cost(shape(200))
    // The square would be sixteen, each time; what is linear is four, and the collector of garbage wants a share.
    let ratio = Infinity
    for (let round = 0; round < 3 && ratio >= 9; round++) {
      const [once, fourTimes] = [await cost(shape(few)), await cost(shape(many))]
      ratio = Math.min(ratio, fourTimes / Math.max(once, 5))
    }
    expect(ratio).toBeLessThan(9)
  }
)

test('mistakes that stand on one line are told in as much time as there are of them', async () => {
  const report = async (text: string): Promise<void> => {
    const { result, texts } = await read(text)
    renderProblems(result.problems, texts, { colour: false, width: 100 })
  }
  const line = (count: number): string =>
    `roles: [${lines(count, (at) => `{ name: n${at}, colour: x${at} }, `)}]\n`
  await cost(line(200), report)
  const [once, fourTimes] = [await cost(line(few), report), await cost(line(many), report)]
  expect(fourTimes / Math.max(once, 5)).toBeLessThan(9)
})
