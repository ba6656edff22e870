import { isObject } from './value.ts'

/** The text in place of a secret. */
export const hidden = '(secret)'

/** A shorter secret is hidden only where it stands alone: a part of an ordinary word reveals nothing. */
export const tellingLength = 8

/** Redacts all texts of plain data; a value without secrets is returned as it is. */
export function redacted(value: unknown, shown: (text: string) => string): unknown {
  if (typeof value === 'string') return shown(value)
  if (typeof value === 'number') {
    // A few digits are no secret: most numbers are places in files, and there are many.
    if (value >= 0 && value < 10 ** (tellingLength - 1) && Number.isInteger(value)) return value
    return shown(String(value)) === String(value) ? value : hidden
  }
  if (Array.isArray(value)) return redactedItems(value, shown)
  return isObject(value) ? redactedMembers(value, shown) : value
}

/** Copied only from the first item on that is another one: in most there is none. */
function redactedItems(items: readonly unknown[], shown: (text: string) => string): readonly unknown[] {
  let copy: unknown[] | undefined
  let index = 0
  for (const item of items) {
    const own = redacted(item, shown)
    if (own !== item) copy ??= items.slice(0, index)
    copy?.push(own)
    index += 1
  }
  return copy ?? items
}

function redactedMembers(
  value: Readonly<Record<string, unknown>>,
  shown: (text: string) => string
): Readonly<Record<string, unknown>> {
  const names = Object.keys(value)
  let copy: [name: string, part: unknown][] | undefined
  let index = 0
  for (const name of names) {
    const part = value[name]
    const ownName = shown(name)
    const own = redacted(part, shown)
    if (ownName !== name || own !== part)
      copy ??= names.slice(0, index).map((before) => [before, value[before]])
    copy?.push([ownName, own])
    index += 1
  }
  return copy === undefined ? value : Object.fromEntries(copy)
}
