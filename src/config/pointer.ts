import type { Path } from '../state/resource.ts'
import { isObject, type Json } from '../state/value.ts'

/**
 * Returns a path as a JSON Pointer (RFC 6901), `/fields/0/source`, which is how the validator names places.
 */
export function pointer(path: Path): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** Parses a JSON Pointer into a value: a part is a number where the value has a list. */
export function pathOf(text: string, root: Json): Path {
  let at: Json | undefined = root
  return text
    .split('/')
    .slice(1)
    .map((part) => {
      const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
      const step = Array.isArray(at) ? Number(name) : name
      at = inside(at, step)
      return step
    })
}

/**
 * Returns the value at a path; undefined where there is none, whereas null is a value that the file has.
 * Only own properties are found: a key `constructor` of a file must not find what every object inherits.
 */
export function valueAt(root: Json | undefined, path: Path): Json | undefined {
  return path.reduce<Json | undefined>(inside, root)
}

/** Puts a value at a path whose parents exist. */
export function setAt(root: Json, path: Path, value: Json): void {
  const parent = valueAt(root, path.slice(0, -1))
  const last = path.at(-1)
  if (Array.isArray(parent) && typeof last === 'number') parent[last] = value
  else if (isObject(parent) && last !== undefined) setOwn(parent, String(last), value)
}

/** Sets a key that comes from a file. `__proto__` becomes an own property, and never the prototype. */
export function setOwn(object: { [key: string]: Json }, key: string, value: Json): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
  } else {
    object[key] = value
  }
}

/** Returns true for the pointer `above` itself and for every pointer below it. */
export function isWithin(place: string, above: string): boolean {
  return place === above || place.startsWith(`${above}/`)
}

/**
 * Returns a pointer and those of all of its parents, outwards: `/a/b`, `/a` and the root, which is empty.
 */
export function placesAbove(place: string): string[] {
  const places = [place]
  for (let end = place.lastIndexOf('/'); end >= 0; end = end === 0 ? -1 : place.lastIndexOf('/', end - 1))
    places.push(place.slice(0, end))
  return places
}

/** Returns a path in the notation of JavaScript, for messages: `fields[0].source`. */
export function dotted(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text === '' ? part : `${text}.${part}`
  }, '')
}

function inside(value: Json | undefined, part: string | number): Json | undefined {
  if (Array.isArray(value)) return value[Number(part)]
  return isObject(value) && Object.hasOwn(value, part) ? value[part] : undefined
}
