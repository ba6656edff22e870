import { beforeEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import { isObject, type Json, type JsonObject } from '../../src/state/value.ts'
import { startService, type Service } from '../contract/service.ts'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'
import { makeAwkward } from './awkward.ts'
import { filesIn } from './files.ts'

/** The awkward workspace in a service that spells the same values in another way. */

let service: Service

beforeEach(async () => {
  service = await startService()
  await makeAwkward(service)
})

/** Members that a service may leave out, name null, or have empty. */
const optional = ['relations', 'tracking_columns', 'filters', 'overrides', 'override_fields', 'policies']

/**
 * The same value in other words: keys in another order, settings as texts, null or nothing for an empty
 * list.
 */
function spelled(value: Json, isSetting: boolean, nothing: Json | undefined): Json {
  if (Array.isArray(value)) return value.map((one) => spelled(one, isSetting, nothing))
  if (isSetting && typeof value === 'number') return String(value)
  if (!isObject(value)) return value
  const inner = Object.entries(value).map(([key, one]): [string, Json] => [
    key,
    spelled(one, isSetting || key === 'configuration', nothing)
  ])
  const isEmpty = (one: Json | undefined): boolean =>
    one === undefined || one === null || (Array.isArray(one) && one.length === 0)
  const kept = inner.filter(([key, one]) => !optional.includes(key) || !isEmpty(one))
  const isResource = typeof value['id'] === 'string' && typeof value['name'] === 'string'
  const added = optional.flatMap((key): [string, Json][] =>
    isResource && nothing !== undefined && isEmpty(value[key]) ? [[key, nothing]] : []
  )
  return Object.fromEntries([...kept, ...added].toReversed())
}

const isSpelled = /^\/api\/(?:connections|models|syncs)(?:\/[0-9a-f-]{36})?$/

function worldOf(change: (answer: Json) => Json): Sandbox {
  return createSandbox({
    env: { POLYTOMIC_API_KEY: service.server.apiKey },
    io: {
      fetch: async (request) => {
        const answer = await service.server.fetch(request)
        if (!answer.ok || !isSpelled.test(new URL(request.url).pathname)) return answer
        return Response.json(change((await answer.json()) as JsonObject))
      }
    }
  })
}

/** What files say, whatever the order of keys. */
function valuesOf(files: Record<string, string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [path, parse(text)]))
}

test.each([
  ['null', null],
  ['an empty list', []],
  ['nothing', undefined]
])('R10: spelled in another way, with %s for what is empty, nothing differs', async (_name, nothing) => {
  let isOther = false
  const world = worldOf((answer) => (isOther ? spelled(answer, false, nothing) : answer))
  expect((await world.run('import')).code).toBe(0)
  const files = filesIn(world)
  isOther = true
  const plan = await world.run('plan', '--detailed-exitcode')
  expect(plan.out + plan.err).toContain('Nothing to do')
  expect(plan.code).toBe(0)
  expect((await world.run('drift')).code).toBe(0)
  // What files say already is no reason to refuse, or to write them again.
  const same = await world.run('import')
  expect([same.code, same.err, filesIn(world)]).toEqual([0, '', files])
  // What is written is the short form, however the service spells it.
  const again = await world.run('import', '--force')
  expect([again.code, valuesOf(filesIn(world))]).toEqual([0, valuesOf(files)])
})
