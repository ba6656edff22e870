import type { Span } from '../../diagnostics/diagnostic.ts'
import type { Json } from '../../state/value.ts'
import type { Disk } from '../source/disk.ts'
import { ownKeyNamed, ownKeyWithin } from './own-keys.ts'
import { cut, isMalformed, isPlaceholder, type Part, type Placeholder } from './parse.ts'

/** Where the values of placeholders come from. */
export interface World {
  env: Readonly<Record<string, string | undefined>>
  variables: ReadonlyMap<string, Variable>
  disk: Disk
}

/** A variable: where it is declared, if it is, and its value, asked for when it is needed. */
export interface Variable {
  name: string
  declared?: Span
  value?: (secret: boolean) => Found
  /** Where a value is of which some part stands in a file in plain text. */
  literal?: Span
  /** What its value is made of: a value as it is given, or a text with placeholders and the file it is in. */
  made?: { value: Json } | { text: string; base: string }
}

/**
 * What a placeholder stands for. `text` is true for values that came as text although a number may be
 * meant. `leaves` names all that was looked at (`var x`, `env Y`), to find one source used both as a
 * secret and in the open.
 */
export type Found = { leaves: string[] } & ({ ok: true; value: Json; text: boolean } | NotFound)

/** `name` and `code` together are one cause, to be told once. */
export interface NotFound {
  ok: false
  code: 'P301' | 'P302' | 'P303' | 'P304' | 'P305' | 'P309' | 'P102' | 'P625'
  name: string
  reason: string
}

/**
 * Looks one placeholder up. `base` is the file that says it; files outside of the working folder are
 * read for secrets only.
 */
export function lookUp(part: Placeholder, base: string, secret: boolean, world: World): Found {
  const own = ownKeyNamed(part)
  if (own !== undefined) return ownKeyFound([leafOf(part, base, world)], part, own)
  const found = lookUpAny(part, base, secret, world)
  // The place of the variable is shown too: the key may be named there.
  if (!found.ok) return found.code === 'P625' ? { ...found, name: part.name } : found
  const held = ownKeyWithin(found.value, world.env)
  return held === undefined ? found : ownKeyFound(found.leaves, part, held)
}

function lookUpAny(part: Placeholder, base: string, secret: boolean, world: World): Found {
  if (part.from === 'env') return environment(part, world)
  if (part.from === 'file') return file(world.disk.beside(base, part.name), secret, world.disk)
  const variable = variableOf(part.name, world)
  const leaves = [leafOf(part, base, world)]
  if (!variable) {
    return {
      leaves,
      ok: false,
      code: 'P305',
      name: part.name,
      reason: `variable \`${part.name}\` is not declared`
    }
  }
  if (!variable.value) {
    return {
      leaves,
      ok: false,
      code: 'P304',
      name: part.name,
      reason: `variable \`${part.name}\` has no value`
    }
  }
  const found = variable.value(secret)
  return { ...found, leaves: [...leaves, ...found.leaves] }
}

/** The key opens the service: wherever a file could put its value, others could read it (R35). */
function ownKeyFound(leaves: string[], { from, name }: Placeholder, key: string): Found {
  const isNamed = from === 'env' && name.toUpperCase() === key
  const what = isNamed ? 'names a key of polyctl itself' : `stands for a value that holds ${key}`
  return { leaves, ok: false, code: 'P625', name, reason: `\`\${${from}:${name}}\` ${what}` }
}

/** A variable that a file declares or gives a value to, or one of the environment. */
export function variableOf(name: string, world: World): Variable | undefined {
  return world.variables.get(name) ?? fromEnvironment(name, world)
}

/** Names in the environment count only when a file asks for them: other programs may have theirs there. */
function fromEnvironment(name: string, { env }: World): Variable | undefined {
  const text = Object.hasOwn(env, `POLYCTL_VAR_${name}`) ? env[`POLYCTL_VAR_${name}`] : undefined
  return text === undefined
    ? undefined
    : { name, made: { value: text }, value: () => ({ leaves: [], ok: true, value: text, text: true }) }
}

/** The name of a source, as secrets are named: `env NAME`, `var NAME`, `file PATH`. */
export function leafOf(part: Placeholder, base: string, world: World): string {
  return part.from === 'file' ? `file ${world.disk.beside(base, part.name)}` : `${part.from} ${part.name}`
}

