import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readCsv } from '../../src/server/catalogue/csv-text.ts'
import { client, testServer, type Reply, type Thing } from './client.ts'

/** What a csv connection holds, where these files are in the folder. */
async function data(
  files: Record<string, string>,
  url = 'https://x.example/a/people.csv?v=1'
): Promise<Reply> {
  const directory = mkdtempSync(join(tmpdir(), 'polyctl-csv-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  mkdirSync(join(directory, 'catalogue'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, 'catalogue', name), text)
  const server = testServer({ directory })
  onTestFinished(() => server.close())
  const api = client(server)
  const made = await api.post('/api/connections', { name: 'Mine', type: 'csv', configuration: { url } })
  return await api.get(`/api/connections/${made.data.id}/schemas/data`)
}

const columns = ({ data: schema }: Reply) =>
  (schema['fields'] as Thing[]).map(({ id, name }) => `${id}=${String(name)}`)

const json = (field: string) => JSON.stringify({ objects: { data: { fields: { [field]: 'string' } } } })

test.each([
  [{ 'Mine.csv': 'a,B c\n1,2\n' }, ['a=a', 'B c=B c']],
  [{ 'people.csv': 'first_name,Größe' }, ['first_name=first_name', 'Größe=Größe']],
  // Nearest first: for the connection, for the file, for the type; and what is written by hand before the rest.
  [{ 'Mine.json': json('j'), 'Mine.csv': 'm', 'people.csv': 'p' }, ['j=j']],
  [{ 'Mine.csv': 'm', 'people.csv': 'p', 'csv.json': json('t') }, ['m=m']],
  [{ 'people.csv': 'p', 'csv.json': json('t') }, ['p=p']],
  [{ 'csv.json': json('t'), 'other.csv': 'o' }, ['t=t']],
  [{}, []]
])('the columns of a csv connection are those of the file: %j', async (files, expected) => {
  expect(columns(await data(files))).toEqual(expected)
})

test.each(['https://x.example/..%2Foutside.csv', 'https://x.example/', 'people.csv', 'https://x.example'])(
  'the address %s leads to no file outside of the catalogue',
  async (url) => {
    const reply = await data({ 'people.csv': 'p' }, url)
    expect([reply.status, columns(reply)]).toEqual([200, []])
  }
)

test('a file that is none is named', async () => {
  const reply = await data({ 'Mine.csv': 'a,"b\n' })
  expect([reply.status, reply.body['message']]).toEqual([
    400,
    'the catalogue file catalogue/Mine.csv has a quote that is not closed'
  ])
})

test.each([
  ['a,b\r\n1,2\r\n', { a: '1', b: '2' }],
  ['\uFEFFa,b\n"x, ""y""\n z",', { a: 'x, "y"\n z', b: '' }],
  ['a,b\n1', { a: '1', b: '' }],
  ['a,,b\n1,2,3,4', { a: '1', b: '3' }],
  ['\n\na,b\n\n1,2\n\n', { a: '1', b: '2' }],
  ['"__proto__",b\n1,2', JSON.parse('{"__proto__":"1","b":"2"}') as object]
])('%j is read as a row', (text, row) => {
  expect(readCsv(text)).toMatchObject({ records: [row] })
})

test.each([
  ['', 'has no line with the names of columns'],
  ['\n,,\n1,2', 'has no line with the names of columns'],
  ['a"b', 'has a quote that is not closed'],
  ['"a"b', 'has a quote that is not closed'],
  ['"a', 'has a quote that is not closed']
])('%j is no file with columns', (text, problem) => {
  expect(readCsv(text)).toBe(problem)
})
