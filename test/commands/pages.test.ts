import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readEnvironments } from '../../src/config/environments.ts'
import { environmentsFile } from '../../src/config/sections.ts'
import { openDisk } from '../../src/config/source/index.ts'
import { kinds } from '../../src/kinds/index.ts'
import { readFaultPlan } from '../../src/server/fault-plan.ts'
import { topics } from '../../src/commands/topics.ts'
import { allOptions, createdCommands } from '../support/command-words.ts'
import { createSandbox } from '../support/sandbox.ts'

/** The README and the pages of `polyctl help TOPIC`: what they show happens, and what they name is there. */

const root = join(import.meta.dirname, '..', '..')
const folder = join(root, 'configs', 'help')
const names = readdirSync(folder).map((name) => name.replace(/\.md$/, ''))
const pages: [string, string][] = [
  ['README.md', readFileSync(join(root, 'README.md'), 'utf8')],
  ...names.map((name): [string, string] => [name, readFileSync(join(folder, `${name}.md`), 'utf8')])
]

interface Block {
  language: string
  file: string
  text: string
}

function blocksOf(page: string): Block[] {
  return Array.from(
    page
      .replaceAll(/^<!-- (\$ .*) -->$/gm, '```console\n$1\n```')
      .matchAll(/^```(\w+) ?(\S*)\n([\s\S]*?)^```$/gm),
    ([, language = '', file = '', text = '']) => ({ language, file, text })
  )
}

const wordsOf = (line: string): string[] =>
  Array.from(line.matchAll(/'([^']*)'|(\S+)/g), ([, quoted, word]) => quoted ?? word ?? '')

/** The reader of what a block without output shows: it throws, or gives what it would tell a person. */
async function saidOf({ language, file, text }: Block): Promise<string> {
  if (language === 'json') return readFaultPlan(text).faults.length > 0 ? '' : 'no fault is in it'
  const world = createSandbox({ files: { [file]: text } })
  if (file !== environmentsFile) return (await world.run('validate', '--file', file)).err
  const { result } = readEnvironments(
    file,
    openDisk(world.folder, async () => ''),
    kinds
  )
  return result.problems.map(({ message }) => message).join('\n')
}

const settled = (text: string): string =>
  text
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d/g, '2026-01-01 10:00')
    .replaceAll('(1 minute ago)', '(just now)')
    .replaceAll(/^applying .*\n/gm, '')

test('each topic is a page, each page is a topic, and README names each', async () => {
  expect(names.toSorted()).toEqual(topics.toSorted())
  // Such a topic could not be reached: the word is the command's.
  const commands = await createdCommands()
  expect(names.filter((name) => commands.has(name))).toEqual([])
  const list = /^Topics: ([^.]*)\./m.exec(pages[0]![1])?.[1] ?? ''
  expect(list.split(/,\s+/)).toEqual(topics)
  expect(pages[0]![1].trimEnd().split('\n').length).toBeLessThanOrEqual(100)
})

describe.each(pages)('%s', (name, page) => {
  test('what it shows is what happens', async () => {
    const env = { SHOP_PASSWORD: 'planted', MONGODB_PASSWORD: 'planted' }
    const world = createSandbox({ env })
    for (const { language, file, text } of blocksOf(page)) {
      if (file !== '') world.write({ [file]: text })
      if (language !== 'console') continue
      for (const [, line = '', shown = ''] of text.matchAll(/^\$ polyctl (.*)\n((?:(?!\$ ).*\n)*)/gm)) {
        const ran = await world.run(...wordsOf(line))
        if (line.includes('--quiet')) expect(ran.code, ran.err).toBe(0)
        const isHidden = line.includes('--quiet') && shown === ''
        const seen = isHidden ? shown : ran.out + ran.err
        expect(settled(seen), `${name}: ${line}`).toBe(settled(shown))
      }
    }
  })

  test('the commands and options that it names are there', async () => {
    const commands = await createdCommands()
    const everywhere = await allOptions(commands)
    const wrong: string[] = []
    const quoted = Array.from(page.matchAll(/`([^`\n]+)`/g), ([, code = '']) => code)
    const lines = blocksOf(page).flatMap(({ language, text }) =>
      language === 'sh' || language === 'console' ? (text.match(/^(?:\$ )?polyctl .*$/gm) ?? []) : []
    )
    for (const line of [...quoted, ...lines]) {
      const [whole, command, rest = ''] = /^(?:\$ )?polyctl ([a-z]+)([^#]*)/.exec(line) ?? []
      if (command === undefined) continue
      const options = commands.get(command)
      if (!options) wrong.push(`${whole}: there is no command ${command}`)
      for (const [option] of rest.matchAll(/(?<![\w-])--[a-z][\w-]*/g))
        if (options && !options.has(option)) wrong.push(`${whole}: ${command} takes no ${option}`)
    }
    for (const [, option = ''] of page.matchAll(/`(--[a-z][\w-]*)/g))
      if (!everywhere.has(option)) wrong.push(`there is no option ${option}`)
    expect(wrong).toEqual([])
  })

  test('what it shows of files is understood by what reads them, without a warning', async () => {
    // What README shows last is a mistake, on purpose.
    if (name === 'README.md') return
    for (const block of blocksOf(page).filter(({ language }) => ['yaml', 'json'].includes(language)))
      expect(await saidOf(block), block.text).toBe('')
  })

  test('it is read in a window of 100 columns: only rows of tables, which are drawn, are longer', async () => {
    if (name === 'README.md') return
    expect(page.split('\n').filter((line) => line.length > 100 && !line.startsWith('|'))).toEqual([])
    const io = { terminal: { out: true, err: false, in: false, width: 100 } }
    const { out } = await createSandbox({ io }).run('help', name.replace(/\.md$/, ''))
    const shown = new Set(blocksOf(page).flatMap(({ text }) => text.split('\n')))
    const wide = out.split('\n').filter((line) => line.length > 100 && !shown.has(line.slice(4)))
    expect(wide).toEqual([])
  })

  test('its links lead somewhere', () => {
    const base = name === 'README.md' ? root : folder
    for (const [, link = ''] of page.matchAll(/\]\(([^)#:]+)\)/g))
      expect(spawnSync('test', ['-e', join(base, link)]).status, link).toBe(0)
  })
})

test('a page is Markdown in a pipe, and drawn within the width of a terminal', async () => {
  for (const name of names) {
    const piped = await createSandbox().run('help', name)
    expect(piped).toEqual({ code: 0, out: readFileSync(join(folder, `${name}.md`), 'utf8'), err: '' })
    const io = { terminal: { out: true, err: false, in: false, width: 72 } }
    const { out } = await createSandbox({ io }).run('help', name)
    expect(out).not.toMatch(/^(#|\||```)/m)
    expect(out.replaceAll(/\W/g, '').length).toBeGreaterThan(piped.out.replaceAll(/\W/g, '').length / 2)
  }
})

test('a topic that there is none of is answered with similar ones', async () => {
  const ran = await createSandbox().run('help', 'delting')
  expect(ran.code).toBe(3)
  expect(ran.err).toContain('there is `polyctl help deleting`')
  expect((await createSandbox().run('help')).out).toContain('deleting')
})
