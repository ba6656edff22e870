import { expect, test } from 'vitest'
import { fieldsOf, problemsOf, read } from '../support/reading.ts'
import { gadget, smallKinds as kinds } from '../support/small-kind.ts'

/** Problems of a gadget with these fields, as places; the fields start in column 6 of line 3. */
function reported(fields: string): Promise<string[]> {
  return problemsOf(`gadgets:\n  - name: G\n    ${fields}\n`, { kinds })
}

async function first(fields: string): Promise<unknown> {
  const { result } = await read(`gadgets:\n  - name: G\n    ${fields}\n`, { kinds })
  expect(result.problems).toHaveLength(1)
  return result.problems[0]
}

test.each([
  ['size: big', 'P102 3:11 big'],
  ['size: "5"', 'P102 3:11 "5"'],
  ['size: 1.5', 'P102 3:11 1.5'],
  ['size:', 'P102 3:5 size'],
  ['size: [1]', 'P102 3:11 [1]'],
  ['active: yes', 'P102 3:13 yes'],
  ['tags: a', 'P102 3:11 a'],
  ['tags: [1]', 'P102 3:12 1'],
  ['labels: { a: 1 }', 'P102 3:18 1'],
  ['color: 5', 'P102 3:12 5'],
  ['size: 0', 'P105 3:11 0'],
  ['size: 10', 'P105 3:11 10'],
  ['ratio: 0', 'P105 3:12 0'],
  ['ratio: 1', 'P105 3:12 1'],
  ['color: pink', 'P104 3:12 pink'],
  ['level: Low', 'P104 3:12 Low'],
  ['one: that', 'P104 3:10 that'],
  ['code: ABC', 'P105 3:11 ABC'],
  ['short: ""', 'P105 3:12 ""'],
  ['short: long', 'P105 3:12 long'],
  ['site: here', 'P105 3:11 here'],
  ['tags: []', 'P105 3:11 []'],
  ['tags: [a, b, c]', 'P105 3:11 [a, b, c]'],
  ['tags: [a, a]', 'P105 3:11 [a, a]'],
  ['labels: {}', 'P105 3:13 {}'],
  ['labels: { a: x, b: y, c: z }', 'P105 3:13 { a: x, b: y, c: z }'],
  ['step: 7\n    size: 1', 'P105 3:11 7'],
  ['step: 5', 'P103 2:5 name'],
  ['parts: [{ gadget: a }]', 'P103 3:15 gadget'],
  ['parts: [{}]', 'P103 3:13 {}'],
  ['parts:\n      - gadget: a', 'P103 4:9 gadget'],
  ['parts: [{ field: a, feild: b }]', 'P101 3:25 feild'],
  ['parts: [{ feild: b }]', 'P101 3:15 feild'],
  ['source: 5', 'P102 3:13 5'],
  ['source: [a]', 'P102 3:13 [a]'],
  ['source: { feld: a }', 'P101 3:15 feld'],
  ['source: { field: 1 }', 'P102 3:22 1'],
  ['when: { at: day }', 'P103 3:5 when'],
  ['when: { at: hour, minute: x }', 'P102 3:31 x'],
  ['who: {}', 'P103 3:5 who'],
  ['who: { user: a, group: b }', 'P109 3:10 { user: a, group: b }'],
  ['colour: red', 'P101 3:5 colour'],
  ['id: 5', 'P102 3:9 5'],
  ['id: my-own', 'P105 3:9 my-own'],
  ['lifecycle: { renamed: x }', 'P101 3:18 renamed'],
  ['lifecycle: { ignore_changes: [sise] }', 'P104 3:35 sise'],
  ['lifecycle: { prevent_destroy: "true" }', 'P102 3:35 "true"']
])('%j is one problem, at its place: %s', async (fields, expected) => {
  expect(await reported(fields)).toEqual([expected])
})

test.each([
  ['- G', 'P102 2:5 G'],
  ['-', 'P102 2:4'],
  ['- []', 'P102 2:5 []'],
  ['- {}', 'P103 2:5 {}'],
  ['- name: 5', 'P102 2:11 5'],
  ['- name:', 'P102 2:5 name'],
  ['- name: ""', 'P105 2:11 ""'],
  ['- name: " G"', 'P105 2:11 " G"'],
  ['- name: "a\\nb"', 'P105 2:11 "a\\nb"']
])('an item without a proper name is one problem: %j', async (item, expected) => {
  expect(await problemsOf(`gadgets:\n  ${item}\n`, { kinds })).toEqual([expected])
})

test('all problems of all items are told, in the order of the file', async () => {
  const yaml = 'gadgets:\n  - { name: A, size: x, sizes: 1 }\n  - { size: 0, color: pink }\ngadget: []\n'
  expect(await problemsOf(yaml, { kinds })).toEqual([
    'P102 2:22 x',
    'P101 2:25 sizes',
    'P103 3:7 size',
    'P105 3:13 0',
    'P104 3:23 pink',
    'P101 4:1 gadget'
  ])
})

test('words of an enum are taken in any case where the service does not care', async () => {
  expect(await fieldsOf('gadgets: [{ name: G, color: DARKGREEN }]', { kinds })).toEqual({
    color: 'darkGreen'
  })
})

