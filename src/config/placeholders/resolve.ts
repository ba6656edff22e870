import type { Json } from '../../state/value.ts'
import type { Disk } from '../source/index.ts'
import type { Evaluation, Lookup, LookupFailure } from './lookup.ts'
import { ownKeyNamed, ownKeyWithin } from './own-keys.ts'
import { isMalformed, isPlaceholder, parsePlaceholders, type Part, type Placeholder } from './template.ts'
import { asDeclared, typed, type Variable } from './variable.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Bytes. */
const fileLimit = 10 * 1024 * 1024

/** Looks placeholders up, each of them once: whoever asks again gets the same answer. */
export class Resolver {
  /** Variables that a file declares or gives a value to. */
  readonly variables: ReadonlyMap<string, Variable>
  readonly #env: Env
  readonly #disk: Disk
  readonly #lookups = new Map<string, Lookup>()

  constructor(env: Env, variables: ReadonlyMap<string, Variable>, disk: Disk) {
    this.#env = env
    this.variables = variables
    this.#disk = disk
  }

  /**
   * Returns the value of one placeholder. `base` is the file that has it; files outside of the working
   * folder are read for secrets only.
   */
  lookUp(part: Placeholder, base: string, secret: boolean): Lookup {
    // Only what a file holds depends on how it is read; a variable may have a file for its default.
    const how = part.from === 'env' || secret ? '' : 'open'
    const key = `${how} ${part.from === 'file' ? base : ''} ${part.raw}`
    let lookup = this.#lookups.get(key)
    if (!lookup) this.#lookups.set(key, (lookup = this.#guarded(part, base, secret)))
    return lookup
  }

  /**
   * Returns the value of a whole text. One placeholder alone keeps the type of its value; several make
   * text.
   */
  evaluate(parts: readonly Part[], base: string, secret: boolean): Evaluation {
    const sources: string[] = []
    const failures: LookupFailure[] = []
    const values: Json[] = []
    let text = false
    for (const part of parts) {
      if (!isPlaceholder(part)) {
        if (isMalformed(part)) failures.push(malformed(part.why))
        else values.push(part)
        continue
      }
      const found = this.lookUp(part, base, secret)
      sources.push(...found.sources)
      if (!found.ok) {
        failures.push({ ok: false, code: found.code, name: found.name, reason: found.reason })
        continue
      }
      if (parts.length > 1 && typeof found.value === 'object') failures.push(notText(part))
      values.push(found.value)
      text = parts.length > 1 || found.text
    }
    const [first, ...others] = failures
    if (first) return { sources, ...first, others }
    const value = parts.length === 1 ? (values[0] ?? '') : values.map(String).join('')
    return { sources, ok: true, value, text, others: [] }
  }

  /** A variable that a file declares or gives a value to, or one of the environment. */
  variable(name: string): Variable | undefined {
    return this.variables.get(name) ?? this.#fromEnvironment(name)
  }

  /** The name of a source, as secrets are named: `env NAME`, `var NAME`, `file PATH`. */
  sourceName(part: Placeholder, base: string): string {
    return part.from === 'file' ? `file ${this.path(base, part.name)}` : `${part.from} ${part.name}`
  }

  /** The path that `name` means when the file `base` has it. */
  path(base: string, name: string): string {
    return this.#disk.beside(base, name)
  }

  #guarded(part: Placeholder, base: string, secret: boolean): Lookup {
    const own = ownKeyNamed(part)
    if (own !== undefined) return ownKeyFound([this.sourceName(part, base)], part, own)
    const found = this.#lookUp(part, base, secret)
    // The place of the variable is shown too: the key may be named there.
    if (!found.ok) return found.code === 'P625' ? { ...found, name: part.name } : found
    const held = ownKeyWithin(found.value, this.#env)
    return held === undefined ? found : ownKeyFound(found.sources, part, held)
  }

