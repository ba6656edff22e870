import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAst } from 'rolldown/parseAst'
import { describe, expect, test } from 'vitest'
import { kinds } from '../../src/kinds/index.ts'

/**
 * No code outside of `src/kinds` picks a kind by its name: what it needs to know of one is a member of
 * the contract. Sentences may speak of any kind. The local server has code of its own for each kind, and
 * `src/wire` is the API's words.
 */

const words = new Set(kinds.managed.flatMap(({ name, section }) => [name, section]))

/** What only looks like a kind: the word, and why it is none there. */
const allowed: readonly (readonly [path: string, word: string, because: string])[] = [
  ['src/config/validation/other-words.ts', 'user', 'what other tools call `username`'],
  ['src/config/validation/other-words.ts', 'connection', 'a key within `source` and `target`'],
  ['src/commands/program.ts', 'user', 'where the words of a command line come from, to commander'],
  ['src/commands/enumerate.ts', 'connection', 'a member of the JSON that is printed'],
  ['src/commands/enumerate-yaml.ts', 'connection', 'a key within `source` and `target`'],
  ['src/commands/completion-words.ts', 'connection', 'the name of an argument'],
  ['src/commands/connect.ts', 'connection', 'a member of the JSON that is printed'],
  ['src/render/tables.ts', 'connection', 'a member of the JSON that is printed'],
  ['src/commands/other-tools.ts', 'sync', 'a command of other tools'],
  ['src/commands/status.ts', 'user', 'the person whose key it is, in the JSON that is printed'],
  ['src/render/tables.ts', 'user', 'a class of keys, and the person whose key it is'],
  ['src/commands/server-keys.ts', 'user', 'the option `--user` of the local server'],
  ['src/commands/server-keys.ts', 'users', 'the people of the local server'],
  ['src/commands/server.ts', 'user', 'the option `--user` of the local server'],
  ['src/commands/server.ts', 'users', 'the people of the local server'],
  ['src/commands/file-commands.ts', 'connection', 'a word of the option `--layout`'],
  ['src/import/files.ts', 'connection', 'a word of the option `--layout`'],
  ['src/commands/watch-settings.ts', 'webhook', 'how watching tells what is new'],
  ['src/config/watching.ts', 'webhook', 'how watching tells what is new'],
  ['src/config/watching.ts', 'webhooks', 'a key of `watch` in polyctl.yaml'],
  ['src/config/validation/watch-schema.ts', 'webhooks', 'a key of `watch` in polyctl.yaml'],
  ['src/watch/channels/channel.ts', 'webhook', 'how watching tells what is new'],
  ['src/watch/channels/email.ts', 'user', 'who signs in at a mail server'],
  ['src/watch/channels/webhook.ts', 'webhook', 'how watching tells what is new'],
  ['src/plan/rights.ts', 'user', 'a class of keys'],
  ['src/render/graph/svg.ts', 'role', 'an attribute of drawings'],
  ['src/render/html/graph.ts', 'role', 'an attribute of pages'],
  ['src/render/html/tools.ts', 'role', 'an attribute of pages'],
  ['src/remote/identity.ts', 'user', 'a class of keys, and the person of `/api/me`'],
  ['src/state/resource.ts', 'user', 'a class of keys']
]

/** Names of kinds that are code: whole texts, parts of addresses of the API, and keys of tables. */
function namesIn(text: string): string[] {
  const found: string[] = []
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit)
    if (typeof node !== 'object' || node === null) return
    const { type, ...parts } = node as { type?: string } & Record<string, unknown>
    // Where a module comes from is for the arrows of the house.
    if (type?.startsWith('Import') || type?.startsWith('ExportAll')) return
    found.push(...wordsOf(type, parts))
    for (const part of Object.values(parts)) visit(part)
  }
  visit(parseAst(text, { lang: 'ts' }).body)
  return [...new Set(found)].filter((word) => words.has(word))
}

function wordsOf(type: string | undefined, node: Record<string, unknown>): string[] {
  if (type === 'Literal' && typeof node['value'] === 'string')
    return [node['value'], ...steps(node['value'])]
  if (type === 'Literal' && node['regex'] !== undefined)
    return (node['regex'] as { pattern: string }).pattern.match(/\w+/g) ?? []
  if (type === 'TemplateElement') {
    const { cooked } = node['value'] as { cooked: string }
    return [cooked, ...steps(cooked)]
  }
  if (type === 'Property' && node['computed'] === false) return nameOf(node['key'])
  if (type === 'MemberExpression' && node['computed'] === false) return nameOf(node['property'])
  return []
}

/** The parts of an address: `/api/bulk/syncs/…` is one of `syncs`. */
function steps(text: string): string[] {
  return text.startsWith('/') ? text.split('/') : []
}

/** A private member is no entry of a table. */
function nameOf(node: unknown): string[] {
  const { type, name } = node as { type: string; name?: unknown }
  return type === 'Identifier' && typeof name === 'string' ? [name] : []
}

const root = new URL('../../', import.meta.url).pathname
const paths = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .map((path) => `src/${path.replaceAll('\\', '/')}`)
  .filter((path) => path.endsWith('.ts') && !/^src\/(kinds|server|wire)\//.test(path))
const named = paths.flatMap((path) =>
  namesIn(readFileSync(join(root, path), 'utf8')).map((word) => `${path}: ${word}`)
)

test('no file outside of the kinds names one', () => {
  const known = new Set(allowed.map(([path, word]) => `${path}: ${word}`))
  expect(paths.length).toBeGreaterThan(150)
  expect(named.filter((one) => !known.has(one))).toEqual([])
})

test('nothing is allowed that is not there', () => {
  const there = new Set(named)
  expect(allowed.filter(([path, word]) => !there.has(`${path}: ${word}`))).toEqual([])
})

describe('a name is found', () => {
  test.each([
    ['compared', `if (resource.kind === 'sync') stop()`, 'sync'],
    ['in double quotes', `const first = ["bulk_syncs"]`, 'bulk_syncs'],
    ['in a template', 'const kind = `policy`', 'policy'],
    ['as a key of a table', `const order = { model: 1 }`, 'model'],
    ['as a quoted key', `const order = { 'webhooks': 1 }`, 'webhooks'],
    ['looked up', `const one = table.role`, 'role'],
    ['taken apart', `const { model, ...others } = value`, 'model'],
    ['as a type', `type Special = 'user' | 'connection'`, 'user'],
    ['in an address', 'get(`/api/connections/${id}`)', 'connections'],
    ['in a pattern', String.raw`const asks = /^\/api\/connections\/x$/`, 'connections']
  ])('%s', (_how, text, word) => {
    expect(namesIn(text)).toContain(word)
  })

  test('but not where it is only spoken of', () => {
    expect(namesIn(`const help = 'look at it in the web page: its syncs fail' // sync`)).toEqual([])
    expect(namesIn(`import { sync } from './sync.ts'\nfunction f(model: string) { return model }`)).toEqual(
      []
    )
  })
})
