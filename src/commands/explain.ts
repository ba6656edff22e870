import { compareText, problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { CodeEntry } from '../diagnostics/code-entry.ts'
import { codes } from '../diagnostics/codes.ts'
import { similarNames } from '../diagnostics/similar.ts'
import { isAddress } from '../plan/select.ts'
import type { ExplainOptions } from './explain-resource.ts'
import type * as Topics from './explain-topics.ts'
import { openCatalogue } from '../kinds/index.ts'
import { exit } from './exit.ts'
import type { CommandIo } from './io.ts'
import type { Result } from './output.ts'
import { lookupResult, nothingRead, problemsResult } from './result.ts'

/**
 * `polyctl explain`: the code of a problem, a kind, a key, a type of connections, or a resource: what it
 * means, or where each of its values comes from.
 */
export async function explainCommand(
  words: readonly string[],
  options: ExplainOptions,
  io: CommandIo
): Promise<Result> {
  const [first, ...rest] = words
  if (first === undefined) return codesResult()
  const text = words.join(' ').trim()
  const name = text.toUpperCase()
  const entry = new Map<string, CodeEntry>(Object.entries(codes)).get(name)
  if (entry) return lookupResult(exit.done, { of: 'code', facts: { code: name, ...entry } })
  if (/^P\d+$/.test(name)) return await problemsResult(io, [unknownCode(text, name)], nothingRead)
  // A key of this name is explained by a longer one: `accepted.values`.
  if (name === 'VALUES') return (await import('./help.ts')).pageResult('record-values')
  const [topics, catalogue] = await Promise.all([import('./explain-topics.ts'), openCatalogue()])
  if (first.toLowerCase() === 'types') return await typesResult(rest.join(' '), io, topics, catalogue)
  // An address, as plans write it, is of a resource, whatever else its words may be about.
  const topic = isAddress(text) ? undefined : topics.topicNamed(text, catalogue)
  if (topic) return lookupResult(exit.done, { of: 'topic', facts: topic })
  const { resourceResult } = await import('./explain-resource.ts')
  return await resourceResult(text, options, io, () =>
    unknownTopic(text, topics.nearTopics(text, catalogue))
  )
}

function codesResult(): Result {
  const all = Object.entries(codes).toSorted(([a], [b]) => compareText(a, b))
  return lookupResult(exit.done, { of: 'codes', facts: all.map(([code, { title }]) => ({ code, title })) })
}

async function typesResult(
  word: string,
  io: CommandIo,
  { typesWith, topicNamed }: typeof Topics,
  catalogue: Topics.Catalogue
): Promise<Result> {
  const found = typesWith(word, catalogue)
  const exact = found.find(({ type }) => type === word)
  const only = exact ?? (found.length === 1 ? found[0] : undefined)
  const topic = only && topicNamed(`connection_type.${only.type}`, catalogue)
  if (topic) return lookupResult(exit.done, { of: 'topic', facts: topic })
  if (found.length > 0)
    return lookupResult(exit.done, { of: 'types', facts: { format_version: 1, types: found } })
  const near = similarNames(
    word,
    typesWith('', catalogue).map(({ type }) => type)
  )
  const help = near.map((type) => `a type with a similar name exists: \`${type}\``)
  const none = problem('P624', `no type of connections has ${JSON.stringify(word)} in its name`, {
    help: [...help, '`polyctl explain types` lists all']
  })
  return await problemsResult(io, [none], nothingRead)
}

function unknownCode(text: string, name: string): Diagnostic {
  const similar = similarNames(name, Object.keys(codes))
  const help = [
    ...similar.map((other) => `a code with a similar name exists: ${other}`),
    '`polyctl explain` lists all'
  ]
  return problem('P624', `there is no problem with the code ${JSON.stringify(text)}`, { help })
}

function unknownTopic(text: string, { names, beside }: Topics.Near): Diagnostic {
  const notes = beside ? [`\`${beside.of}\` has: ${beside.keys.join(', ')}`] : []
  const help = [
    ...names.map((other) => `something with a similar name exists: \`${other}\``),
    'a kind such as `sync`, a key such as `sync.schedule`, a type of connections such as `mongodb`, ' +
      'a resource such as `sync "Users"`, or a code such as `P201` can be explained'
  ]
  return problem('P624', `nothing is called ${JSON.stringify(text)}`, { notes, help })
}
