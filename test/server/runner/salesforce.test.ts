import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import {
  LostAnswer,
  RetryLater,
  RunProblem,
  type ConnectionFacts,
  type ConnectorParts,
  type LookUp,
  type Outcome,
  type TargetWriter,
  type WriteRequest
} from '../../../src/server/runner/connector.ts'
import { salesforce } from '../../../src/server/runner/salesforce/connector.ts'
import { Decimal, Instant, type Cell, type Value } from '../../../src/server/runner/value.ts'
import { startSalesforce, type SalesforceFixture } from '../../fixtures/salesforce/index.ts'

let org: SalesforceFixture
let waits: number[]
beforeEach(async () => {
  waits = []
  org = await startSalesforce({ pageSize: 200 })
  onTestFinished(() => org.close())
})

function partsWith(more: Partial<ConnectorParts> = {}): ConnectorParts {
  return {
    fetch: (request) => fetch(request),
    readFile: () => expect.unreachable('no files'),
    now: () => new Date(0),
    sleep: (milliseconds) => Promise.resolve(void waits.push(milliseconds)),
    timeout: () => new AbortController().signal,
    signal: new AbortController().signal,
    ...more
  }
}

async function open(
  configuration: ConnectionFacts['configuration'] = {},
  parts = partsWith()
): Promise<TargetWriter> {
  const { clientId: client_id, clientSecret: client_secret } = org.app
  const own = { domain: org.url, connect_mode: 'clientcredentials', client_id, client_secret }
  const connection = { id: 'c', name: 'CRM', type: 'salesforce' }
  const facts = { ...connection, configuration: { ...own, ...configuration } }
  const writer = await salesforce.writer!(facts, parts)
  onTestFinished(() => writer.close())
  return writer
}

/** Writes records of one operation, given by the names of their fields. */
async function write(
  target: TargetWriter,
  operation: WriteRequest['operation'],
  records: readonly (Record<string, Cell> & { Id?: string })[]
): Promise<Outcome[]> {
  const fields = [...new Set(records.flatMap((one) => Object.keys(one)))].filter((name) => name !== 'Id')
  return await target.write({
    sync: { id: 's', name: 'S' },
    object: 'Contact',
    operation,
    fields,
    records: records.map(({ Id, ...values }, at) => ({
      ...(Id === undefined ? {} : { id: Id }),
      values: fields.map((name) => values[name]),
      token: String(at)
    }))
  })
}

async function find(
  target: TargetWriter,
  matches: [field: string, name?: LookUp['matches'][number]['function']][],
  keys: Value[][],
  select: string[] = []
): Promise<Awaited<ReturnType<TargetWriter['lookUp']>>> {
  return await target.lookUp('Contact', {
    matches: matches.map(([target, name = 'Equality']) => ({ target, function: name })),
    keys,
    select
  })
}

async function failureOf(work: Promise<unknown>): Promise<Error> {
  return await work.then(
    () => expect.unreachable('it did not fail'),
    (error: unknown) => error as Error
  )
}

function person(number: number, more: object = {}): Record<string, Cell> {
  return { LastName: `Person ${number}`, Email: `p${number}@example.com`, ...more }
}

function people(many: number): Record<string, Cell>[] {
  return Array.from({ length: many }, (_, number) => person(number))
}

/** The requests since the first, which signs in. */
function sent(): string[] {
  return org.requests.slice(1).map(({ method, path, status }) => {
    return `${method} ${path.replace('/services/data/v64.0/', '')} ${status}`
  })
}

test('an object is described as Salesforce has it', async () => {
  const facts = await (await open()).describe('contact', {})
  expect([facts.id, facts.label, facts.batch, facts.modes]).toEqual([
    'Contact',
    'Contact',
    200,
    ['create', 'update', 'updateOrCreate', 'remove']
  ])
  const field = (name: string) => facts.fields?.find((one) => one.name === name)
  expect(field('LastName')).toEqual({
    name: 'LastName',
    label: 'Last Name',
    type: 'string',
    remoteType: 'string',
    required: true,
    foldsCase: true
  })
  expect(field('Id')).toEqual({
    name: 'Id',
    label: 'Id',
    type: 'string',
    remoteType: 'id',
    unique: true,
    readOnly: true
  })
  expect(field('Score__c')).toEqual({
    name: 'Score__c',
    label: 'Score__c',
    type: 'number',
    remoteType: 'double'
  })
  const { message } = await failureOf((await open()).describe('Nothing__c', {}))
  expect(message).toBe('Salesforce of the connection "CRM" has no object Nothing__c')
})

