import { expect, test } from 'vitest'
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts'
import { at, diagnostic, label, look } from './builders.ts'
import { renderProblems } from '../support/rendered.ts'

const syncs = 'configs/syncs.yaml'
const models = 'configs/models.yaml'
const texts = new Map([
  [
    syncs,
    [
      'syncs:',
      '  - name: accounts',
      '    modee: updateOrCreate',
      '\tmodel:\tacounts\r',
      '    description: 日本語のテキスト, café 👍 then broken here',
      `    note: ${'word '.repeat(40)}POINT ${'more '.repeat(40)}`,
      '    query: |',
      '      select 1',
      '      from users',
      '      where x',
      '',
      '    title: \u001b[31mred\u202e alert',
      '    password: hunter2 # oops',
      '    auth: { password: hunter3, ports: [a, b] }',
      ''
    ].join('\n')
  ],
  [
    models,
    [
      'models:',
      '  - name: accounts',
      '    key: |',
      '      line one',
      '      line two',
      '    after: it',
      ''
    ].join('\n')
  ]
])
const on = (part: string, words: string, path = syncs) => label(texts, path, part, words)

const frames: Record<string, Diagnostic[]> = {
  'frame-unknown-field': [
    diagnostic({
      code: 'P101',
      message: 'unknown field `modee` in a sync',
      labels: [on('modee', 'not a field of `sync`')],
      notes: ['a sync has: model, target, mode, identity, fields, filters, schedule, active'],
      help: ['a field with a similar name exists: `mode`']
    })
  ],
  'frame-two-files': [
    diagnostic({
      code: 'P201',
      message: 'sync `accounts` uses model `acounts`, which is not declared',
      labels: [
        on('acounts', 'no model has this name'),
        on('accounts', 'a model with a similar name', models)
      ],
      help: ['write `model: accounts`']
    })
  ],
  'frame-one-file': [
    diagnostic({
      code: 'P203',
      message: 'these three depend on each other in a circle',
      labels: [
        on('modee', 'third'),
        on('accounts', 'first'),
        on('title', 'far below'),
        on('updateOrCreate', 'same line')
      ]
    })
  ],
  'frame-wide': [
    diagnostic({
      code: 'P102',
      message: 'wide characters take two columns',
      labels: [on('broken', 'after them'), on('テキスト', 'and within them')]
    })
  ],
  'frame-long-line': [
    diagnostic({
      code: 'P102',
      severity: 'warning',
      message: 'a long line is cut around what it is about',
      labels: [on('POINT', 'far to the right'), on('note', 'and at its beginning')]
    }),
    diagnostic({
      code: 'P102',
      message: 'a part that is longer than the terminal',
      labels: [on('word '.repeat(40), 'all of this; and this explanation does not fit beside it')]
    })
  ],
  'frame-several-lines': [
    diagnostic({
      code: 'P102',
      message: 'a block',
      labels: [on('select 1\n      from users\n      where x\n', 'all of it')]
    }),
    diagnostic({ code: 'P102', message: 'two lines', labels: [on('from users\n      where x', 'both')] })
  ],
  'frame-control-characters': [
    diagnostic({
      code: 'P102',
      message: 'a name \u001b[2J that\nacts',
      labels: [on('red', 'not red')],
      notes: ['first\nsecond']
    })
  ],
  'frame-tabs-and-crlf': [
    diagnostic({ code: 'P002', message: 'tabs', labels: [on('acounts', 'after two tabs')] })
  ],
  'frame-secrets': [
    diagnostic({
      code: 'P307',
      severity: 'warning',
      message: 'a secret',
      labels: [on('hunter2', 'in plain text')]
    }),
    diagnostic({
      code: 'P307',
      severity: 'warning',
      message: 'a secret in a flow',
      labels: [on('hunter3', 'in plain text')]
    }),
    diagnostic({
      code: 'P102',
      message: 'something else on that line',
      labels: [on('ports', 'here'), on('auth', 'there')]
    }),
    diagnostic({
      code: 'P108',
      message: 'a secret of several lines',
      labels: [on('|\n      line one\n      line two\n', 'in plain text', models)]
    })
  ],
  'frame-no-place': [
    diagnostic({
      code: 'P616',
      message: 'there is no key',
      notes: ['the environment variable POLYTOMIC_API_KEY is not set'],
      help: ['export POLYTOMIC_API_KEY=…']
    })
  ],
  'frame-text-missing': [
    diagnostic({
      code: 'P008',
      message: '`none.yaml` cannot be read: no such file',
      labels: [{ span: at('none.yaml', 1, 1, 0), text: 'no such file' }],
      help: ['h']
    }),
    diagnostic({
      code: 'P008',
      message: 'no text',
      labels: [{ span: at('gone.yaml', 3, 4), text: 'was here' }],
      notes: ['n']
    }),
    diagnostic({
      code: 'P008',
      message: 'beyond the text',
      labels: [
        { span: at(models, 99, 4), text: 'below the end' },
        { span: at(models, 2, 400), text: 'right of the end' }
      ]
    }),
    diagnostic({
      code: 'P008',
      message: 'an empty file',
      labels: [{ span: at('empty.yaml', 1, 1, 0), text: 'nothing' }]
    })
  ],
  'frame-many': Array.from({ length: 27 }, (_, index) =>
    diagnostic({
      code: 'P101',
      severity: index < 5 ? 'warning' : 'error',
      message: `problem ${index + 1}`,
      labels: [on('modee', 'here')]
    })
  )
}

