import type { Random } from '../simulation/random.ts'

/** Signs and words that mean something to YAML, or to what reads it. */
const pieces = [
  ': ',
  ':',
  '- ',
  '? ',
  '#',
  ' #',
  '&a ',
  '*a',
  '!tag ',
  '!!str ',
  '|',
  '>-',
  '|2+',
  '"',
  "'",
  '[',
  ']',
  '{',
  '}',
  ',',
  '%YAML 1.1\n',
  '---\n',
  '...\n',
  '<<: ',
  '<<: *a\n',
  '\t',
  '  ',
  ' ',
  '\n',
  '\r\n',
  '\r',
  '\n\n',
  '\\',
  '@',
  '`',
  '~',
  'null',
  'true',
  'yes',
  '.nan',
  '0x1F',
  '0755',
  '1e999',
  '12345678901234567890',
  '${env:X}',
  '${env:X:-y}',
  '${var:x}',
  '${file:x}',
  '${',
  '$${',
  '}',
  '\u0000',
  '\u0007',
  '\u001b[31m',
  '\u0085',
  '\u00a0',
  '\u200b',
  '\u202e',
  '\u2028',
  '\ufeff',
  '\ud800',
  'é',
  '🚀',
  'connections:\n',
  'syncs:\n',
  'name: ',
  'type: ',
  'configuration:\n',
  'lifecycle: ',
  'constructor',
  '__proto__: 1\n'
] as const

/** Changes a text in one to six places. `other` is a text to take pieces from. */
export function mutate(text: string, other: string, random: Random): string {
  let changed = text
  for (let times = 1 + random.below(6); times > 0; times--)
    changed = random.pick(mutations)(changed, other, random)
  return changed
}

type Mutation = (text: string, other: string, random: Random) => string

const mutations: readonly Mutation[] = [
  insertPiece,
  insertPiece,
  insertPiece,
  removeStretch,
  removeLine,
  repeatLine,
  swapLines,
  indentLine,
  moveLines,
  replaceValue,
  takeFromOther,
  changeLineEnds,
  cutOff,
  nest
]

function insertPiece(text: string, _other: string, random: Random): string {
  const at = random.below(text.length + 1)
  return text.slice(0, at) + random.pick(pieces) + text.slice(at)
}

function removeStretch(text: string, _other: string, random: Random): string {
  const at = random.below(text.length + 1)
  return text.slice(0, at) + text.slice(at + 1 + random.below(random.chance(0.1) ? 200 : 8))
}

function withLines(text: string, change: (lines: string[]) => string[]): string {
  return change(text.split('\n')).join('\n')
}

function removeLine(text: string, _other: string, random: Random): string {
  return withLines(text, (lines) => lines.toSpliced(random.below(lines.length), 1))
}

function repeatLine(text: string, _other: string, random: Random): string {
  return withLines(text, (lines) => {
    const at = random.below(lines.length)
    return lines.toSpliced(at, 0, ...Array.from({ length: 1 + random.below(3) }, () => lines[at]!))
  })
}

function swapLines(text: string, _other: string, random: Random): string {
  return withLines(text, (lines) => {
    const [a, b] = [random.below(lines.length), random.below(lines.length)]
    return lines.with(a, lines[b]!).with(b, lines[a]!)
  })
}

function indentLine(text: string, _other: string, random: Random): string {
  return withLines(text, (lines) => {
    const at = random.below(lines.length)
    const line = lines[at]!
    return lines.with(at, random.chance(0.5) ? ` ${line}` : line.replace(/^ /, ''))
  })
}

function moveLines(text: string, _other: string, random: Random): string {
  return withLines(text, (lines) => {
    const from = random.below(lines.length)
    const moved = lines.slice(from, from + 1 + random.below(6))
    return lines.toSpliced(from, moved.length).toSpliced(random.below(lines.length), 0, ...moved)
  })
}

function replaceValue(text: string, _other: string, random: Random): string {
  const values = [...text.matchAll(/(?<=[:-] )[^\n,{}[\]]+/g)]
  if (values.length === 0) return text
  const { index, 0: value } = random.pick(values)
  return text.slice(0, index) + random.pick(pieces) + text.slice(index + value.length)
}

function takeFromOther(text: string, other: string, random: Random): string {
  const lines = other.split('\n')
  const from = random.below(lines.length)
  const taken = lines.slice(from, from + 1 + random.below(8))
  return withLines(text, (own) => own.toSpliced(random.below(own.length + 1), 0, ...taken))
}

function changeLineEnds(text: string, _other: string, random: Random): string {
  const end = random.pick(['\r\n', '\r', '\n\u0085', '\u2028'])
  return random.chance(0.5) ? text.replaceAll('\n', end) : text.replace('\n', end)
}

function cutOff(text: string, _other: string, random: Random): string {
  return text.slice(0, random.below(text.length + 1))
}

function nest(text: string, _other: string, random: Random): string {
  const at = random.below(text.length + 1)
  const depth = random.pick([3, 30, 300, 3_000])
  return text.slice(0, at) + random.pick(['[', '{ a: ', '- ', '? ']).repeat(depth) + text.slice(at)
}