describe('records are found', () => {
  test('by many values with few questions, none of them long', async () => {
    const ids = org.put('Contact', people(450))
    const target = await open()
    const keys = Array.from({ length: 500 }, (_, number) => [`P${number}@Example.com`])
    const hits = await find(target, [['Email']], keys, ['LastName'])
    expect(hits.slice(0, 450)).toEqual(ids.map((id, number) => [{ id, values: [`Person ${number}`] }]))
    expect(hits.slice(450)).toEqual(Array.from({ length: 50 }, () => []))
    const queries = org.requests.filter(({ soql }) => soql !== undefined)
    expect(queries.length).toBeLessThan(5)
    for (const { soql = '' } of queries) expect(encodeURIComponent(soql).length).toBeLessThanOrEqual(7000)
  })

  test('by values of every type, in the spelling of each', async () => {
    const [id] = org.put('Contact', [
      person(1, {
        Score__c: 12.5,
        Birthdate: '1815-12-10',
        Last_Seen__c: '2026-01-02T03:04:05Z',
        HasOptedOutOfEmail: true,
        External_Id__c: "it's \\ 50% _"
      })
    ])
    const target = await open()
    const ways: [string, Value][] = [
      ['Score__c', new Decimal('12.50')],
      ['Score__c', '12.5'],
      ['Birthdate', new Instant('1815-12-10T05:00:00Z')],
      ['Last_Seen__c', new Instant('2026-01-02T03:04:05.000Z')],
      ['HasOptedOutOfEmail', true],
      ['External_Id__c', "IT'S \\ 50% _"],
      ['Id', id!],
      ['Id', id!.slice(0, 15)]
    ]
    for (const [field, value] of ways)
      expect(await find(target, [[field]], [[value]]), field).toEqual([[{ id, values: [] }]])
  })

  test('by nothing that no record can have, without a question', async () => {
    const target = await open()
    for (const [field, value] of [
      ['Score__c', 'many'],
      ['Score__c', new Decimal('9007199254740993')],
      ['Birthdate', 'yesterday'],
      ['HasOptedOutOfEmail', 'perhaps'],
      ['Id', 'x'],
      ['Email', `${'x'.repeat(90)}@example.com`]
    ] as const)
      expect(await find(target, [[field]], [[value]])).toEqual([[]])
    expect(sent()).toEqual(['GET sobjects/Contact/describe 200'])
  })

  test('by several values together, one of several, parts and hosts', async () => {
    const [first, second] = org.put('Contact', [
      person(1, { FirstName: 'Ada', Title: 'www.Example.com' }),
      person(2, { FirstName: 'Ada', Title: 'https://sub.example.com/x' })
    ])
    const target = await open()
    const ids = async (...words: Parameters<typeof find> extends [unknown, ...infer Rest] ? Rest : never) =>
      (await find(target, ...words)).map((hits) => hits.map(({ id }) => id))
    expect(
      await ids(
        [['FirstName'], ['Email']],
        [
          ['ada', 'P2@example.com'],
          ['ada', 'nobody@example.com']
        ]
      )
    ).toEqual([[second], []])
    expect(await ids([['FirstName']], [['Ada']])).toEqual([[first, second]])
    expect(
      await ids([['Email', 'OneOf']], [[['x@example.com', 'p1@example.com']], ['p2@example.com']])
    ).toEqual([[first], [second]])
    expect(await ids([['LastName', 'ISubstring']], [['SON 1'], ['son'], ['%']])).toEqual([
      [first],
      [first, second],
      []
    ])
    expect(await ids([['Title', 'DomainMatch']], [['http://example.com/y'], ['']])).toEqual([[first], []])
    expect(await ids([['Title', 'HostnameMatch']], [['a@sub.example.com'], ['example.com']])).toEqual([
      [second],
      []
    ])
  })

  test('with the values of their fields, null where there is none', async () => {
    org.put('Contact', [person(1, { Last_Seen__c: '2026-01-02T03:04:05Z', Score__c: 2 })])
    const fields = ['Last_Seen__c', 'Score__c', 'Phone', 'HasOptedOutOfEmail']
    const [[hit] = []] = await find(await open(), [['Email']], [['p1@example.com']], fields)
    expect(hit!.values).toEqual([new Instant('2026-01-02T03:04:05.000Z'), 2, null, false])
  })

  test('page by page, where several records have one value', async () => {
    org.put(
      'Contact',
      Array.from({ length: 500 }, (_, number) => person(number, { Email: 'same@example.com' }))
    )
    const [hits = []] = await find(await open(), [['Email']], [['same@example.com']])
    expect(hits).toHaveLength(500)
  })

  test('not by fields that are not there, or that Salesforce does not search', async () => {
    const target = await open()
    expect((await failureOf(find(target, [['Nothing__c']], [['x']]))).message).toBe(
      'the object Contact of Salesforce has no field Nothing__c'
    )
    expect((await failureOf(find(target, [['Description']], [['x']]))).message).toBe(
      'Salesforce finds no records of Contact by Description'
    )
    expect((await failureOf(find(target, [['Score__c', 'ISubstring']], [['x']]))).message).toBe(
      'Salesforce finds no parts of a text in Score__c'
    )
  })
})