for (const [name, problems] of Object.entries(frames)) {
  test(`the text of ${name}`, async () => {
    const shown = renderProblems(problems, new Map([...texts, ['empty.yaml', '']]), look)
    await expect(shown).toMatchFileSnapshot(`../golden/${name}.txt`)
  })
}

test('no problems are no text', () => {
  expect(renderProblems([], texts, look)).toBe('')
})

test('a secret in plain text is in no frame, not even in that of another problem', () => {
  const text = renderProblems(frames['frame-secrets'] ?? [], texts, look)
  for (const secret of ['hunter', 'line one', 'line two']) expect(text).not.toContain(secret)
})

test('of many problems errors are shown first, in the order of the files', () => {
  const text = renderProblems(frames['frame-many'] ?? [], texts, look)
  expect(text.match(/^error/gm)).toHaveLength(20)
  expect(text).toContain('... and 7 more problems')
  expect(text).toContain('22 errors, 5 warnings in 1 file')
})

test('what is wrong with many resources in the same way is told once, with a count', () => {
  const alike = (number: number) =>
    Array.from({ length: number }, (_, index) =>
      diagnostic({
        code: 'P601',
        message: `the service refused sync "S ${index}": no such \`mode\``,
        labels: [on('modee', 'here')]
      })
    )
  const shown = renderProblems(alike(50), texts, look)
  expect(shown.match(/^error/gm)).toHaveLength(1)
  expect(shown).toContain('the same 49 more times')
  expect(shown).toContain('50 errors in 1 file')
  expect(renderProblems(alike(50), texts, { ...look, verbose: true }).match(/^error/gm)).toHaveLength(50)
  expect(renderProblems(alike(3), texts, look).match(/^error/gm)).toHaveLength(3)
  const others = alike(8).map((it, index) => ({ ...it, message: `unknown field \`f${index}\`` }))
  expect(renderProblems(others, texts, look).match(/^error/gm)).toHaveLength(8)
})

test('the caret is under what it means, with a gutter of any width', () => {
  const text = `${'\n'.repeat(1233)}  key: value\n`
  const labels = [label(new Map([['a.yaml', text]]), 'a.yaml', 'value', 'here')]
  const shown = renderProblems(
    [diagnostic({ code: 'P101', message: 'm', labels })],
    new Map([['a.yaml', text]]),
    look
  )
  expect(shown).toBe(
    [
      'error[P101]: m',
      '    --> a.yaml:1234:8',
      '     |',
      '1234 |   key: value',
      '     |        ^^^^^ here',
      '',
      '1 error in 1 file',
      ''
    ].join('\n')
  )
})
