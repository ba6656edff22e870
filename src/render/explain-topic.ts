import { kindText } from './change-text.ts'
import { columns, visible, visibleLines, wrapped } from './plain-text.ts'
import { paint, type Look } from './style.ts'
import type { Json } from '../state/value.ts'
import { isSaid, mappingText, valueText } from './value-text.ts'
import type { KeyFacts, ResourceFacts, TopicFacts, TypeFacts, ValueFacts } from './view/explain.ts'

/** What may be written: a kind, a key or a type of connections, with what is inside of it. */
export function topicText(facts: TopicFacts, look: Look): string {
  const width = Math.min(look.width, 100)
  const marks = marksOf(facts)
  const beside = marks === '' ? '' : ` (${marks})`
  const head = `${paint(look, 'strong', visible(facts.topic))}  ${visible(facts.type)}${beside}`
  const blocks = [
    head,
    wrapped(visible(facts.description), width).join('\n'),
    ...rows(
      'Keys',
      facts.keys.map((key) => [key.name, described(key)]),
      look,
      width
    ),
    ...rows(
      'Words',
      facts.words.map(({ word, meaning }) => [word, meaning]),
      look,
      width
    ),
    ...facts.notes.map((note) => wrapped(`Note: ${visible(note)}`, width).join('\n')),
    ...(facts.example === null ? [] : [exampleText(facts.example, look)])
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

/** All types, a line each. */
export function typesText(types: readonly TypeFacts[]): string {
  const width = Math.max(...types.map(({ type }) => columns(type)))
  return types
    .map(({ type, name, authorized }) => {
      const mark = authorized ? ' (a person authorizes it)' : ''
      return `${type.padEnd(width)}  ${visible(name)}${mark}\n`
    })
    .join('')
}

/** Each value of a resource, with where it comes from. */
export function resourceText({ kind, name, place, values, live }: ResourceFacts, look: Look): string {
  const address = `${kindText(kind)} ${visible(JSON.stringify(name))}`
  const head = `${paint(look, 'strong', address)}  ${visible(place)}`
  const width = Math.min(40, Math.max(0, ...values.map(({ path }) => columns(path))))
  const differences = live?.differences ?? []
  const lines = values.map((value) => {
    const others = differences.flatMap((one) => inServiceText(one, value.path) ?? [])
    const shown = [visible(value.path).padEnd(width), itemText(value)].filter((text) => text !== '')
    return `  ${[...shown, paint(look, 'dim', [originText(value), ...others].join('; '))].join('  ')}`
  })
  const others = differences
    .filter((one) => !values.some(({ path }) => inServiceText(one, path) !== undefined))
    .map(({ path, value }) => `  ${visible(path)}: in the service ${valueText(value)}, in no file`)
  return [head, ...lines, ...others, ...(live === null ? [] : [liveText(live)]), ''].join('\n')
}

function liveText({
  exists,
  changed_at: at,
  changed_by: by,
  differences
}: NonNullable<ResourceFacts['live']>): string {
  if (!exists) return '  The service does not have it.'
  const who = by === null ? '' : ` by ${visible(by)}`
  const when = at === null ? '' : ` at ${visible(at)}`
  const same = differences.length === 0 ? 'The service has the same' : 'The service has other values'
  return `  ${same}${who === '' && when === '' ? '' : `; last changed${who}${when}`}.`
}

/** An item says nothing that its name has said. */
function itemText({ path, value }: ValueFacts): string {
  const [, key] = /\[(.*)\]$/su.exec(path) ?? []
  if (key === undefined || value === null) return valueText(value)
  return mappingText(value, key) ?? (isSaid(value, key) ? '' : valueText(value))
}

/** What the service has instead of a value, or of a part of it; undefined where that is about another one. */
function inServiceText(other: { path: string; value: Json }, path: string): string | undefined {
  if (other.path === path && other.value !== null) return `in the service: ${valueText(other.value)}`
  if (isWithin(path, other.path)) return 'not in the service'
  if (!isWithin(other.path, path)) return undefined
  const part = other.path.slice(path.length).replace(/^\./, '')
  return `in the service ${visible(part)}: ${valueText(other.value)}`
}

function isWithin(path: string, above: string): boolean {
  return path === above || path.startsWith(`${above}.`) || path.startsWith(`${above}[`)
}

function originText({ place, from }: ValueFacts): string {
  return visible([...(place === null ? [] : [place]), ...from].join(', '))
}

/** What its description does not say already. */
function marksOf({ description, required, secret, default: assumed, since }: KeyFacts): string {
  const isSaid = (text: string): boolean => description.includes(text)
  return [
    ...(required && !isSaid('Required') ? ['required'] : []),
    ...(secret && !isSaid('ecret') ? ['secret'] : []),
    ...(assumed === null || isSaid('Default:') ? [] : [`default: ${valueText(assumed)}`]),
    ...(since === null ? [] : [`since ${since}`])
  ].join(', ')
}

function described(key: KeyFacts): string {
  const marks = marksOf(key)
  return `${key.description}${marks === '' ? '' : ` (${marks})`}`
}

/** Names in a column, and what is said of each beside it, flowing. */
function rows(title: string, all: readonly (readonly string[])[], look: Look, width: number): string[] {
  if (all.length === 0) return []
  const names = all.map(([name = '']) => visible(name))
  const left = Math.min(28, Math.max(...names.map(columns)))
  const lines = all.flatMap(([, text = ''], index) => {
    const name = names[index] ?? ''
    const flowing = wrapped(visible(text), Math.max(30, width - left - 4))
    const [first = '', ...more] = flowing
    const isWide = columns(name) > left
    const pad = ' '.repeat(left + 4)
    const top = isWide ? [`  ${name}`, `${pad}${first}`] : [`  ${name.padEnd(left)}  ${first}`]
    return [...top, ...more.map((line) => `${pad}${line}`)]
  })
  return [[paint(look, 'strong', title), ...lines].join('\n')]
}

function exampleText(yaml: string, look: Look): string {
  const lines = visibleLines(yaml.trimEnd())
  return [paint(look, 'strong', 'Example'), ...lines.map((line) => `  ${line}`.trimEnd())].join('\n')
}