  #lookUp(part: Placeholder, base: string, secret: boolean): Lookup {
    if (part.from === 'env') return this.#environment(part)
    if (part.from === 'file') return this.#file(this.path(base, part.name), secret)
    const variable = this.variable(part.name)
    const found = variable ? this.#value(variable, secret) : undeclared(part.name)
    return { ...found, sources: [this.sourceName(part, base), ...found.sources] }
  }

  #value(variable: Variable, secret: boolean): Lookup {
    const { name, content } = variable
    if (!content) return failed('P304', name, `variable \`${name}\` has no value`)
    if (!('template' in content)) return asDeclared(variable, content)
    const found = this.#default(name, content.template, content.base, secret)
    if (!found.ok || typeof found.value !== 'string' || !found.text || variable.type === undefined)
      return found
    return { ...typed(name, found.value, variable.type), sources: found.sources }
  }

  /** A text of a variable may hold placeholders, but no variables. */
  #default(name: string, template: string, base: string, secret: boolean): Lookup {
    const parts = parsePlaceholders(template) ?? [template]
    if (parts.some((part) => isPlaceholder(part) && part.from === 'var'))
      return failed('P309', name, `the default of variable \`${name}\` names another variable`)
    const { others: _others, ...found } = this.evaluate(parts, base, secret)
    return found.ok || found.name !== '' ? found : { ...found, name }
  }

  /**
   * Names in the environment count only when a file asks for them: other programs may have theirs there.
   */
  #fromEnvironment(name: string): Variable | undefined {
    const text = this.#environmentVariable(`POLYCTL_VAR_${name}`)
    return text === undefined ? undefined : { name, content: { text } }
  }

  #environmentVariable(name: string): string | undefined {
    return Object.hasOwn(this.#env, name) ? this.#env[name] : undefined
  }

  #environment({ name, fallback }: Placeholder): Lookup {
    const sources = [`env ${name}`]
    const value = this.#environmentVariable(name)
    if (value !== undefined && value !== '') return { sources, ok: true, value, text: true }
    if (fallback !== undefined) return { sources, ok: true, value: fallback, text: true }
    return value === undefined
      ? failed('P301', name, `environment variable ${name} is not set`, sources)
      : failed('P302', name, `environment variable ${name} is set but empty`, sources)
  }

  #file(path: string, secret: boolean): Lookup {
    const sources = [`file ${path}`]
    const unreadable = (reason: string): Lookup =>
      failed('P303', path, `\`${path}\` cannot be read: ${reason}`, sources)
    const entry = this.#disk.look(path)
    if (entry.is === 'nothing') return unreadable(entry.reason)
    if (entry.is === 'folder') return unreadable('it is a folder')
    if (entry.barred !== undefined && !secret)
      return unreadable(`${entry.barred}, from where only secrets may come`)
    if (entry.unknownThen === true && !secret)
      return unreadable('the commit does not have it, so what it held then is not known')
    if (entry.size > fileLimit) return unreadable('it is larger than 10 MiB')
    const reading = this.#disk.read(path)
    if (!reading.ok) return unreadable(reading.reason)
    return { sources, ok: true, value: textOfFile(reading.text, secret), text: true }
  }
}

/** A list or a mapping cannot be a piece of a text. */
export function notText({ name }: Placeholder): LookupFailure {
  const reason = `variable \`${name}\` is not text, and cannot be a part of one`
  return { ok: false, code: 'P102', name, reason }
}

function malformed(why: string): LookupFailure {
  return { ok: false, code: 'P309', name: '', reason: `a placeholder is not well formed: ${why}` }
}

function undeclared(name: string): Lookup {
  return failed('P305', name, `variable \`${name}\` is not declared`)
}

function failed(code: LookupFailure['code'], name: string, reason: string, sources: string[] = []): Lookup {
  return { sources, ok: false, code, name, reason }
}

/** The key opens the service: wherever a file could put its value, others could read it (R35). */
function ownKeyFound(sources: string[], { from, name }: Placeholder, key: string): Lookup {
  const isNamed = from === 'env' && name.toUpperCase() === key
  const what = isNamed ? 'names a key of polyctl itself' : `stands for a value that holds ${key}`
  return failed('P625', name, `\`\${${from}:${name}}\` ${what}`, sources)
}

/**
 * Returns the text of a file as a value. Its last line end belongs to the file. How lines end is decided by
 * the checkout of each machine, so CR LF is LF; but every byte of a secret may count.
 */
function textOfFile(text: string, secret: boolean): string {
  return (secret ? text : text.replaceAll('\r\n', '\n')).replace(/\r?\n$/, '')
}
