import { isObject, type Json } from './value.ts'

/**
 * The shape that an answer must have where it is used (R37). A member may be missing or null unless it is
 * listed in `needs`, and unknown members are allowed: services are newer than polyctl.
 */
export type Shape =
  | 'anything'
  | 'text'
  /** A text, a number or a boolean. */
  | 'scalar'
  | 'mapping'
  | { list: Shape }
  /** A mapping with free keys. */
  | { each: Shape }
  | { members: Readonly<Record<string, Shape>>; needs?: readonly string[] }
  | { either: readonly Shape[] }

/**
 * Returns where a value does not have a shape, and how, in a sentence: `data[0].modes: a list is
 * expected, …`. Undefined where it does.
 */
export function misfit(shape: Shape, value: Json | undefined, at: string): string | undefined {
  return fits(shape, value) ? undefined : misfitting(shape, value, at)
}

/** Most answers are as they must be: nothing is put into words for them. */
function fits(shape: Shape, value: Json | undefined): boolean {
  if (shape === 'anything' || value === undefined || value === null) return true
  if (typeof shape === 'string') return isA(shape, value)
  if ('either' in shape) return shape.either.some((one) => fits(one, value))
  if ('list' in shape)
    return (
      Array.isArray(value) && value.every((item) => isThere(shape.list, item) && fits(shape.list, item))
    )
  if (!isObject(value)) return false
  if ('each' in shape) {
    for (const name of Object.keys(value))
      if (!isThere(shape.each, value[name]) || !fits(shape.each, value[name])) return false
    return true
  }
  if (shape.needs?.some((name) => (value[name] ?? undefined) === undefined) === true) return false
  for (const name of Object.keys(shape.members))
    if (!fits(shape.members[name] ?? 'anything', value[name])) return false
  return true
}

function misfitting(shape: Shape, value: Json | undefined, at: string): string | undefined {
  if (shape === 'anything' || value === undefined || value === null) return undefined
  if (typeof shape === 'string') return isA(shape, value) ? undefined : wrong(at, names[shape], value)
  if ('either' in shape) {
    const found = shape.either.map((one) => misfitting(one, value, at))
    return found.includes(undefined) ? undefined : found[0]
  }
  if ('list' in shape) {
    if (!Array.isArray(value)) return wrong(at, 'a list', value)
    return firstOf(value, (item, index) => needed(shape.list, item, `${at}[${index}]`))
  }
  if (!isObject(value)) return wrong(at, 'a mapping', value)
  if ('each' in shape)
    return firstOf(Object.entries(value), ([name, inner]) => needed(shape.each, inner, `${at}.${name}`))
  const missing = shape.needs?.find((name) => (value[name] ?? undefined) === undefined)
  if (missing !== undefined) return `${at}: there is no \`${missing}\` in it`
  return firstOf(Object.entries(shape.members), ([name, inner]) =>
    misfitting(inner, value[name], `${at}.${name}`)
  )
}

function needed(shape: Shape, value: Json | undefined, at: string): string | undefined {
  return isThere(shape, value) ? misfitting(shape, value, at) : `${at}: there is nothing`
}

/** An item of a list or a value of a free key must not be null. */
function isThere(shape: Shape, value: Json | undefined): boolean {
  return value !== null || shape === 'anything'
}

function firstOf<T>(
  all: readonly T[],
  of: (one: T, index: number) => string | undefined
): string | undefined {
  for (const [index, one] of all.entries()) {
    const found = of(one, index)
    if (found !== undefined) return found
  }
  return undefined
}

const names = { text: 'a text', scalar: 'a text or a number', mapping: 'a mapping' } as const

function isA(shape: keyof typeof names, value: Json): boolean {
  if (shape === 'mapping') return isObject(value)
  return shape === 'text' ? typeof value === 'string' : typeof value !== 'object'
}

function wrong(at: string, expected: string, value: Json): string {
  const found = Array.isArray(value)
    ? 'a list'
    : isObject(value)
      ? 'a mapping'
      : typeof value === 'string'
        ? 'a text'
        : `\`${JSON.stringify(value)}\``
  return `${at}: ${expected} is expected, and ${found} is there`
}
