import { closingLines, headLine, nameText } from './change-text.ts'
import { fitted } from './layout.ts'
import { pathText } from '../plan/path-node.ts'
import { visible } from './plain-text.ts'
import { paint, type Ink, type Look } from './style.ts'
import type { PatchView, PullView, TakenView } from './view/pull.ts'

/** More lines than this of one file are told by their number. */
const manyLines = 40

/** What was written, as text for people: the changed lines of each file. */
export function pullText(view: PullView, look: Look): string {
  const closing = closingLines(view.closing, look)
  if (look.quiet === true) return fitted(`${closing[0] ?? ''}\n`, look)
  const blocks = [
    [headLine(view, look), comparedLine(view, look)],
    view.taken.map((taken) => takenLine(taken, look)),
    ...view.patches.map((patch) => patchLines(patch, look)),
    closing
  ]
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => `${block.join('\n')}\n`)
    .join('\n')
}

/** All patches, for `git apply` and for a log. */
export function patchText({ patches }: PullView, look: Look): string {
  const inked = patches.flatMap(({ patch }) => patch.split('\n').map((line) => inkedLine(line, look)))
  return inked.join('\n').replace(/\n+$/, '\n')
}

function comparedLine({ since }: PullView, look: Look): string {
  const text =
    since === undefined
      ? 'compared with no revision: what differs is taken from the service, also where the files are newer'
      : `compared with ${since}: what the files changed since then stays`
  return paint(look, 'dim', text)
}

const inks: Readonly<Record<TakenView['action'], Ink>> = {
  update: 'change',
  rename: 'rename',
  remove: 'remove',
  add: 'add'
}
const signs = { update: '~', rename: '→', remove: '-', add: '+' } as const

function takenLine(taken: TakenView, look: Look): string {
  const fields = taken.fields.map(({ path }) => visible(pathText(path)))
  const what = fields.length === 0 ? '' : paint(look, 'dim', `  ${fields.join(', ')}`)
  const sign = paint(look, inks[taken.action], signs[taken.action])
  return `${sign} ${paint(look, 'strong', nameText(taken))}${what}`
}

function patchLines({ path, lines }: PatchView, look: Look): string[] {
  const shown = look.verbose === true ? lines : lines.slice(0, manyLines)
  const more = lines.length - shown.length
  return [
    paint(look, 'place', visible(path)),
    ...shown.map((line) => `  ${inkedLine(visible(line), look)}`),
    ...(more > 0 ? [paint(look, 'dim', `  … ${more} more lines; --verbose shows them`)] : [])
  ]
}

function inkedLine(line: string, look: Look): string {
  if (line.startsWith('+')) return paint(look, 'add', line)
  if (line.startsWith('-')) return paint(look, 'remove', line)
  return line.startsWith('@@') ? paint(look, 'dim', line) : line
}
