import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { connectionTypes, isSecretSetting } from '../../src/kinds/connection-types.ts'
import { formatNames } from '../../src/render/formats.ts'
import { leaksIn, plainCanary } from '../support/canaries.ts'
import { isFew } from '../support/samples.ts'
import { read, type Files, type Options } from '../support/reading.ts'
import { createSandbox } from '../support/sandbox.ts'
import { problemsJson, renderProblems } from '../support/rendered.ts'

/** R36: a planted secret is in no output, wherever it stands and however its line or its file is broken. */

const planted = plainCanary('x')

/** Ways to write a secret so that something is wrong: with the line, with the file, or with a line beside it. */
const breaks: Readonly<Record<string, (key: string, indent: string) => string>> = {
  'as it belongs': (key, indent) => `${indent}${key}: ${planted}`,
  'an alias of nothing': (key, indent) => `${indent}${key}: *${planted}`,
  'an anchor on nothing': (key, indent) => `${indent}${key}: &${planted}`,
  'a tag': (key, indent) => `${indent}${key}: !${planted}`,
  'no colon': (key, indent) => `${indent}${key} ${planted}`,
  'no blank': (key, indent) => `${indent}${key}:${planted}`,
  'a second colon': (key, indent) => `${indent}${key}: ${planted}: x`,
  'an open quote': (key, indent) => `${indent}${key}: "${planted}`,
  'text behind a quote': (key, indent) => `${indent}${key}: "a"${planted}`,
  'an unknown escape': (key, indent) => `${indent}${key}: "\\y${planted}"`,
  'an open bracket': (key, indent) => `${indent}${key}: [${planted}`,
  'an open brace': (key, indent) => `${indent}${key}: { ${planted}, a: ${planted}, b: ]`,
  'a tab': (key, indent) => `${indent}\t${key}: ${planted}`,
  'an item among keys': (_key, indent) => `${indent}- ${planted}`,
  'another indentation': (key, indent) => `${indent} ${key}: ${planted}`,
  'a reserved sign': (key, indent) => `${indent}${key}: @${planted}`,
  'a block that ends early': (key, indent) => `${indent}${key}: |\n${indent}  ${planted}\n ${planted}`,
  'several lines': (key, indent) => `${indent}${key}: a\n${indent}  ${planted}\n${indent}  ${planted}: b`,
  'a list': (key, indent) => `${indent}${key}: [${planted}]`,
  'a mapping': (key, indent) => `${indent}${key}: { ${planted}: ${planted} }`,
  'a key of a mapping': (key, indent) => `${indent}${key}:\n${indent}  ${planted}:`,
  twice: (key, indent) => `${indent}${key}: ${planted}\n${indent}${key}: ${planted}`,
  'a mistyped key': (key, indent) => `${indent}${key}x: ${planted}`,
  'a fallback': (key, indent) => `${indent}${key}: "\${env:NONE:-${planted}}"`,
  'a part': (key, indent) => `${indent}${key}: "a${planted}\${env:NONE}"`,
  'a broken placeholder': (key, indent) => `${indent}${key}: "\${${planted}}"`,
  'an open placeholder': (key, indent) => `${indent}${key}: "\${env:${planted}"`,
  'a comment': (key, indent) => `${indent}${key}: "\${env:NONE}" # ${planted}`,
  'a merge': (key, indent) => `${indent}<<: { ${key}: ${planted} }`,
  'a merge of text': (_key, indent) => `${indent}<<: ${planted}`,
  'a complex key': (_key, indent) => `${indent}? [${planted}]\n${indent}: ${planted}`,
  'a key without a value': (_key, indent) => `${indent}? ${planted}`,
  'another document': (key, indent) => `${indent}${key}: ${planted}\n---\n${planted}`,
  'a directive': (key, indent) => `${indent}${key}: ${planted}\n%${planted}`
}

/** Each secret of each kind: a file around its line. The mistake at the end is one that every file has. */
const places: (readonly [what: string, key: string, file: (line: string) => string, indent: string])[] = [
  ...Object.entries(connectionTypes).flatMap(([type, { fields }]) =>
    Object.keys(fields)
      .filter((name) => isSecretSetting(type, [name]))
      .map(
        (name) =>
          [
            `${type}.${name}`,
            name,
            (line: string) =>
              `connections:\n  - name: C\n    type: ${type}\n    nmae: x\n    configuration:\n${line}\n`,
            '      '
          ] as const
      )
  ),
  [
    'webhook',
    'secret',
    (line) => `webhooks:\n  - endpoint: "https://h.example"\n    nmae: x\n${line}\n`,
    '    '
  ],
  [
    'sync',
    'encryption_passphrase',
    (line) => `syncs:\n  - name: S\n    mode: replace\n    nmae: x\n${line}\n`,
    '    '
  ]
]

async function shown(files: Files | string, options: Options = {}): Promise<string> {
  const { result, texts } = await read(files, options)
  const look = { colour: false, width: 200 }
  const json = JSON.stringify(problemsJson(result.problems, { resources: 0, files: 1 }))
  return renderProblems(result.problems, texts, look) + json + [...texts.values()].join('\n')
}

test('the table has secrets, and each is planted', () => {
  expect(places.length).toBeGreaterThan(300)
  expect(Object.keys(breaks).length).toBeGreaterThan(30)
})

/** Few samples: every way for some places, and every place for one way. */
const step = isFew ? 30 : 10

