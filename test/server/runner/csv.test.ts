import { expect, test } from 'vitest'
import type { ConnectorParts, Source } from '../../../src/server/runner/connector.ts'
import { csv } from '../../../src/server/runner/csv/connector.ts'
import { Unreadable, type Row } from '../../../src/server/runner/value.ts'

async function open(...pieces: (string | Uint8Array)[]): Promise<Source> {
  const never = new AbortController().signal
  const parts: ConnectorParts = {
    signal: never,
    now: () => new Date(0),
    sleep: () => Promise.resolve(),
    timeout: () => never,
    fetch: () => expect.unreachable('no requests'),
    readFile: async function* () {
      for (const piece of pieces) yield await Promise.resolve(new Uint8Array(Buffer.from(piece)))
    }
  }
  const connection = { id: 'c', name: 'People', type: 'csv', configuration: { url: '/people.csv' } }
  return await csv.source!(connection, parts)
}

async function read(source: Source, fields: string[]): Promise<Row[]> {
  return (await Array.fromAsync(source.rows({ configuration: {}, fields, batch: 100 }))).flat()
}

test('an empty cell is null, and one that the row does not have is missing', async () => {
  const source = await open('email,name,phone\na,,1\nb,Bob\n"c"\n\n')
  expect(await read(source, ['email', 'name', 'phone'])).toEqual([
    ['a', null, '1'],
    ['b', 'Bob', undefined],
    ['c', undefined, undefined]
  ])
})

test('a row with more cells than names is told and refused; empty ones are none', async () => {
  const source = await open('email,name\na,Ada,,\nb,Lovelace, Ada\nc,Cy\n')
  const [first, second, third] = await read(source, ['email', 'name'])
  expect([first, third]).toEqual([
    ['a', 'Ada'],
    ['c', 'Cy']
  ])
  const cells = new Unreadable('its row has 3 cells, and the file has 2 names')
  expect(second).toEqual([cells, cells])
})

test('a column that came later is read by its name, wherever it is', async () => {
  expect(await read(await open('phone,email\n1,a\n'), ['email', 'phone'])).toEqual([['a', '1']])
  const before = read(await open('email\na\n'), ['email', 'phone'])
  await expect(before).rejects.toThrow('the file of the connection "People" has no field phone')
})

test('two columns of a name are told where it is read', async () => {
  const text = 'email,name,name\na,b,c\n'
  expect(await read(await open(text), ['email'])).toEqual([['a']])
  await expect(read(await open(text), ['name'])).rejects.toThrow('has two fields name')
})

test('a file in another encoding is told, and not read as if it were UTF-8', async () => {
  const latin = Buffer.from('email,name\na,J\xfcrgen\n', 'latin1')
  await expect(read(await open(latin), ['name'])).rejects.toThrow(
    'the file of the connection "People" is not in UTF-8: save it in this encoding'
  )
  const [start, end] = [Buffer.from('email,name\na,Jürgen'), Buffer.from(' 🙂')]
  const cut = Buffer.concat([start, end])
  expect(await read(await open(cut.subarray(0, -2), cut.subarray(-2)), ['name'])).toEqual([['Jürgen 🙂']])
  await expect(read(await open(cut.subarray(0, -2)), ['name'])).rejects.toThrow('is not in UTF-8')
  const utf16 = Buffer.from('\uFEFFemail,name\na,Jürgen\n', 'utf16le')
  expect(await read(await open(utf16), ['name'])).toEqual([['Jürgen']])
})
