import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { isExactly } from '../../src/state/number.ts'
import { boundedJson } from '../../src/state/json-text.ts'
import { samples } from '../support/samples.ts'
import { createSandbox, tutorial } from '../support/sandbox.ts'

/** A number that no program holds exactly is carried by its digits, and goes back as it came. */

const digits = ['12345678901234567890', '0.1234567890123456789', '1e-400', '-9007199254740993', '1e400']

test.each(digits)('%s goes back in an update just as it was answered', async (number) => {
  const bodies: string[] = []
  const world = createSandbox({
    files: { 'configs/a.yaml': tutorial },
    env: { MONGODB_PASSWORD: 'pw' },
    io: {
      fetch: async (request) => {
        const isOfModel = /\/api\/models\/[^/]+$/.test(new URL(request.url).pathname)
        if (request.method === 'PUT' && isOfModel) bodies.push(await request.clone().text())
        const response = await world.server.fetch(request)
        if (request.method !== 'GET' || !isOfModel) return response
        const text = (await response.text()).replace(
          '"data":{',
          `"data":{"limit":${number},"deep":[{"n":${number}}],`
        )
        return new Response(text, { status: response.status, headers: response.headers })
      }
    }
  })
  await world.run('apply', '--yes')
  world.write({ 'configs/a.yaml': tutorial.replace('collection: users', 'collection: people') })
  const ran = await world.run('apply', '--yes', '--only', 'MongoDB Model')
  expect(bodies.length, ran.out + ran.err).toBeGreaterThan(0)
  expect(bodies.at(-1)).toContain(`"limit":${number}`)
  expect(bodies.at(-1)).toContain(`"n":${number}`)
})

test.each([...digits, '-1.5E+400', '12e-999'])('%s is found wherever a number may stand', (number) => {
  const long = { $number: number }
  expect(boundedJson(number)).toEqual({ ok: true, value: long })
  for (const space of ['', ' ', '\n', '\t', '\r'])
    expect(boundedJson(`{"a":${space}${number},"b":[${space}${number},${space}${number}]}`)).toEqual({
      ok: true,
      value: { a: long, b: [long, long] }
    })
})

test('what is held exactly stays a number', () => {
  expect(boundedJson('[1.10, 1e3, 9007199254740991, 0.30000000000000004]')).toEqual({
    ok: true,
    value: [1.1, 1000, 9007199254740991, 0.30000000000000004]
  })
})

test('each number of an answer is held exactly, or kept by its digits, wherever it stands', () => {
  const written = fc.stringMatching(/^-?(?:0|[1-9]\d{0,20})(?:\.\d{1,20})?(?:e3|E\+2|e-400)?$/)
  const places = ['%', '[%]', '[1,%]', '[ %,1]', '[\n%]', '{"a":%}', '{"0e1": %}']
  fc.assert(
    fc.property(written, fc.constantFrom(...places), (number, place) => {
      const read = isExactly(Number(number), number) ? number : `{"$number":"${number}"}`
      const value: unknown = JSON.parse(place.replace('%', read))
      expect(boundedJson(place.replace('%', number))).toEqual({ ok: true, value })
    }),
    samples(2_000, 400)
  )
})

test.each(['{"a":{"$secret":"env PW"}}', '[{"\\u0024ref":"x"}]', '{"$number":"1"}'])(
  'an answer cannot say %s',
  (text) => {
    expect(boundedJson(text)).toMatchObject({ ok: false, beyond: expect.stringContaining('$') as string })
  }
)
