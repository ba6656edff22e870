import { Binary, Decimal128, Double, Int32, Long, ObjectId, Timestamp, UUID } from 'bson'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import {
  RunProblem,
  type ConnectionFacts,
  type ConnectorParts,
  type Source
} from '../../../src/server/runner/connector.ts'
import { mongodb } from '../../../src/server/runner/mongodb/connector.ts'
import { Decimal, Instant, type Row } from '../../../src/server/runner/value.ts'
import { startMongo, type MongoFixture } from '../../fixtures/mongodb/index.ts'

const user = { username: 'reader', password: ' p@ss/wörd ' }
const users = { database: 'example', collection: 'users' }

let fixture: MongoFixture
beforeEach(async () => {
  fixture = await startMongo({ user })
  onTestFinished(() => fixture.close())
})

function partsWith(signal: AbortSignal = new AbortController().signal): ConnectorParts {
  return {
    signal,
    now: () => new Date(0),
    sleep: () => Promise.resolve(),
    timeout: () => new AbortController().signal,
    fetch: () => expect.unreachable('no requests'),
    readFile: () => expect.unreachable('no files')
  }
}

async function open(
  configuration: ConnectionFacts['configuration'] = {},
  parts = partsWith()
): Promise<Source> {
  const own = { hosts: fixture.host, ...user, ssl: false }
  const connection = { id: 'c', name: 'Users', type: 'mongodb' }
  const source = await mongodb.source!(
    { ...connection, configuration: { ...own, ...configuration } },
    parts
  )
  onTestFinished(() => source.close())
  return source
}

/** Where nobody answers: a busy machine must not be taken for that elsewhere. */
const impatient = { params: 'serverSelectionTimeoutMS=400' }

async function read(source: Source, fields: string[], batch = 1000): Promise<Row[][]> {
  return await Array.fromAsync(source.rows({ configuration: users, fields, batch }))
}

async function problem(work: Promise<unknown>): Promise<RunProblem> {
  const error = await work.then(
    () => expect.unreachable('it did not fail'),
    (reason: unknown) => reason
  )
  expect(error).toBeInstanceOf(RunProblem)
  return error as RunProblem
}

