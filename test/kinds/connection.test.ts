import { describe, expect, test } from 'vitest'
import { connectionTypes, configurationSchema, isSecretSetting } from '../../src/kinds/connection-types.ts'
import { exchangeOf, kindNamed } from '../support/exchange.ts'
import { problemsOf } from '../support/reading.ts'

const { differences, update, create, read, id } = exchangeOf('connection')
const mongodb = (configuration: object) => ({ type: 'mongodb', configuration: configuration as never })
const live = (type: string, configuration: object, more: object = {}) =>
  ({ id: 'c1', name: 'C', type: { id: type, name: type }, configuration, ...more }) as never

describe('secrets', () => {
  test.each(Object.entries(connectionTypes))(
    'all settings of %s that the service masks are secrets, and no others at the top',
    (type, { fields }) => {
      const masked = Object.keys(fields).filter((name) => fields[name]?.secret === true)
      expect(Object.keys(fields).filter((name) => isSecretSetting(type, [name]))).toEqual(masked)
    }
  )

  test.each([
    ['csv', ['auth', 'basic', 'password'], true],
    ['csv', ['auth', 'basic', 'username'], false],
    ['csv', ['auth', 'oauth', 'client_secret'], true],
    ['csv', ['auth', 'oauth', 'client_id'], false],
    ['csv', ['auth', 'oauth', 'token_endpoint'], false],
    ['csv', ['auth', 'oauth', 'extra_form_data', 0, 'value'], true],
    ['csv', ['auth', 'header', 'value'], true],
    ['csv', ['auth', 'query', 0, 'value'], true],
    ['csv', ['headers', 0, 'value'], true],
    ['csv', ['headers', 0, 'name'], false],
    ['csv', ['parameters', 0, 'value'], true],
    ['webhook', ['basic', 'password'], true],
    ['webhook', ['header', 'value'], true],
    ['github', ['repositories', 0, 'value'], false],
    ['gsheets', ['spreadsheet_id', 'value'], false]
  ] as const)(
    'inside of %s, where the service flags nothing, %j tells by its name: %s',
    (type, path, secret) => {
      expect(isSecretSetting(type, path)).toBe(secret)
    }
  )

  test('R10: masks come back, of any length, and are neither compared nor sent', () => {
    const there = live('csv', {
      url: 'u',
      api: '***',
      auth: { basic: { username: 'a', password: '********' } },
      more: ['*****', 'x']
    })
    expect(read(there)['configuration']).toEqual({
      url: 'u',
      auth: { basic: { username: 'a' } },
      more: ['x']
    })
    expect(update({ type: 'csv' }, there)['configuration']).toEqual({
      url: 'u',
      auth: { basic: { username: 'a' } },
      more: ['x']
    })
  })

  test('a nested secret that the service answers in clear is not shown, and goes back where no file states it', () => {
    const there = live('csv', { url: 'u', headers: [{ name: 'X-Key', value: 'clear' }] })
    expect(read(there)['configuration']).toEqual({ url: 'u', headers: [{ name: 'X-Key' }] })
    expect(update({ type: 'csv' }, there)['configuration']).toEqual({
      url: 'u',
      headers: [{ name: 'X-Key', value: 'clear' }]
    })
  })

  test('an item of a list with a secret in it is known by its other parts, in any order', () => {
    const item = {
      type: 'csv',
      configuration: {
        headers: [
          { name: 'A', value: { $secret: 'env A' } },
          { name: 'B', value: { $secret: 'env B' } }
        ]
      }
    }
    const there = live('csv', {
      headers: [
        { name: 'B', value: 'clear' },
        { name: 'A', value: '********' }
      ]
    })
    expect(differences(item, there)).toEqual([])
  })
})

