import type { Path } from '../state/resource.ts'
import { isObject, type Json } from '../state/value.ts'

/** Paths as one text, `/fields/0/source`, which is how the validator names places. */
export function pointer(path: Path): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** The path of a pointer into a value: parts are numbers where the value has lists. */
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
 * Undefined where the path leads nowhere; null is a value that somebody wrote. Only what the file says is
 * found, not what every JavaScript object has.
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

/** Sets a key that a file named: even one that JavaScript gives a meaning. */
export function setOwn(object: { [key: string]: Json }, key: string, value: Json): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
  } else {
    object[key] = value
  }
}

/** Returns true for the place `above` itself and for all that is in it. */
export function isWithin(place: string, above: string): boolean {
  return place === above || place.startsWith(`${above}/`)
}

/** The place itself, and all that it is in, outwards: `/a/b`, `/a` and the root, which is empty. */
export function placesAbove(place: string): string[] {
  const places = [place]
  for (let end = place.lastIndexOf('/'); end >= 0; end = end === 0 ? -1 : place.lastIndexOf('/', end - 1))
    places.push(place.slice(0, end))
  return places
}

/** `fields[0].source`: as people write paths. */
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
