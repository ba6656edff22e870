import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { printed, type Format } from '../../src/render/format.ts'
import type * as Formats from '../../src/render/formats.ts'
import { text } from '../../src/render/text.ts'
import type { Answer } from '../../src/render/view/answer.ts'
import { driftView } from '../../src/render/view/drift.ts'
import { planView } from '../../src/render/view/plan.ts'
import { problemsView } from '../../src/render/view/problems.ts'
import { reportView } from '../../src/render/view/report.ts'
import { createSandbox, storeFiles, type Ran } from '../support/sandbox.ts'
import { diagnostic, header, label, look, plan } from './builders.ts'
import { situations } from './compared.ts'
import { mixed, texts } from './reports.ts'
import { deletion, everything, rename } from './situations.ts'
import { tutorial } from './tutorial.ts'

/** A format of a few lines: whatever a view holds, as items of a list. It is registered below. */
function items(value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null) return [`- ${path}: ${String(value)}`]
  return Object.entries(value).flatMap(([key, part]) => items(part, `${path} ${key}`))
}
const fold =
  (title: string) =>
  (view: object): string =>
    `# ${title}\n${items(view, title).join('\n')}\n`
const list: Format = {
  plan: fold('plan'),
  drift: fold('drift'),
  report: fold('report'),
  pull: fold('pull'),
  executions: fold('executions'),
  preview: fold('preview'),
  tests: fold('tests'),
  findings: fold('findings'),
  organizations: fold('organizations')
}

vi.mock('../../src/render/formats.ts', async (original) => {
  const formats = await original<typeof Formats>()
  return {
    ...formats,
    formatNames: [...formats.formatNames, 'list'],
    isFormat: (name: string) => name === 'list' || formats.isFormat(name),
    formatOf: async (name: Formats.FormatName | 'list') =>
      name === 'list' ? list : await formats.formatOf(name)
  }
})

const password = 'planted-password'