describe('records are written', () => {
  test('each value in the form of its field; null clears, and missing leaves', async () => {
    const [Id] = org.put('Contact', [person(1, { Title: 'old', Phone: '1', HasOptedOutOfEmail: true })])
    const record = {
      Id: Id!,
      FirstName: 5,
      Title: null,
      Phone: undefined,
      HasOptedOutOfEmail: null,
      Score__c: new Decimal('12.50'),
      Birthdate: new Instant('1815-12-10T05:00:00Z'),
      Last_Seen__c: '2026-01-02T03:04:05+01:00',
      Description: { a: [1, null], b: new Decimal('9007199254740993') }
    }
    expect(await write(await open(), 'update', [record])).toEqual([{ state: 'done', id: Id }])
    const [row] = org.rows('Contact')
    expect(row).toMatchObject({
      FirstName: '5',
      Phone: '1',
      HasOptedOutOfEmail: false,
      Score__c: 12.5,
      Birthdate: '1815-12-10',
      Last_Seen__c: '2026-01-02T02:04:05.000+0000',
      Description: '{"a":[1,null],"b":9007199254740993}'
    })
    expect(row).not.toHaveProperty('Title')
    expect(org.requests.at(-1)!.body).not.toHaveProperty('records.0.Phone')
  })

  test('and each is settled by itself, without its values in what is said of it', async () => {
    const outcomes = await write(await open(), 'insert', [
      person(1),
      person(2, { Email: 'planted' }),
      person(3, { Score__c: 'planted' }),
      person(4, { LastName: null }),
      person(5, { FirstName: `planted${'x'.repeat(50)}` }),
      person(6, { CreatedDate: new Instant('2026-01-01T00:00:00Z') })
    ])
    const [first] = org.rows('Contact')
    expect(outcomes).toEqual([
      { state: 'done', id: first!['Id'] },
      { state: 'rejected', code: 'INVALID_EMAIL_ADDRESS', message: 'Email: invalid email address: …' },
      { state: 'rejected', code: 'INVALID_VALUE', message: 'the field Score__c takes numbers alone' },
      {
        state: 'rejected',
        code: 'REQUIRED_FIELD_MISSING',
        message: 'Required fields are missing: [LastName]'
      },
      {
        state: 'rejected',
        code: 'INVALID_VALUE',
        message: 'the field FirstName takes 40 characters at most'
      },
      {
        state: 'rejected',
        code: 'NOT_WRITABLE',
        message: 'the field CreatedDate is not written by inserts'
      }
    ])
    expect(org.rows('Contact')).toHaveLength(1)
  })

  test('one that fails its whole request is found, and the others are written', async () => {
    const org2 = await startSalesforce({
      objects: [{ name: 'Contact', keyPrefix: '003', fields: [{ name: 'Age__c', type: 'int' }] }]
    })
    onTestFinished(() => org2.close())
    const target = await open({ domain: org2.url })
    const records = Array.from({ length: 200 }, (_, number) => ({
      Age__c: number === 77 ? 3_000_000_000 : number
    }))
    const outcomes = await write(target, 'insert', records)
    expect(outcomes.filter(({ state }) => state === 'done')).toHaveLength(199)
    expect(outcomes[77]).toEqual({
      state: 'rejected',
      code: 'JSON_PARSER_ERROR',
      message: 'Cannot deserialize instance of int from VALUE_NUMBER value …'
    })
    expect(org2.rows('Contact')).toHaveLength(199)
    expect(org2.requests.length).toBeLessThan(20)
  })

  test('deleted records are gone, also those that were gone before', async () => {
    const [first, second] = org.put('Contact', people(2))
    const target = await open()
    const all = [{ Id: first! }, { Id: second! }]
    expect(await write(target, 'delete', all.slice(0, 1))).toEqual([{ state: 'done', id: first }])
    expect(await write(target, 'delete', all)).toEqual([
      { state: 'done', id: first },
      { state: 'done', id: second }
    ])
    expect(org.rows('Contact')).toEqual([])
  })

  test('locked ones are to be tried again', async () => {
    org.locks = { share: 1 }
    const target = await open()
    expect(await write(target, 'insert', people(1))).toEqual([
      { state: 'retry', code: 'UNABLE_TO_LOCK_ROW', message: 'somebody else has the record locked' }
    ])
    expect(await write(target, 'insert', people(1))).toMatchObject([{ state: 'done' }])
  })

  test('nothing is sent where a field is not there', async () => {
    const { message } = await failureOf(write(await open(), 'insert', [person(1, { Nothing__c: 1 })]))
    expect(message).toBe('the object Contact of Salesforce has no field Nothing__c')
    expect(sent()).toEqual(['GET sobjects/Contact/describe 200'])
  })
})

