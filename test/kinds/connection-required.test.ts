import { describe, expect, test } from 'vitest'
import { exampleValue } from '../../src/kinds/connection-examples.ts'
import { missingSettings, neededSettings } from '../../src/kinds/connection-required.ts'
import { connectionTypes } from '../../src/kinds/connection-types.ts'
import type { JsonObject } from '../../src/state/value.ts'
import { createServer } from '../../src/server/index.ts'

const server = createServer()
let made = 0

/** What the service says of a new connection: nothing where it makes it. */
async function refusal(type: string, configuration: JsonObject): Promise<string | undefined> {
  const request = new Request('https://polytomic.test/api/connections', {
    method: 'POST',
    headers: { authorization: `Bearer ${server.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: `c${(made += 1)}`, type, configuration })
  })
  const answer = await server.fetch(request)
  if (answer.ok) return undefined
  const { message } = (await answer.json()) as { message: string }
  return message
}

const names = (type: string, configuration: JsonObject): string[] =>
  missingSettings(type, configuration).flatMap(({ message }) =>
    Array.from(message.matchAll(/`([^`]+)`/g), ([, name]) => name!)
  )

/** Each type as it is without a word, and in each of its modes that no person completes. */
const cases = Object.keys(connectionTypes).flatMap((type): [string, JsonObject][] => {
  const { by } = neededSettings(type)
  const modes = Object.keys(by?.values ?? {}).map((mode): [string, JsonObject] => [
    type,
    { [by!.key]: mode }
  ])
  return [[type, {}], ...modes]
})

test('of every type, and of every mode, what the service refuses is known before, and nothing else', async () => {
  const wrong: string[] = []
  for (const [type, configuration] of cases) {
    const missing = names(type, configuration)
    const answer = await refusal(type, configuration)
    const isFirst = missing.some((name) => answer?.includes(name))
    if (answer === undefined ? missing.length > 0 : !isFirst)
      wrong.push(`${type} ${JSON.stringify(configuration)}: ${missing.join()} / ${answer}`)
  }
  expect(wrong).toEqual([])
  expect(
    cases.filter(([type, configuration]) => names(type, configuration).length > 0).length
  ).toBeGreaterThan(150)
})

test('with the values that are shown for what is missing, the service makes each of them', async () => {
  const refused: string[] = []
  for (const [type, configuration] of cases) {
    const shown = names(type, configuration).map((name) => [name, sent(type, name)])
    const answer = await refusal(type, { ...configuration, ...(Object.fromEntries(shown) as JsonObject) })
    if (answer !== undefined) refused.push(`${type}: ${answer}`)
  }
  expect(refused).toEqual([])
})

/** A placeholder of a number is a number by then. */
function sent(type: string, name: string) {
  const isNumber = connectionTypes[type]?.fields[name]?.type === 'integer'
  return isNumber ? 1 : exampleValue(type, name)
}

describe('where a person authorizes it', () => {
  test.each(['gsheets', 'salesforce', 'pardot', 'zendesk_chat', 'github', 'hubspot', 'netsuiteopenair'])(
    'a new %s connection may be empty',
    (type) => expect(missingSettings(type, {})).toEqual([])
  )
  test('what only the description of the service asks for is a doubt', () => {
    expect(missingSettings('azureblob', { auth_method: 'access_key' })).toMatchObject([
      { severity: 'warning' }
    ])
    expect(missingSettings('azureblob', { auth_method: 'oauth' })).toEqual([])
  })
  test('what is documented of a mode is not', () => {
    const [found] = missingSettings('salesforce', { connect_mode: 'api', client_id: 'x', domain: 'y' })
    expect(found).not.toHaveProperty('severity')
    expect(found?.message).toContain('`client_secret` and `oauth_refresh_token` where the mode is api')
  })
})

test('what has a default, or is empty text, is treated as the service treats it', () => {
  expect(missingSettings('bigquery', {})).toEqual([])
  expect(names('mongodb', { hosts: '' })).toEqual(['hosts'])
  expect(names('mongodb', { hosts: { $secret: 'env:HOSTS' } })).toEqual([])
})
