import type { Json } from '../../state/value.ts'
import type { Disk } from '../source/index.ts'
import type { Evaluation, Lookup, LookupFailure } from './lookup.ts'
import { ownKeyNamed, ownKeyWithin } from './own-keys.ts'
import {
  isMalformed,
  isPlaceholder,
  parsePlaceholders,
  type TemplatePart,
  type Placeholder
} from './template.ts'
import { asDeclared, typed, type Variable } from './variable.ts'

type Env = Readonly<Record<string, string | undefined>>

/** The greatest size of a file that a placeholder reads, in bytes. */
const fileLimit = 10 * 1024 * 1024

/** Looks up values of placeholders, each once: a later look-up returns the same result. */
export class Resolver {
  /** Variables that are declared, or that the command line or a file of variables gives a value to. */
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
   * Returns the value of one placeholder. `base` is the file that has it. A `barred` file
   * may be read for a secret only. The line ends of a file are normalised for other values only.
   */
  lookUp(part: Placeholder, base: string, secret: boolean): Lookup {
    // Only files are read differently for secrets; the default of a variable may name a file.
    const how = part.from === 'env' || secret ? '' : 'open'
    const key = `${how} ${part.from === 'file' ? base : ''} ${part.raw}`
    let lookup = this.#lookups.get(key)
    if (!lookup) this.#lookups.set(key, (lookup = this.#guarded(part, base, secret)))
    return lookup
  }

  /**
   * Returns the value of a whole text. A single placeholder keeps the type of its value; anything else is
   * text.
   */
  evaluate(parts: readonly TemplatePart[], base: string, secret: boolean): Evaluation {
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

  /** Returns a variable of `variables`, or else one that the environment has as `POLYCTL_VAR_name`. */
  variable(name: string): Variable | undefined {
    return this.variables.get(name) ?? this.#fromEnvironment(name)
  }

  /** Returns the name of a placeholder's source: `env NAME`, `var NAME` or `file PATH`. */
  sourceName(part: Placeholder, base: string): string {
    return part.from === 'file' ? `file ${this.path(base, part.name)}` : `${part.from} ${part.name}`
  }

  /** Resolves a path that the file `base` has. */
  path(base: string, name: string): string {
    return this.#disk.beside(base, name)
  }

  #guarded(part: Placeholder, base: string, secret: boolean): Lookup {
    const own = ownKeyNamed(part)
    if (own !== undefined) return ownKeyFound([this.sourceName(part, base)], part, own)
    const found = this.#lookUp(part, base, secret)
    // The problem of a variable has the variable's name, so that the span of its declaration is shown, too.
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

  /** Evaluates the content of a variable. It may have placeholders, but none that names a variable. */
  #default(name: string, template: string, base: string, secret: boolean): Lookup {
    const parts = parsePlaceholders(template) ?? [template]
    if (parts.some((part) => isPlaceholder(part) && part.from === 'var'))
      return failed('P309', name, `the default of variable \`${name}\` names another variable`)
    const { others: _others, ...found } = this.evaluate(parts, base, secret)
    return found.ok || found.name !== '' ? found : { ...found, name }
  }

  /**
   * Reads a variable from the environment only if a file names it: other programs may have theirs there.
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
    if (entry.notCommitted === true && !secret)
      return unreadable('the commit does not have it, so what it held then is not known')
    if (entry.size > fileLimit) return unreadable('it is larger than 10 MiB')
    const reading = this.#disk.read(path)
    if (!reading.ok) return unreadable(reading.reason)
    return { sources, ok: true, value: textOfFile(reading.text, secret), text: true }
  }
}

/** The failure of a list or mapping inside of a text. */
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

/**
 * R35: The failure of a placeholder for polyctl's own key: wherever a file puts its value, others could
 * read it.
 */
function ownKeyFound(sources: string[], { from, name }: Placeholder, key: string): Lookup {
  const isNamed = from === 'env' && name.toUpperCase() === key
  const what = isNamed ? 'names a key of polyctl itself' : `stands for a value that holds ${key}`
  return failed('P625', name, `\`\${${from}:${name}}\` ${what}`, sources)
}

/**
 * Returns the text of a file as a value, without the last line end. CR LF becomes LF, because a checkout
 * decides how lines end; but in a secret, every byte may matter.
 */
function textOfFile(text: string, secret: boolean): string {
  return (secret ? text : text.replaceAll('\r\n', '\n')).replace(/\r?\n$/, '')
}
