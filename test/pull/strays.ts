import { parse } from 'yaml'
import { locate, type YamlNode } from '../../src/config/source/index.ts'
import { addressText } from '../../src/state/resource.ts'
import { isObject, sortedText, type Json } from '../../src/state/value.ts'
import type { PulledScene } from './pulled.ts'

/** What of the YAML is another than before a pull, and did not have to be. */

type Path = (string | number)[]

/**
 * Each value that differs and is none of a field that was taken over, and each line that is gone and has no
 * such value on it. Whoever reads the diff then reads nothing else.
 */
export function strays({ before, files, sound, desired, written }: PulledScene): string[] {
  const places = new Map(desired.resources.map((one) => [one, written.placeOf(one)]))
  const fields = new Map(sound.pulled.taken.map((one) => [addressText(one), one.fields]))
  return Object.entries(before).flatMap(([file, text]) => {
    const now = files[file] ?? ''
    if (now === text) return []
    const [was, is] = [parse(text), parse(now)] as Json[]
    const root = written.all.find(({ source }) => source.path === file)?.root
    const items = desired.resources.flatMap((resource) => {
      const place = places.get(resource)
      return place?.document.source.path === file ? [{ resource, path: [...place.path] }] : []
    })
    const differing = differences(was, is)
    const wrong = differing.flatMap((path) => {
      const item = items.find((one) => one.path.every((part, index) => part === path[index]))
      const within = path.slice(item?.path.length ?? 0)
      const taken = item ? (fields.get(addressText(item.resource)) ?? []) : []
      const isTaken = taken.some((field) => meets(field.path, within))
      return isTaken ? [] : [`${file}: ${path.join('.')} differs, and was not taken over`]
    })
    return [
      ...wrong,
      ...lostLines(text, now, root ? touchedLines(text, root, differing) : new Set()).map(
        (line) => `${file}: this line is gone: ${line}`
      )
    ]
  })
}

/**
 * Paths of values that differ, as deep as mappings and lists go. An item that is new stands behind the
 * last.
 */
function differences(was: Json | undefined, is: Json | undefined, path: Path = []): Path[] {
  if (sortedText(was ?? null) === sortedText(is ?? null)) return []
  // What is empty stands on the line of its key.
  if (isObject(was) && isObject(is) && ![was, is].some((one) => Object.keys(one).length === 0))
    return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((key) =>
      differences(was[key], is[key], [...path, key])
    )
  if (!Array.isArray(was) || !Array.isArray(is) || was.length === 0 || is.length === 0) return [path]
  if (path.length <= 1) return was.flatMap((one, index) => differences(one, is[index], [...path, index]))
  const [before, after] = [was, is].map((items) => items.map((one) => sortedText(one)))
  const left = [...after!]
  const gone = before!.flatMap((one, index) => {
    const at = left.indexOf(one)
    if (at !== -1) left.splice(at, 1)
    return at === -1 ? [[...path, index]] : []
  })
  const isMore = after!.length > before!.length - gone.length
  return [...gone, ...(isMore || gone.length === 0 ? [[...path, was.length]] : [])]
}

/** Ways to write one thing: whichever the file has is changed. */
const sameThing: Readonly<Record<string, string>> = {
  filter_logic: 'filters',
  model_filters: 'filters',
  target_filters: 'filters',
  identities: 'identity'
}

/**
 * Whether a field is about a value, or one is within the other. Fields name items by their keys: these are
 * not compared.
 */
function meets(field: readonly string[], path: Path): boolean {
  const item = path.findIndex((part) => typeof part === 'number')
  const length = Math.min(field.length, item === -1 ? path.length : item)
  const spelled = (part: string | number | undefined): string => sameThing[String(part)] ?? String(part)
  // In another spelling, members have other places.
  if (field[0] !== path[0] && spelled(field[0]) === spelled(path[0])) return true
  return field.slice(0, length).every((part, index) => spelled(part) === spelled(path[index]))
}

/**
 * Lines of what differs, with the comments right above, which go with what goes; of what is new in a
 * mapping or list on one line, that line.
 */
function touchedLines(text: string, root: YamlNode, paths: readonly Path[]): Set<number> {
  const lines = text.split('\n')
  const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length - 1
  return new Set(
    paths.flatMap((path) => {
      const { node, key, complete } = locate(root, path)
      const isOneLine = !complete && /^[[{]/.test(text.slice(node.start, node.end))
      if (!complete && !isOneLine && node.is !== 'scalar') return []
      const last = lineOf(Math.max(node.start, node.end - 1))
      let first = lineOf(key?.start ?? node.start)
      const isItem = typeof path.at(-1) === 'number'
      if (complete && isItem && /^\s*-(\s+&\S+)?(\s+#.*)?\s*$/.test(lines[first - 1] ?? '')) first -= 1
      if (complete) while (/^\s*#/.test(lines[first - 1] ?? '')) first -= 1
      return Array.from({ length: last - first + 1 }, (_, index) => first + index)
    })
  )
}

/** Lines that are in the text no longer, in their order, but for those that may go. */
function lostLines(was: string, is: string, mayGo: ReadonlySet<number>): string[] {
  const left = is.split(/\r?\n/)
  let at = 0
  return was.split(/\r?\n/).flatMap((line, number) => {
    if (mayGo.has(number) || line.trim() === '') return []
    const found = left.indexOf(line, at)
    if (found === -1) return [line]
    at = found + 1
    return []
  })
}