test('an unknown field is explained by what was probably meant', async () => {
  expect(await first('sise: 1')).toMatchObject({
    code: 'P101',
    message: 'unknown field `sise` in a gadget',
    help: ['a field with a similar name exists: `site`', 'a field with a similar name exists: `size`']
  })
  expect(await first('colour: red')).toMatchObject({
    help: ['what you mean is called `color` here', 'a field with a similar name exists: `color`']
  })
  expect(await first('field_of_no_name: 1')).toMatchObject({
    notes: ['a gadget has 22 fields; `polyctl explain gadget` lists them']
  })
  // People shorten names to a word of them, and lengthen them.
  const settings = async (type: string, key: string) =>
    (await read(`connections: [{ name: C, type: ${type}, configuration: { ${key}: x } }]`)).result
      .problems[0]
  expect(await settings('s3', 'bucket')).toMatchObject({
    help: [
      'a field with a similar name exists: `s3_bucket_region`',
      'a field with a similar name exists: `s3_bucket_name`'
    ]
  })
  expect(await settings('postgresql', 'sslmode')).toMatchObject({
    help: ['a field with a similar name exists: `ssl`']
  })
  expect(await settings('postgresql', 'nothing_like_it')).toMatchObject({
    notes: ['`configuration` has 17 fields; `polyctl explain postgresql` lists them']
  })
  expect(await first('parts: [{ field: x, name: y }]')).toMatchObject({
    message: 'unknown field `name` in `parts[0]` of a gadget',
    notes: ['`parts[0]` has: gadget, field'],
    help: []
  })
})

test('fields that are there already are not offered: only the others can be meant', async () => {
  expect(await first('size: 1\n    sise: 1')).toMatchObject({
    help: ['a field with a similar name exists: `site`']
  })
})

test('a setting that stands one level too far out is sent to its place', async () => {
  const { result } = await read('connections: [{ name: C, type: mongodb, hosts: x }]')
  expect(result.problems[0]).toMatchObject({
    code: 'P101',
    help: ['`hosts` is a field of `configuration`: write it there']
  })
})

test('a wrong type is told in the words of YAML, with what to write', async () => {
  expect(await first('active: "yes"')).toMatchObject({
    message: '`active` expects a boolean, found a string',
    labels: [{ text: 'this is the string "yes"' }],
    notes: ['in YAML 1.2 only true and false are booleans; yes, no, on and off are strings'],
    help: ['write `active: true`']
  })
  expect(await first('tags: a')).toMatchObject({
    message: '`tags` expects a list, found a string',
    help: ['write `tags: [a]`']
  })
  expect(await first('source: 5')).toMatchObject({
    message: '`source` expects a string or a mapping, found a number'
  })
  expect(await first('size:')).toMatchObject({
    message: '`size` expects a whole number, found nothing',
    notes: ['a key without a value holds nothing, which YAML calls null']
  })
  expect(await first('short: 007')).toMatchObject({ help: ['put it in quotes: `short: "007"`'] })
  // What is advised must be valid: a code has no digits.
  expect(await first('code: 007')).toMatchObject({ help: [] })
})

test('a value that is not allowed is told with those that are', async () => {
  expect(await first('color: redd')).toMatchObject({
    message: '`color` cannot be `redd`',
    notes: ['allowed: red, darkGreen, blue'],
    help: ['a similar value exists: `red`']
  })
  expect((await read('connections: [{ name: C, type: postgres }]')).result.problems[0]).toMatchObject({
    code: 'P106',
    message: 'unknown connection type `postgres`',
    help: ['what you mean is called `postgresql` here']
  })
})

test('several missing fields of one place are one problem', async () => {
  const { result } = await read('syncs: [{ name: S }]')
  expect(result.problems.map(({ code, message }) => [code, message])).toEqual([
    ['P103', '`mode`, `target` and `schedule` are missing in a sync']
  ])
})

test('while a connection has no proper type, its configuration is left alone', async () => {
  expect(await problemsOf('connections: [{ name: C, type: mongdb, configuration: { x: 1 } }]')).toEqual([
    'P106 1:32 mongdb'
  ])
  expect(await problemsOf('connections: [{ name: C, type: mongodb, configuration: { x: 1 } }]')).toEqual([
    'P101 1:58 x'
  ])
  expect(await problemsOf('connections: [{ name: C, type: mongodb, configuration: [x] }]')).toEqual([
    'P102 1:56 [x]'
  ])
})

test('what a kind checks by itself has its place, as value or as key, and may be a warning', async () => {
  const checking = {
    ...gadget,
    check: () => [
      { path: ['source', 'field'], code: 'P204', message: 'm', label: 'l' } as const,
      { path: ['tags', 1], code: 'P109', message: 'm', label: 'l', severity: 'warning' } as const,
      { path: ['size'], atKey: true, code: 'P103', message: 'm', label: 'l' } as const
    ]
  }
  const yaml = 'gadgets:\n  - name: G\n    source: email\n    tags: [a, b]\n    size: 1\n'
  expect(await problemsOf(yaml, { kinds: { managed: [checking] } })).toEqual([
    'P204 3:13 email',
    'wP109 4:15 b',
    'P103 5:5 size'
  ])
})

test('a kind that knows more about an unknown field tells it in its own words', async () => {
  const checking = {
    ...gadget,
    check: () => [{ path: ['serial'], atKey: true, code: 'P107', message: 'm', label: 'l' } as const]
  }
  const options = { kinds: { managed: [checking] } }
  expect(await problemsOf('gadgets: [{ name: G, serial: 1, serials: 2 }]', options)).toEqual([
    'P107 1:22 serial',
    'P101 1:33 serials'
  ])
  expect(await problemsOf('gadgets: [{ name: G, serial: 1, size: x }]', options)).toEqual([
    'P101 1:22 serial',
    'P102 1:39 x'
  ])
})

test('problems in what an alias repeats are shown where it is written', async () => {
  const yaml =
    'x-base: &base { size: big }\ngadgets:\n  - name: A\n    <<: *base\n  - name: B\n    labels: &l { a: 1 }\n  - name: C\n    labels: *l\n'
  expect(await problemsOf(yaml, { kinds })).toEqual(['P102 1:23 big', 'P102 6:21 1'])
})