describe('configuration', () => {
  test('R10: the configuration gains keys, and that is no difference', () => {
    expect(
      differences(
        mongodb({ hosts: 'h' }),
        live('mongodb', { hosts: 'h', ssl: true, port: 27017, params: '' })
      )
    ).toEqual([])
  })

  test('R5: absent, null, "" and [] are the same thing', () => {
    const wanted = mongodb({ hosts: 'h', database: '', params: null, other: [] })
    expect(differences(wanted, live('mongodb', { hosts: 'h' }))).toEqual([])
    expect(
      differences(wanted, live('mongodb', { hosts: 'h', database: null, params: '', other: {} }))
    ).toEqual([])
  })

  test('R5: no configuration at all states nothing', () => {
    expect(differences({ type: 'hubspot' }, live('hubspot', { connect_mode: 'browser' }))).toEqual([])
    expect(
      differences({ type: 'hubspot', configuration: {} }, live('hubspot', { connect_mode: 'browser' }))
    ).toEqual([])
  })

  test('R5: a key that is stated empty is cleared', () => {
    const there = live('mongodb', { hosts: 'h', database: 'd', deep: { a: 1, b: 2 } })
    const item = mongodb({ hosts: 'h', database: '', deep: { a: null } })
    expect(differences(item, there)).toEqual([
      'removed configuration.database',
      'removed configuration.deep.a'
    ])
    expect(update(item, there)['configuration']).toEqual({ hosts: 'h', deep: { b: 2 } })
    expect(create(item)['configuration']).toEqual({ hosts: 'h', deep: {} })
  })

  test('R5: types matter: true is not "true", 42 is not "42"', () => {
    expect(differences(mongodb({ a: true, b: 42 }), live('mongodb', { a: 'true', b: '42' }))).toEqual([
      'changed configuration.a',
      'changed configuration.b'
    ])
  })

  test('R8: what nobody states stays; what the service owns does not go back', () => {
    const there = live(
      'airtable',
      { api_key: '******', client_id: 'x', by_hand: 1 },
      { policies: ['p'], status: 'healthy', created_at: '2024' }
    )
    const body = update({ type: 'airtable', configuration: { client_id: 'y' } }, there)
    expect(body).toEqual({
      name: 'x',
      validate: false,
      policies: ['p'],
      configuration: { client_id: 'y', by_hand: 1 }
    })
    const dropbox = live('dropbox', { oauth_token_expiry: '2030', connected_user: 'me' })
    expect(update({ type: 'dropbox' }, dropbox)).toMatchObject({ configuration: {} })
  })

  test.each(Object.entries(connectionTypes))(
    'of %s the files may set what a client may set, and nothing that is the service’s',
    (type, { fields }) => {
      const settable = Object.keys(fields).filter((name) => {
        const { readOnly, hidden, api } = fields[name]!
        return readOnly !== true && (hidden !== true || api === true)
      })
      expect(Object.keys(configurationSchema(type)['properties'] as object)).toEqual(settable)
    }
  )

  test('P107: a field that the service fills cannot be set', async () => {
    const yaml =
      'connections: [{ name: W, type: webhook, configuration: { url: "https://a.example", secret: "${env:S}" } }]'
    expect(await problemsOf(yaml, { env: { S: 'x' } })).toEqual([
      expect.stringMatching(/^P107 1:\d+ secret$/)
    ])
  })
})

describe('fields by class', () => {
  test('R6: the type is fixed', () => {
    expect(differences({ type: 'mysql' }, live('mongodb', {}))).toEqual(['changed type'])
    expect(update({ type: 'mongodb' }, live('mongodb', {}))).not.toHaveProperty('type')
    expect(create({ type: 'mongodb' })).toHaveProperty('type', 'mongodb')
  })

  test('R6: redirect_url is sent once', () => {
    const item = { type: 'hubspot', redirect_url: 'https://a.example' }
    expect(create(item)).toHaveProperty('redirect_url', 'https://a.example')
    expect(update(item, live('hubspot', {}))).not.toHaveProperty('redirect_url')
    expect(differences(item, live('hubspot', {}))).toEqual([])
  })

  test('R6: healthcheck_interval and validate cannot be read back: sent with every write, never compared', () => {
    const item = { type: 'hubspot', healthcheck_interval: '1h', validate: true }
    expect(update(item, live('hubspot', {}))).toMatchObject({ healthcheck_interval: '1h', validate: true })
    expect(differences(item, live('hubspot', {}))).toEqual([])
  })

  test('the service is told not to try the credentials, unless a file says so', () => {
    expect(create({ type: 'mongodb' })).toHaveProperty('validate', false)
  })

  test('R6: policies are managed where they are stated, as a set, by name or id', () => {
    const there = live('mongodb', {}, { policies: [id('policy', 'B'), id('policy', 'A')] })
    expect(differences({ type: 'mongodb' }, there)).toEqual([])
    expect(differences({ type: 'mongodb', policies: ['A', 'B'] }, there)).toEqual([])
    expect(differences({ type: 'mongodb', policies: ['A'] }, there)).toEqual(['removed policies.[B]'])
    expect(differences({ type: 'mongodb', policies: [] }, there)).toEqual([
      'removed policies.[A]',
      'removed policies.[B]'
    ])
    expect(update({ type: 'mongodb', policies: [] }, there)).toHaveProperty('policies', [])
    expect(update({ type: 'mongodb' }, there)).toHaveProperty('policies', [
      id('policy', 'B'),
      id('policy', 'A')
    ])
  })
})

describe('authorization', () => {
  const { pendingReason } = kindNamed('connection')

  test('a connection that a person authorizes waits until it is healthy', () => {
    expect(pendingReason?.(live('salesforce', {}, { status: 'healthy' }))).toBeUndefined()
    expect(pendingReason?.(live('salesforce', {}, { status: 'new' }))).toBe(
      'it is not authorized yet, or no longer'
    )
    expect(pendingReason?.(live('salesforce', {}, { status: 'error', status_error: 'expired' }))).toBe(
      'it is not authorized yet, or no longer: expired'
    )
  })

  test('one that nobody authorizes never waits', () => {
    expect(pendingReason?.(live('mongodb', {}, { status: 'new' }))).toBeUndefined()
  })
})