function environment({ name, fallback }: Placeholder, world: World): Found {
  const leaves = [`env ${name}`]
  const value = Object.hasOwn(world.env, name) ? world.env[name] : undefined
  if (value !== undefined && value !== '') return { leaves, ok: true, value, text: true }
  if (fallback !== undefined) return { leaves, ok: true, value: fallback, text: true }
  return value === undefined
    ? { leaves, ok: false, code: 'P301', name, reason: `environment variable ${name} is not set` }
    : { leaves, ok: false, code: 'P302', name, reason: `environment variable ${name} is set but empty` }
}

/** Bytes. */
const fileLimit = 10 * 1024 * 1024

function file(path: string, secret: boolean, disk: Disk): Found {
  const leaves = [`file ${path}`]
  const failed = (reason: string): Found => ({
    leaves,
    ok: false,
    code: 'P303',
    name: path,
    reason: `\`${path}\` cannot be read: ${reason}`
  })
  const entry = disk.look(path)
  if (entry.is === 'nothing') return failed(entry.reason)
  if (entry.is === 'folder') return failed('it is a folder')
  if (!entry.inside && !secret)
    return failed('it is outside of the working folder, which only secrets may be')
  if (entry.unknownThen === true && !secret)
    return failed('the commit does not have it, so what it held then is not known')
  if (entry.size > fileLimit) return failed('it is larger than 10 MiB')
  const reading = disk.read(path)
  if (!reading.ok) return failed(reading.reason)
  return { leaves, ok: true, value: textOfFile(reading.text, secret), text: true }
}

/**
 * What the text of a file is as a value. Its last line end belongs to the file. How lines end is decided by
 * the checkout of each machine, so CR LF is LF; but every byte of a secret may count.
 */
function textOfFile(text: string, secret: boolean): string {
  return (secret ? text : text.replaceAll('\r\n', '\n')).replace(/\r?\n$/, '')
}

/**
 * Fills a whole text. One placeholder alone keeps the type of its value; several pieces make text. The
 * first failure ends it: `others` are the rest of them, so that all can be told.
 */
export function fillParts(
  parts: readonly Part[],
  base: string,
  secret: boolean,
  world: World
): Found & { others: NotFound[] } {
  const leaves: string[] = []
  const failures: NotFound[] = []
  const values: Json[] = []
  let text = false
  for (const part of parts) {
    if (!isPlaceholder(part)) {
      if (isMalformed(part))
        failures.push({
          ok: false,
          code: 'P309',
          name: '',
          reason: `a placeholder is not well formed: ${part.why}`
        })
      else values.push(part)
      continue
    }
    const found = lookUp(part, base, secret, world)
    leaves.push(...found.leaves)
    if (!found.ok) {
      failures.push({ ok: false, code: found.code, name: found.name, reason: found.reason })
      continue
    }
    if (parts.length > 1 && typeof found.value === 'object') {
      failures.push(notText(part))
    }
    values.push(found.value)
    text = parts.length > 1 || found.text
  }
  const [first, ...others] = failures
  if (first) return { leaves, ...first, others }
  return {
    leaves,
    ok: true,
    value: parts.length === 1 ? (values[0] ?? '') : values.map(String).join(''),
    text,
    others: []
  }
}

/** A list or a mapping cannot be a piece of a text. */
export function notText({ name }: Placeholder): NotFound {
  return {
    ok: false,
    code: 'P102',
    name,
    reason: `variable \`${name}\` is not text, and cannot be a part of one`
  }
}

/**
 * Fills a text that may hold placeholders, in places where variables cannot be used: their own
 * defaults.
 */
export function fillDefault(
  text: string,
  base: string,
  name: string,
  secret: boolean,
  world: World
): Found {
  const parts = cut(text)
  if (!parts) return { leaves: [], ok: true, value: text, text: false }
  const variable = parts.find((part) => isPlaceholder(part) && part.from === 'var')
  if (variable) {
    return {
      leaves: [],
      ok: false,
      code: 'P309',
      name,
      reason: `the default of variable \`${name}\` names another variable`
    }
  }
  const { others: _others, ...found } = fillParts(parts, base, secret, world)
  return found.ok || found.name !== '' ? found : { ...found, name }
}
