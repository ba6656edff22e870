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
  if (shape === 'anything' || value === undefined || value === null) return undefined
  if (typeof shape === 'string') return isA(shape, value) ? undefined : wrong(at, names[shape], value)
  if ('either' in shape) {
    const found = shape.either.map((one) => misfit(one, value, at))
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
    misfit(inner, value[name], `${at}.${name}`)
  )
}

/** Checks an item of a list or a value of a free key, which must not be null. */
function needed(shape: Shape, value: Json | undefined, at: string): string | undefined {
  if (value === null && shape !== 'anything') return `${at}: there is nothing`
  return misfit(shape, value, at)
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