describe('rows', () => {
  test('every type becomes a value that keeps what it says', async () => {
    const id = new ObjectId('0123456789abcdef01234567')
    fixture.put('example.users', [
      {
        _id: id,
        text: 'Ünï 🙂',
        int: new Int32(7),
        double: 1.5,
        whole: new Double(3),
        notNumber: Number.NaN,
        long: Long.fromString('9007199254740993'),
        decimal: Decimal128.fromString('12345678901234567890.10'),
        power: Decimal128.fromString('1E+3'),
        endless: Decimal128.fromString('Infinity'),
        date: new Date('2026-02-03T04:05:06.789Z'),
        stamp: new Timestamp({ t: 1_700_000_000, i: 1 }),
        bytes: new Binary(Buffer.from([0, 1, 255])),
        uuid: new UUID('c0ffee00-0000-4000-8000-000000000001'),
        pattern: /a.b/i,
        yes: true,
        nothing: null,
        list: [1, 'two', null, { at: new Date(0) }],
        nested: { id, deep: { n: null } }
      }
    ])
    const expected: Record<string, unknown> = {
      _id: '0123456789abcdef01234567',
      text: 'Ünï 🙂',
      int: 7,
      double: 1.5,
      whole: 3,
      notNumber: new Decimal('NaN'),
      long: 9_007_199_254_740_993n,
      decimal: new Decimal('12345678901234567890.10'),
      power: new Decimal('1000'),
      endless: new Decimal('Infinity'),
      date: new Instant('2026-02-03T04:05:06.789Z'),
      stamp: new Instant('2023-11-14T22:13:20.000Z'),
      bytes: new Uint8Array([0, 1, 255]),
      uuid: 'c0ffee00-0000-4000-8000-000000000001',
      pattern: '/a.b/i',
      yes: true,
      nothing: null,
      list: [1, 'two', null, { at: new Instant('1970-01-01T00:00:00.000Z') }],
      nested: { id: '0123456789abcdef01234567', deep: { n: null } },
      absent: undefined
    }
    const [[row = []] = []] = await read(await open(), Object.keys(expected))
    const plain = row.map((cell) => (cell instanceof Uint8Array ? new Uint8Array(cell) : cell))
    expect(Object.fromEntries(Object.keys(expected).map((name, at) => [name, plain[at]]))).toEqual(expected)
  })

  test('a path leads into documents and lists, and missing is not null', async () => {
    fixture.put('example.users', [
      { _id: 1, address: { city: 'London', geo: { lat: 51.5 } }, tags: ['a', 'b'] },
      { _id: 2, address: null, tags: [] },
      { _id: 3, address: { city: null } },
      { _id: 4, address: 'London', tags: 'ab', email: 'late@example.com' }
    ])
    const fields = ['address.city', 'address', 'tags.1', 'address.geo.lat', 'email']
    expect(await read(await open(), fields)).toEqual([
      [
        ['London', { city: 'London', geo: { lat: 51.5 } }, 'b', 51.5, undefined],
        [null, null, undefined, null, undefined],
        [null, { city: null }, undefined, undefined, undefined],
        [undefined, 'London', undefined, undefined, 'late@example.com']
      ]
    ])
    const find = fixture.commands.find(({ name }) => name === 'find')
    expect(find!.body['projection']).toEqual({ _id: 0, address: 1, tags: 1, email: 1 })
  })

  test('come in batches of the size asked for', async () => {
    fixture.put(
      'example.users',
      Array.from({ length: 2500 }, (_, n) => ({ _id: n }))
    )
    const batches = await read(await open(), ['_id'])
    expect(batches.map(({ length }) => length)).toEqual([1000, 1000, 500])
    expect(batches[2]!.at(-1)).toEqual([2499])
    expect(await read(await open(), [])).toHaveLength(3)
  })

  test('whoever leaves early closes the cursor', async () => {
    fixture.put(
      'example.users',
      Array.from({ length: 500 }, (_, n) => ({ _id: n }))
    )
    const source = await open()
    for await (const rows of source.rows({ configuration: users, fields: ['_id'], batch: 100 }))
      if (rows.length > 0) break
    expect(fixture.openCursors()).toBe(0)
  })
})

describe('schemas', () => {
  test('are read off the documents that are there, the oldest and the newest', async () => {
    fixture.put(
      'example.users',
      Array.from({ length: 300 }, (_, n) => ({
        _id: n,
        email: n % 2 === 0 ? null : 'a@example.com',
        mixed: n === 0 ? 1 : 'text',
        ...(n === 299 ? { late: new Date(0), address: { city: 'London', n: 1.5 }, tags: [1] } : {})
      }))
    )
    fixture.put('example.empty', [])
    fixture.put('other.things', [{ _id: new ObjectId() }])
    fixture.put('admin.system.users', [{ _id: 1 }])
    const objects = await (await open()).objects()
    expect(objects.map(({ id, label }) => [id, label])).toEqual([
      ['example.empty', 'empty'],
      ['example.users', 'users'],
      ['other.things', 'things']
    ])
    expect(await (await open()).fields(users)).toEqual([
      { name: '_id', type: 'number', remoteType: 'int', unique: true },
      { name: 'email', type: 'string', remoteType: 'string' },
      { name: 'mixed', type: 'unknown', remoteType: 'int | string' },
      { name: 'late', type: 'datetime', remoteType: 'date' },
      { name: 'address', type: 'object', remoteType: 'object' },
      { name: 'address.city', type: 'string', remoteType: 'string' },
      { name: 'address.n', type: 'number', remoteType: 'double' },
      { name: 'tags', type: 'array', remoteType: 'array' }
    ])
    expect(await (await open()).fields(objects[2]!.configuration!)).toEqual([
      { name: '_id', type: 'string', remoteType: 'objectId', unique: true }
    ])
  })
})

