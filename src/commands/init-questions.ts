import { problem, type Checked } from '../diagnostics/diagnostic.ts'
import { addressOf, serviceVariables } from './address.ts'
import type { EnvironmentVariables } from './files.ts'
import type { CommandIo } from './io.ts'
import type { ReadOptions } from './options.ts'
import { isKey, keyVariables, noKey } from './service.ts'
import { abortable } from './run.ts'

/** What a folder begins with, as flags say it or a person does. */
export interface Beginning {
  isImport: boolean
  /** The address and the key that a person typed; absent where something else says them. */
  url?: string
  key?: string
  /** The key is to be kept in `.env`. */
  isKept: boolean
}

/** All that may say something already, so that nobody is asked for it. */
export interface BeginningInput {
  options: ReadOptions & { import?: boolean }
  variables: EnvironmentVariables
  /** There are files already: an example is of no use to them, and they may say where the service is. */
  hasFiles: boolean
}

/**
 * Asks a person, on a terminal, for what no flag, variable or file says. Nothing comes back when the person
 * stops it.
 */
export async function beginningOf(
  input: BeginningInput,
  io: CommandIo
): Promise<Checked<Beginning> | undefined> {
  const { options, hasFiles } = input
  const isPerson = io.terminal.in && io.terminal.err && !io.output.isDocument
  const begun = (beginning: Beginning) => ({ ok: true as const, value: beginning, problems: [] })
  const example = begun({ isImport: false, isKept: false })
  if (options.import === false || (options.import === undefined && (hasFiles || !isPerson))) return example
  if (options.import === undefined) {
    const wanted = await answerTo(io, first, (word) => isChoice(word, io))
    if (!wanted?.ok) return wanted
    if (wanted.value !== 'live') return example
  }
  if (isKeyGiven(input)) return begun({ isImport: true, isKept: false })
  const missing = { ok: false as const, problems: [noKey()] }
  if (!isPerson) return missing
  const url = isAddressGiven(input)
    ? answered('')
    : await answerTo(io, where, (text) => isAddress(text, input, io))
  if (!url?.ok) return url
  const typed = await answerTo(io, which, (text) => isTypedKey(text, io), {
    isHidden: true,
    otherwise: missing
  })
  if (!typed?.ok) return typed
  io.redaction.add([typed.value])
  const kept = await answerTo(io, keeping, () => true)
  if (!kept?.ok) return kept
  const address = url.value === '' ? {} : { url: url.value }
  return begun({ isImport: true, key: typed.value, isKept: kept.value === 'yes', ...address })
}

const first = 'Begin with an `example`, or with what is `live` in Polytomic? (Enter: example) '
const where = 'The address of Polytomic (Enter: https://app.polytomic.com): '
const which = 'The key of your organization (Settings, API keys; it is not shown): '
const keeping = 'Keep the key in .env, which git ignores? Only `yes` is a yes: '

/** After so many wrong answers nobody is there who knows. */
const tries = 3

/**
 * Asks until the answer, without blanks around, is one; nothing comes back when the person stops it. What
 * nobody answered is never taken for an answer.
 */
async function answerTo(
  io: CommandIo,
  question: string,
  isOne: (answer: string) => boolean,
  { isHidden = false, otherwise = unanswered('nothing that was typed is an answer') }: Asking = {}
): Promise<Checked<string> | undefined> {
  for (let left = tries; left > 0; left--) {
    const answer = await abortable(io, io.ask(question, { isHidden }))
    if (answer === undefined) return undefined
    if (answer === null) return unanswered('the input ended')
    if (isOne(answer.trim())) return answered(answer.trim())
  }
  return otherwise
}

interface Asking {
  isHidden?: boolean
  /** What comes of wrong answers alone. */
  otherwise?: Checked<string>
}

function answered(value: string): Checked<string> {
  return { ok: true, value, problems: [] }
}

function unanswered(because: string): Checked<string> {
  const help = [
    '`polyctl init --no-import` begins with an example',
    '`polyctl init --import` with what is live: `--url` says where, and POLYTOMIC_API_KEY has the key'
  ]
  return {
    ok: false,
    problems: [
      problem('P505', `a question was not answered: ${because}`, { notes: ['nothing was written'], help })
    ]
  }
}

function isChoice(word: string, io: CommandIo): boolean {
  if (['', 'example', 'live'].includes(word)) return true
  io.output.say('Type `example` or `live`.')
  return false
}

function isKeyGiven({ options, variables: { env } }: BeginningInput): boolean {
  return options.local === true || keyVariables.some((name) => (env[name] ?? '').trim() !== '')
}

function isAddressGiven({ options, variables: { env }, hasFiles }: BeginningInput): boolean {
  const isNamed = options.url !== undefined || options.chosen?.url !== undefined
  return isNamed || hasFiles || serviceVariables.some((name) => env[name] !== undefined)
}

function isAddress(text: string, { options, variables }: BeginningInput, io: CommandIo): boolean {
  if (text === '') return true
  const { environmentFile } = variables
  const found = addressOf({ io, options: { ...options, url: text }, environmentFile, workspace: {} })
  for (const { message } of found.ok ? [] : found.problems) io.output.say(message)
  return found.ok
}

function isTypedKey(text: string, io: CommandIo): boolean {
  if (isKey(text)) return true
  io.output.say(
    text === '' ? 'Nothing was typed.' : 'That is no key: it holds blanks, or letters of no key.'
  )
  return false
}