describe('what becomes of a request', () => {
  const insert = 'POST composite/sobjects'

  test.each([
    ['lost-answer', {}, LostAnswer, 'the answer of Salesforce of the connection "CRM" did not come', 1],
    ['lost-request', {}, LostAnswer, 'the answer of Salesforce of the connection "CRM" did not come', 0],
    ['cut-answer', {}, LostAnswer, 'the answer of Salesforce of the connection "CRM" did not come', 1],
    ['error', {}, RetryLater, 'Salesforce of the connection "CRM" answered SERVER_UNAVAILABLE', 0],
    [
      'error',
      { status: 500, errorCode: 'UNKNOWN_EXCEPTION' },
      LostAnswer,
      'Salesforce of the connection "CRM" answered UNKNOWN_EXCEPTION',
      0
    ],
    [
      'error',
      { status: 403, errorCode: 'REQUEST_LIMIT_EXCEEDED' },
      RunProblem,
      'Salesforce of the connection "CRM" takes no more calls today: the next run goes on with the rest',
      0
    ],
    [
      'error',
      { status: 400, errorCode: 'SOMETHING_NEW', message: 'planted@example.com' },
      RunProblem,
      'Salesforce of the connection "CRM" answered SOMETHING_NEW',
      0
    ]
  ] as const)('%s %j', async (failure, more, type, message, rows) => {
    const target = await open()
    org.fail({ failure, on: insert, ...more })
    const error = await failureOf(write(target, 'insert', people(1)))
    expect(error).toBeInstanceOf(type)
    expect(error.message.replace(/ \([A-Z_]+\)$/, '')).toBe(message)
    expect(org.rows('Contact')).toHaveLength(rows)
    // What may have changed something is never sent twice here.
    expect(sent()).toHaveLength(2)
  })

  test('questions are asked again, for a while', async () => {
    org.put('Contact', people(1))
    const target = await open()
    const look = 'GET query'
    org.fail(
      { failure: 'lost-request', on: look },
      { failure: 'cut-answer', on: look, skip: 1 },
      { failure: 'error', on: look, skip: 2 },
      { failure: 'error', on: look, skip: 3, status: 500, errorCode: 'UNKNOWN_EXCEPTION' }
    )
    expect((await find(target, [['Email']], [['p0@example.com']]))[0]).toHaveLength(1)
    expect(waits).toEqual([500, 1000, 2000, 4000])
    org.down = true
    const error = await failureOf(find(target, [['Email']], [['p0@example.com']]))
    expect([error instanceof RunProblem, error.message.replace(/ \([A-Z_]+\)$/, '')]).toEqual([
      true,
      'Salesforce of the connection "CRM" cannot be reached'
    ])
  })

  test('nobody listens', async () => {
    const target = await open()
    await target.describe('Contact', {})
    await org.close()
    // The first one may be sent on a connection of before.
    await failureOf(write(target, 'insert', people(1)))
    const error = await failureOf(write(target, 'insert', people(1)))
    expect([error.constructor, error.message]).toEqual([
      RetryLater,
      'Salesforce of the connection "CRM" cannot be reached (ECONNREFUSED)'
    ])
    expect((await failureOf(open())).message).toBe(
      'Salesforce of the connection "CRM" cannot be reached (ECONNREFUSED)'
    )
  })

  test('a silent one is given up after a while', async () => {
    org.latency = 60_000
    const timeout = (): AbortSignal => AbortSignal.timeout(20)
    const error = await failureOf(open({}, partsWith({ timeout })))
    expect([error.constructor, waits.length]).toEqual([RunProblem, 4])
  })

  test('a run that is canceled waits for no answer', async () => {
    const stop = new AbortController()
    const target = await open({}, partsWith({ signal: stop.signal }))
    await target.describe('Contact', {})
    org.latency = 60_000
    const work = write(target, 'insert', people(1))
    await expect.poll(() => org.requests.at(-1)!.method).toBe('POST')
    stop.abort(new Error('canceled'))
    expect((await failureOf(work)).message).toBe('canceled')
  })

  test('no more calls are made than a connection allows', async () => {
    const target = await open({ enforce_api_limits: true, daily_api_calls: 2 })
    await target.describe('Contact', {})
    await write(target, 'insert', people(1))
    expect((await failureOf(write(target, 'insert', people(1)))).message).toBe(
      '2 calls to Salesforce were made today, and the connection "CRM" allows 2 (daily_api_calls): ' +
        'the next run goes on with the rest'
    )
    expect(org.rows('Contact')).toHaveLength(1)
  })
})