describe('a new format is one value and one name', () => {
  async function run(ran: Promise<Ran>, title: string, code: number): Promise<string> {
    const { out, err, code: ended } = await ran
    expect(ended, out + err).toBe(code)
    expect(err).toBe('')
    expect(out.match(/^# /gm)).toHaveLength(1)
    expect(out.startsWith(`# ${title}\n`)).toBe(true)
    expect(out).not.toContain(password)
    expect(out).not.toContain('\u001B')
    return out
  }

  test('every command that plans, applies or checks is told in it, and in it alone', async () => {
    const terminal = { out: true, err: true, in: true, width: 80 }
    const world = createSandbox({
      files: storeFiles,
      env: { PASSWORD: password, NO_COLOR: undefined },
      io: { terminal }
    })
    const reported = (title: string, code: number, ...words: string[]) =>
      run(world.run(...words, '--format', 'list'), title, code)
    expect(await reported('findings', 0, 'validate')).toContain('Valid: 2 resources in 1 file.')
    expect(await reported('plan', 0, 'plan')).toContain('- plan counts create: 2')
    expect(await reported('findings', 7, 'apply')).toContain('nobody can be asked')
    expect(await reported('report', 0, 'apply', '--yes')).toContain('Applied: 2 done.')
    expect(await reported('report', 0, 'apply', '--yes')).toContain('as the files say')
    expect(await reported('drift', 0, 'drift')).toContain('No drift')
    expect(await reported('findings', 3, 'plan', '--file', 'no.yaml')).toContain('P008')
    expect(await reported('report', 0, 'destroy', '--yes')).toContain('Deleted: 2.')
    expect(await reported('report', 0, 'destroy', '--yes')).toContain('Nothing to destroy')
  })

  test('what cannot be understood is told in it, too', async () => {
    const { out, code } = await createSandbox({ files: storeFiles }).run(
      'plan',
      '--nonsense',
      '--format',
      'list'
    )
    expect(code).toBe(3)
    expect(out).toMatch(/^# findings\n[^]*P624/)
  })

  test('and so are many organizations', async () => {
    const env = { PASSWORD: password, POLYTOMIC_API_KEY: '', POLYTOMIC_PARTNER_KEY: 'partner-key-1' }
    const server = { partnerKey: 'partner-key-1', organizations: [{ name: 'Acme' }, { name: 'Beta' }] }
    const world = createSandbox({ files: storeFiles, env, server })
    const words = ['plan', '--all-organizations', '--format', 'list']
    const out = await run(world.run(...words), 'organizations', 0)
    expect(out.match(/answer type: plan$/gm)).toHaveLength(3)
  })
})

const syncs = 'configs/syncs.yaml'
const source = new Map([
  [
    syncs,
    'syncs:\n  - name: accounts\n    modee: peculiar\n    query: |\n      select zwei\n      from drei\n'
  ],
  ['configs/models.yaml', 'models:\n  - name: accounts\n    beside: quatre\n'],
  ...texts
])
const sources = { texts: source }
const problems = [
  diagnostic({
    code: 'P101',
    message: 'unknown field `modee` in a sync',
    labels: [
      label(source, syncs, 'modee', 'not a field of `sync`'),
      label(source, 'configs/models.yaml', 'beside', 'declared here')
    ],
    notes: ['a sync has: mode'],
    help: ['write `mode`']
  }),
  diagnostic({
    code: 'P102',
    severity: 'warning',
    message: 'a block',
    labels: [label(source, syncs, 'select zwei\n      from drei', 'all of it')]
  })
]

const context = { ...look, sources }
const plans = { everything, tutorial: plan(tutorial), rest: plan([deletion, rename]), ...situations }
const answers: Record<string, Answer> = {
  ...Object.fromEntries(
    Object.entries(plans).flatMap(([name, value]): [string, Answer][] => [
      [`the plan ${name}`, { type: 'plan', view: planView(value, header, context, { problems }) }],
      [`the drift ${name}`, { type: 'drift', view: driftView(value, header, context, { problems }) }]
    ])
  ),
  'a report': { type: 'report', view: reportView(mixed, header, context, { problems }) },
  problems: {
    type: 'findings',
    view: { files: 2, resources: 0, problems: problemsView(problems, sources), interrupted: false }
  }
}

const folder = join(import.meta.dirname, '../../src/render')
const layout = readdirSync(folder)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(join(folder, file), 'utf8'))
  .join('\n')

function wordsOf(value: string): Set<string> {
  return new Set(value.match(/[\p{L}\p{N}_]{3,}/gu)?.map((word) => word.toLowerCase()))
}

/** What the text says that neither the view holds nor the layout brings. */
async function unreachable(answer: Answer, shown: Answer = answer): Promise<string[]> {
  const wide = { colour: false, width: 4000, verbose: true }
  const pieces = await printed(shown, text, wide)
  const known = wordsOf(layout + items(answer.view, '').join('\n'))
  return [...wordsOf(pieces.map((piece) => piece.text).join('\n'))].filter((word) => !known.has(word))
}

describe('each fact that text shows is in the view', () => {
  test.each(Object.entries(answers))('of %s', async (_name, answer) => {
    expect(await unreachable(answer)).toEqual([])
  })

  test('and text is made of nothing else: a copy of the view gives the same', async () => {
    const verbose = { colour: false, width: 100, verbose: true }
    for (const answer of Object.values(answers)) {
      expect(await printed(structuredClone(answer), text, verbose)).toEqual(
        await printed(answer, text, verbose)
      )
    }
  })

  test('the lines that a problem is about among them', async () => {
    const view = {
      files: 2,
      resources: 0,
      problems: problemsView(problems, { texts: new Map() }),
      interrupted: false
    }
    const poor: Answer = { type: 'findings', view }
    expect(await unreachable(poor, answers['problems'])).toEqual(
      expect.arrayContaining(['peculiar', 'zwei', 'drei', 'quatre'])
    )
  })
})

describe('what a problem is about', () => {
  test('is shown without known secrets, and what is meant of it stays in place', () => {
    const path = 'a.yaml'
    const known = 'a-known-secret'
    const line = `key: ${known} # meant ${known} after`
    const secretSource = {
      texts: new Map([[path, line]]),
      hide: (shown: string) => shown.replaceAll(known, '***')
    }
    const one = diagnostic({
      code: 'P101',
      message: 'this',
      labels: [label(secretSource.texts, path, 'meant', 'here')]
    })
    const [excerpt] = problemsView([one], secretSource).problems[0]!.labels[0]!.excerpt
    expect(excerpt?.text).toBe('key: *** # meant *** after')
    expect(excerpt?.text.slice(excerpt.from, excerpt.to)).toBe('meant')
  })
})
