import { expect, test } from 'vitest'
import { read } from '../support/reading.ts'

async function shown(text: string): Promise<string> {
  const { texts } = await read(text)
  return [...texts.values()].join('\n')
}

test.each([
  ['not YAML at all', 'connections: [ { password: canary-1, x: ['],
  [
    'a mistyped key',
    'connections:\n  - { name: a, type: mongodb, configuration: { passwrd: canary-1 } }\n'
  ],
  [
    'a list where text is wanted',
    'connections:\n  - { name: a, type: mongodb, configuration: { password: [canary-1] } }\n'
  ],
  [
    'a literal',
    'connections:\n  - { name: a, type: mongodb, configuration: { hosts: h, password: canary-1 } }\n'
  ],
  ['a file of variables', 'DB_PASSWORD=canary-1\nOTHER=canary-1\n'],
  ['a file of users', 'root:canary-1:19000\nbin:canary-1:19000\n']
])('%s is shown without its secret', async (_what, text) => {
  expect(await shown(text)).not.toContain('canary')
})

test.each(['%canary-1 x', '%YAML canary-1', '%TAG canary-1'])(
  'no problem quotes the directive %s',
  async (line) => {
    const { result } = await read(`${line}\n---\nroles: []\n`)
    expect(result.problems).not.toEqual([])
    const said = result.problems.map(({ message, labels }) => [message, ...labels.map(({ text }) => text)])
    expect(said.join(' ')).not.toContain('canary')
  }
)

test('places stay true: every other character and line is where it was', async () => {
  const text =
    'connections:\n  - { name: a, type: mongodb, configuration: { hosts: h, password: canary-1 } }\n'
  expect(await shown(text)).toBe(text.replace('canary-1', '........'))
})

test('under a section that nobody knows, keys are shown and values are not', async () => {
  expect(await shown('conections:\n  - name: x\n')).toBe('conections:\n  - name: .\n')
})

const secret = 'S3cretHunter2'
const connection = (lines: string): string =>
  `connections:\n  - name: E\n    type: postgresql\n    configuration:\n      hostname: h\n${lines}\n`

/** Every way to break it, with the line that is left of it; a canary is in each. */
test.each([
  ['an alias of nothing', `      password: *${secret}`, '      password: ..............'],
  ['no colon', `      password ${secret}`, '      ......................'],
  ['a second colon', `      password: ${secret}: x`, '      password: ................'],
  ['an open quote', `      password: "${secret}`, '      password: ..............'],
  ['a tab', `\tpassword: ${secret}`, '\tpassword: .............'],
  ['a tag', `      password: !${secret}`, '      password: ..............'],
  ['an open bracket', `      password: [${secret}`, '      password: [.............'],
  ['an item among keys', `      - ${secret}`, '      - .............'],
  ['a list', `      password: [${secret}]`, '      password: [.............]'],
  ['keys below it', `      password: { ${secret}: 1 }`, '      password: { .............: . }'],
  ['an anchor on nothing', `      password: &${secret}`, '      password: ..............'],
  ['an unknown key', `      passwrd: ${secret}`, '      passwrd: .............'],
  ['a comment', `      username: u # ${secret}`, '      username: u #..............'],
  ['a fallback', `      password: "\${env:PW:-${secret}}"`, '      password: .${env:PW:-.............}.'],
  ['a part', `      password: "a${secret}\${env:PW}"`, '      password: ...............${env:PW}.'],
  ['an escaped placeholder', '      password: "$${env:PW}"', '      password: ............'],
  [
    'a copy elsewhere',
    `      password: ${secret}\n      username: ${secret}`,
    '      username: .............'
  ],
  ['an alias', `      username: &p ${secret}\n      password: *p`, '      username: &p .............'],
  [
    'a password in an address',
    `      database: "x://u:${secret}@h"`,
    '      database: "x://u:.............@h"'
  ]
])('%s: indentation and key only', async (_what, lines, expected) => {
  const text = await shown(connection(lines))
  expect(text).not.toContain(secret)
  expect(text.split('\n')).toContain(expected)
})

/** What anybody pasted into a name is part of it: where nothing was understood, that is not shown. */
test.each([
  [`connections: [ { host: "\${env:HOS${secret}}", x: [`],
  [`connections: [\n  host: "\${env:HOS${secret}}"`],
  [`connections: [\n  host: \${var:${secret}} and more`],
  [`connections: [\n  host: x\${env:${secret.toUpperCase()}}`],
  [`connections: [\n  host: "\${env:PW:-${secret}}"`],
  [`connections: [\n  host: \${env:PW} \${env:${secret.toUpperCase()}}`]
])('no name in text that was not understood: %s', async (text) => {
  expect((await shown(text)).toLowerCase()).not.toContain(secret.toLowerCase())
})

test('a name that is all of a value, and made as such names are, is shown', async () => {
  for (const line of ['password: ${env:DB_PASSWORD}', 'password: "${var:DB2}"', '- ${env:A_B}'])
    expect(await shown(`connections: [\n  ${line}`)).toContain(/\$.*\}/.exec(line)?.[0])
})

test('a file of variables shows its names alone', async () => {
  const { texts } = await read(
    {
      'configs/a.yaml': 'connections: []\n',
      'v.yaml': `db_loginn: ${secret}\nlist: [${secret}]\n${secret}\n`
    },
    { variableFiles: ['v.yaml'] }
  )
  expect(texts.get('v.yaml')).not.toContain(secret)
  const whole = await read(
    { 'configs/a.yaml': 'connections: []\n', 'v.yaml': `db_loginn: ${secret}\nlist: [${secret}]\n` },
    { variableFiles: ['v.yaml'] }
  )
  expect(whole.texts.get('v.yaml')).toBe('db_loginn: .............\nlist: [.............]\n')
})

test('a key without a value may be a value: no message repeats it', async () => {
  for (const slip of [secret, `password ${secret}`, `${secret}, ${secret}`, `? ${secret}`]) {
    const { result } = await read(
      `connections: [{ name: E, type: postgresql, configuration: { hostname: h, ${slip} } }]`
    )
    expect(JSON.stringify(result), slip).not.toContain(secret)
    expect(result.problems).not.toEqual([])
  }
})