describe('who signs in', () => {
  test('by a refresh token, and again when the session has ended, once for all', async () => {
    const token = { connect_mode: 'api', oauth_refresh_token: org.refreshToken() }
    const target = await open(token)
    await target.describe('Contact', {})
    org.expireTokens()
    await Promise.all([0, 1, 2].map((number) => write(target, 'insert', [person(number)])))
    expect(org.rows('Contact')).toHaveLength(3)
    expect(sent().filter((request) => request.includes('token'))).toHaveLength(1)
  })

  test('nobody whose right was taken away: one clear error, and no loop', async () => {
    const target = await open()
    await target.describe('Contact', {})
    org.revoke()
    const { message } = await failureOf(write(target, 'insert', people(1)))
    expect(message).toBe(
      'Salesforce refuses the connection "CRM": expired access/refresh token (invalid_grant)'
    )
    expect(sent().slice(1)).toEqual(['POST composite/sobjects 401', 'POST /services/oauth2/token 400'])
  })

  test('and no loop where a new token is refused too', async () => {
    const target = await open()
    await target.describe('Contact', {})
    const refusal = { failure: 'error', status: 401, errorCode: 'INVALID_SESSION_ID', times: 9 } as const
    org.fail({ ...refusal, on: 'POST composite/sobjects' })
    expect((await failureOf(write(target, 'insert', people(1)))).message).toBe(
      'Salesforce of the connection "CRM" does not take the token that it gave just before'
    )
    expect(sent().slice(1)).toHaveLength(3)
  })

  const nothing =
    'the connection "CRM" has nothing by which this server could sign in to Salesforce: set ' +
    'SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET for the server, and polyctl connect "CRM"; or give the ' +
    'connection connect_mode clientcredentials, client_id and client_secret; or connect_mode api, these two ' +
    'and oauth_refresh_token'

  test.each([
    [
      { client_secret: 'wrong' },
      'Salesforce refuses the connection "CRM": invalid client credentials (invalid_client)'
    ],
    [{ connect_mode: 'browser' }, nothing],
    [{ client_id: null }, nothing],
    [{ domain: '' }, 'the domain of the connection "CRM" is no address'],
    [{ domain: 'http://crm.example.com' }, 'the domain of the connection "CRM" must begin with https://']
  ])('not with %j', async (configuration, message) => {
    expect((await failureOf(open(configuration))).message).toBe(message)
  })

  test('at an address with or without its scheme, and by the name of the organization alone', async () => {
    const seen: string[] = []
    const parts = partsWith({
      fetch: ({ url }) => {
        seen.push(url)
        return fetch(`${org.url}/services/oauth2/token`, { method: 'GET' })
      }
    })
    for (const domain of ['crm.example.com', 'https://crm.example.com/', 'example-crm'])
      await failureOf(open({ domain }, parts))
    expect([...new Set(seen)]).toEqual([
      'https://crm.example.com/services/oauth2/token',
      'https://example-crm.my.salesforce.com/services/oauth2/token'
    ])
  })
})