test('no secret of any type is shown, however its line is broken', async () => {
  const leaks: string[] = []
  for (const [index, [what, key, file, indent]] of places.entries()) {
    const ways = Object.entries(breaks)
    // Every way for every tenth place, and every place for a few ways: each pair of sorts is met.
    const chosen = index % step === 0 ? ways : ways.filter((_way, at) => at % step === index % step)
    for (const [way, line] of chosen) {
      const text = await shown(file(line(key, indent)))
      if (leaksIn(text, [planted]).length > 0) leaks.push(`${what}, ${way}`)
    }
  }
  expect(leaks).toEqual([])
})

test.each([
  ['an unknown section', `secrets:\n  - ${planted}\n`],
  ['an unknown field', `roles:\n  - { name: R, passwrd: ${planted}, other: [${planted}] }\n`],
  ['no YAML', `DB_PASSWORD=${planted}\nOTHER ${planted}\n`],
  ['another file', `root:${planted}:0:0\n`],
  ['a key file', `-----BEGIN KEY-----\n${planted}\n-----END KEY-----\n`],
  ['JSON that is cut', `{ "private_key": "${planted}", "id": `],
  ['a default', `variables: { pw: { default: ${planted}, typ: x } }\n`],
  ['a part nobody knows', `x-a: &a ${planted}\nroles: [{ name: R, b: *a }]\n`]
])('%s is shown without values', async (_what, text) => {
  expect(leaksIn(await shown(text), [planted])).toEqual([])
})

test.each([
  `pww: ${planted}`,
  `- ${planted}`,
  planted,
  `pw: *${planted}`,
  `pw: [${planted}`,
  `pw: { a: ${planted} }`
])('a file of variables that says %s is shown without values', async (line) => {
  const files = { 'configs/a.yaml': 'variables: { pw: { type: number } }\n', 'v.yaml': `${line}\n` }
  expect(leaksIn(await shown(files, { variableFiles: ['v.yaml'] }), [planted])).toEqual([])
})

const files = formatNames.flatMap((name) => ['--format', `${name}=out/${name}`])
const reporting = new Set(['validate', 'plan', 'show', 'apply', 'drift', 'destroy'])

test('no command shows what is given from outside', async () => {
  const broken = `connections:\n  - name: C\n    type: postgresql\n    configuration:\n`
  const lines = ['      password: *', '      passwrd: ', '      password: "${env:NONE:-'].map(
    (start) => `${broken}${start}${planted}${start.endsWith(':-') ? '}"' : ''}\n`
  )
  const good = `variables: { pw: {} }\n${broken}      password: "\${var:pw}\${env:PW}"\n      databse: x\n`
  const leaks: string[] = []
  for (const [at, text] of [...lines, good].entries()) {
    const world = createSandbox({
      files: { 'configs/a.yaml': text, 'v.yaml': `pww: ${planted}\n`, e: `PW=${planted}\n${planted}\n` },
      env: { PW: planted, POLYCTL_VAR_pw: planted }
    })
    const given = ['--var-file', 'v.yaml', '--env-file', 'e', '--var', `pw=${planted}`]
    for (const words of [
      ['validate'],
      ['plan', '--verbose', '--out', 'plan.json'],
      ['show', 'plan.json'],
      ['apply', '--yes'],
      ['drift'],
      ['destroy', '--yes'],
      ['connect', 'C', '--no-wait'],
      ['sources', 'C'],
      ['targets', 'C']
    ]) {
      for (const format of ['text', 'json']) {
        const asFiles = reporting.has(words[0]!) ? files : []
        const ran = await world.run(
          ...words,
          ...(words[0] === 'show' ? [] : given),
          '--format',
          format,
          ...asFiles
        )
        if (leaksIn(ran.out + ran.err, [planted]).length > 0) leaks.push(`${at} ${words[0]} ${format}`)
        const kept = existsSync(join(world.folder, 'plan.json'))
          ? readFileSync(join(world.folder, 'plan.json'), 'utf8')
          : ''
        if (leaksIn(kept, [planted]).length > 0) leaks.push(`${at} ${words[0]} in plan.json`)
        for (const name of asFiles.length > 0 ? formatNames : []) {
          const text = readFileSync(join(world.folder, 'out', name), 'utf8')
          if (leaksIn(text, [planted]).length > 0) leaks.push(`${at} ${words[0]} to a file as ${name}`)
        }
      }
    }
  }
  expect(leaks).toEqual([])
})

test('fmt shows no secret of a file that it would format, or cannot', async () => {
  const sorts = ['postgresql', 'webhook', 'sync'].flatMap((type) => {
    const found = places.find(([what]) => what === type || what.startsWith(`${type}.`))
    return found === undefined ? [] : [found]
  })
  expect(sorts).toHaveLength(3)
  const leaks: string[] = []
  for (const [what, key, file, indent] of sorts) {
    for (const [way, line] of Object.entries(breaks)) {
      // The blanks are what would be formatted: lines beside the secret, and its own.
      const crooked = file(line(key, indent)).replace('nmae: x', 'nmae:   x')
      const world = createSandbox({ files: { 'configs/a.yaml': crooked } })
      for (const words of [[], ['--format', 'json']]) {
        const { out, err } = await world.run('fmt', '--check', '--verbose', ...words)
        if (leaksIn(out + err, [planted]).length > 0) leaks.push(`${what}, ${way} ${words.join(' ')}`)
      }
    }
  }
  expect(leaks).toEqual([])
})
