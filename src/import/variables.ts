import { addressText, type Address, type Path } from '../state/resource.ts'
import { isObject, type Json } from '../state/value.ts'

/** An environment variable that imported files name, and what it is for. */
export interface ImportedVariable {
  name: string
  of: Address
  /** The field, `configuration.password`. */
  field: string
  /** A new resource must have it. */
  isNeeded: boolean
}

/** A secret that needs a variable. */
interface SecretToName {
  of: Address
  /** What the variable begins with, and what where nothing of that can be in a variable. */
  called: string
  instead: string
  path: Path
  /** The whole that has the secret at `path`: the name beside a value names the variable. */
  item: Json
  isNeeded: boolean
}

/** Names of variables that mean something to polyctl itself, and that no file may name. */
const own = /^(?:POLYTOMIC_|POLYCTL_)/

/** The longest part of a variable that comes from the name of a resource. */
const longest = 48

/**
 * Chooses names of variables as people would: the resource, then the field. Where that says the same twice,
 * the path says more; and at last a number.
 */
export class VariableNames {
  readonly #taken: Set<string>
  /** Names by what they are for. */
  readonly #known: ReadonlyMap<string, string>
  readonly chosen: ImportedVariable[] = []

  /** Names that `example` has, the text of `.env.example`, stay with what they are for. */
  constructor(taken: Iterable<string>, example = '') {
    this.#known = knownIn(example)
    this.#taken = new Set([...taken, ...this.#known.values()])
  }

  choose(secret: SecretToName): string {
    const { of, path, isNeeded } = secret
    const variable = { of: { kind: of.kind, name: of.name }, field: fieldText(path), isNeeded }
    const known = this.#known.get(purpose(variable))
    const isFree = known !== undefined && this.chosen.every(({ name }) => name !== known)
    const name = isFree ? known : this.#newName(secret)
    this.#taken.add(name)
    this.chosen.push({ name, ...variable })
    return name
  }

  #newName({ path, item, ...words }: SecretToName): string {
    const head = headOf(words.called, words.instead)
    const names = path.filter((part): part is string => typeof part === 'string')
    const candidates = [shortField(path, item), names.slice(1).join('_') || names.join('_')].map((field) =>
      safe(`${head}_${upper(field)}`)
    )
    return candidates.find((one) => !this.#taken.has(one)) ?? this.#numbered(candidates[0] ?? head)
  }

  #numbered(name: string): string {
    for (let number = 2; ; number++) {
      const next = `${name}_${number}`
      if (!this.#taken.has(next)) return next
    }
  }
}

/** What a variable is for, as the comment above it says. */
function purpose({ of, field }: Pick<ImportedVariable, 'of' | 'field'>): string {
  return `${addressText(of)}: ${field}`
}

/** Names by their purpose, as comments say it. What is said twice tells resources of one name not apart. */
function knownIn(example: string): Map<string, string> {
  const lines = /^# (\S.*?)(?: \(optional\))?\r?\n([A-Za-z_]\w*)=/gm
  const all = Array.from(example.matchAll(lines), ([, of = '', name = '']) => ({ of, name }))
  const counts = Map.groupBy(all, ({ of }) => of)
  return new Map(
    all
      .filter(({ of, name }) => counts.get(of)?.length === 1 && !own.test(name))
      .map(({ of, name }) => [of, name])
  )
}

/** The last key; of a value in a list of named ones, the name beside it. */
function shortField(path: Path, item: Json): string {
  const last = String(path.at(-1))
  const parent = path.slice(0, -1).reduce<Json | undefined>(inside, item)
  const name = isObject(parent) && last === 'value' ? (parent['name'] ?? parent['key']) : undefined
  return typeof name === 'string' && upper(name) !== '' ? name : last
}

function inside(value: Json | undefined, part: string | number): Json | undefined {
  if (Array.isArray(value)) return value[Number(part)]
  return isObject(value) ? value[String(part)] : undefined
}

/** What a connection is called without the word for what it is: nobody writes that into a variable. */
function headOf(name: string, fallback: string): string {
  const words = upper(name).split('_')
  const telling = words.filter((word) => word !== 'CONNECTION')
  const head = (telling.length > 0 ? telling : words).join('_')
  const plain = head === '' ? upper(fallback) : head
  return cut(/^\d/.test(plain) ? `${upper(fallback)}_${plain}` : plain)
}

function cut(text: string): string {
  return text.length <= longest ? text : text.slice(0, longest).replace(/_[^_]*$/, '')
}

/** Letters with accents lose them; what has no such letter is left out. */
function upper(text: string): string {
  const plain = text.normalize('NFKD').replaceAll(/\p{M}/gu, '').replaceAll('ß', 'ss')
  return plain
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
}

function safe(name: string): string {
  return own.test(name) ? `MY_${name}` : name
}

/** A path as people write it: `configuration.headers[0].value`. */
export function fieldText(path: Path): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`,
    ''
  )
}

/**
 * Returns the text of `.env.example` with all variables. What is there already stays, whoever wrote it, and
 * is not added again.
 */
export function environmentExample(
  before: string | undefined,
  variables: readonly ImportedVariable[],
  shown: (text: string) => string
): string {
  const known = new Set(
    Array.from(
      (before ?? '').matchAll(/^[ \t]*(?:#[ \t]*)?(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=/gm),
      ([, name]) => name
    )
  )
  const missing = variables.filter(({ name }) => !known.has(name))
  if (before !== undefined && missing.length === 0) return before
  const head = before ?? heading
  const blocks = missing.map(({ name, of, field, isNeeded }) => {
    const when = isNeeded ? '' : ' (optional)'
    return `\n# ${shown(addressText(of))}: ${shown(field)}${when}\n${name}=\n`
  })
  return `${head}${head.endsWith('\n') || head === '' ? '' : '\n'}${blocks.join('')}`
}

const heading = [
  '# The secrets that the files name. Copy this to .env, which polyctl reads by itself, fill it in, and keep',
  '# that out of git. A plan works without them: they are sent where a connection is made or changed.',
  ''
].join('\n')