describe('what goes wrong is one sentence', () => {
  beforeEach(() => {
    fixture.put(
      'example.users',
      Array.from({ length: 500 }, (_, n) => ({ _id: n, email: 'planted@example.com' }))
    )
  })

  test('a wrong password, and a user of another database', async () => {
    const { code, message } = await problem(read(await open({ password: 'wrong' }), ['email']))
    expect(code).toBe('auth')
    expect(message).toBe(
      'MongoDB refuses the user of the connection "Users": check username, password, and database, ' +
        'which is the one that knows the user'
    )
    fixture.fail({ failure: 'error', on: 'find', code: 13 })
    expect((await problem(read(await open(), ['email']))).message).toBe(
      'the user of the connection "Users" may not read example.users'
    )
  })

  test('nobody listens, and TLS where there is none', async () => {
    const { host } = fixture
    for (const ssl of [true, null]) {
      const tls = await problem(read(await open({ ssl, ...impatient }), ['email']))
      expect(tls.message).toMatch(
        `MongoDB of the connection "Users" cannot be reached at ${host} by TLS (ECONNRESET), ` +
          'which is on unless the connection says `ssl: false`'
      )
    }
    await fixture.close()
    const down = await problem(read(await open(impatient), ['email']))
    expect([down.code, down.message]).toEqual([
      'down',
      `MongoDB of the connection "Users" cannot be reached at ${host} (ECONNREFUSED)`
    ])
  })

  test('the connection ends in the middle', async () => {
    fixture.fail({ failure: 'cut', on: 'getMore', skip: 1, times: 9 })
    const source = await open()
    const seen: number[] = []
    const work = async (): Promise<void> => {
      for await (const rows of source.rows({ configuration: users, fields: ['_id'], batch: 100 }))
        seen.push(rows.length)
    }
    const { code, message } = await problem(work())
    expect([code, message]).toEqual([
      'lost',
      'MongoDB of the connection "Users" went away while it was read, before anything was sent'
    ])
    expect(seen).toEqual([100, 100])
  })

  test('the server has forgotten the cursor', async () => {
    fixture.fail({ failure: 'error', on: 'getMore', code: 43, message: 'planted@example.com' })
    const { message } = await problem(read(await open(), ['email'], 100))
    expect(message).toBe('MongoDB of the connection "Users" answered with error 43 Injected')
  })

  test.each([
    [{ hosts: 'a b c:x:y' }, /^the connection "Users" has hosts or params that MongoDB cannot have: /],
    [{ params: 'magic=1' }, /^the connection "Users" has hosts or params .*magic/],
    [{ hosts: '' }, /^the connection "Users" has hosts or params/]
  ])('%j is told before anything is contacted', async (configuration, message) => {
    expect((await problem(open(configuration))).message).toMatch(message)
    expect(fixture.commands).toEqual([])
  })

  test.each([
    [{ database: 'example' }, 'the model of a MongoDB connection needs database and collection'],
    [{ ...users, query: '{}' }, 'this server reads whole collections, and no queries of MongoDB']
  ])('the model %j', async (configuration, message) => {
    const source = await open()
    expect((await problem(source.fields(configuration))).message).toBe(message)
  })

  test('a run that is canceled stops reading', async () => {
    const stop = new AbortController()
    const source = await open({}, partsWith(stop.signal))
    const seen: number[] = []
    const work = (async () => {
      for await (const rows of source.rows({ configuration: users, fields: ['_id'], batch: 100 })) {
        seen.push(rows.length)
        stop.abort(new Error('canceled'))
      }
    })()
    await expect(work).rejects.toThrow('canceled')
    expect(seen).toEqual([100])
  })
})
