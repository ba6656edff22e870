import type { Json } from '../../state/value.ts'
import { element, type Child, type Element } from '../element.ts'
import { lineDiff, type DiffLine } from '../line-diff.ts'
import { count, visible } from '../plain-text.ts'
import { isSaid, mappingText, valueLines, valueText } from '../value-text.ts'
import type { FieldView, RowView } from '../view/rows.ts'

/** So many lines of one text are shown. */
const most = 400

/** A value that is longer than this stands in a block of its own. */
const short = 160

const tones = { '+': 'add', '-': 'remove', '~': 'change' } as const

/** The fields of a resource, one below the other, each with its difference. */
export function fieldRows(rows: readonly RowView[], turned: boolean): Element {
  return element(
    'ul',
    { class: 'rows' },
    rows.map((row) => fieldRow(row, turned))
  )
}

function fieldRow({ depth, label, key, field, moved }: RowView, turned: boolean): Element {
  const indent = `d${Math.min(depth, 4)}`
  const title = element('span', { class: 'label' }, visible(label))
  const cause = moved === undefined ? [] : [element('span', { class: 'moved quiet' }, movedText(moved))]
  if (field === undefined) {
    const sign = element('span', { class: 'sign' })
    return element('li', { class: `row title ${indent}` }, sign, title, ...cause)
  }
  const { sign, place } = field
  const tone = sign === undefined ? 'same' : tones[sign]
  const where =
    place === undefined
      ? ''
      : `${place.path === undefined ? 'line ' : `${visible(place.path)}:`}${place.line}`
  return element(
    'li',
    { class: `row ${tone} ${indent}` },
    element('span', { class: 'sign' }, sign ?? ''),
    title,
    where === '' ? undefined : element('span', { class: 'place' }, where),
    ...valueOf(field, key, turned),
    ...cause
  )
}

function movedText({ cause, since, base }: NonNullable<RowView['moved']>): string {
  const revision = visible(since)
  return {
    config: `changed in the files since ${revision}`,
    drift: `changed in the service; the files say the same as at ${revision}`,
    conflict: `both changed it: at ${revision} the files said ${valueText(base)}`
  }[cause]
}

function valueOf({ change, sign }: FieldView, key: string, turned: boolean): Child[] {
  const { how, before, after } = change
  if (how === 'changed') {
    const [live, wanted] = [valueText(before), valueText(after)]
    const hasLines = [before, after].some((value) => typeof value === 'string' && value.includes('\n'))
    if (!hasLines && live.length + wanted.length <= short)
      return [element('span', { class: 'value' }, ...sides(live, wanted, turned))]
    const [previous, next] = [valueLines(before), valueLines(after)]
    return [block(turned ? lineDiff(next, previous) : lineDiff(previous, next))]
  }
  const value: Json = (how === 'removed' ? before : after) ?? null
  const isItem = change.path.at(-1)?.startsWith('[') === true
  const text = mappingText(value, key) ?? (isItem && isSaid(value, key) ? '' : valueText(value))
  const side = turned ? ` (only in the ${how === 'removed' ? 'service' : 'files'})` : ''
  if (typeof value === 'string' && (value.includes('\n') || text.length > short)) {
    const own = sign === '+' || sign === '-' ? sign : ' '
    const lines = value.replace(/\n$/, '').split('\n')
    return [block(lines.map((line): DiffLine => ({ sign: own, text: visible(line), marks: [] })))]
  }
  const tag = sign === '+' ? 'ins' : sign === '-' ? 'del' : 'span'
  const shown = text === '' ? [] : [element(tag, {}, text)]
  return [element('span', { class: 'value' }, ...shown, side)]
}

/** What it is and what it becomes; of a drift, what the files say and what the service has. */
function sides(live: string, wanted: string, turned: boolean): Child[] {
  if (turned)
    return [element('ins', {}, wanted), ' in the files, ', element('del', {}, live), ' in the service']
  return [element('del', {}, live), ' → ', element('ins', {}, wanted)]
}

/** A text of several lines, with what differs in it. */
export function block(lines: readonly DiffLine[]): Element {
  const shown = lines.length > most ? lines.slice(0, most) : lines
  const left = lines.length - shown.length
  const more = left > 0 ? [element('span', { class: 'gap' }, `… and ${count(left, 'more line')}`)] : []
  return element('pre', { class: 'block' }, ...shown.map(blockLine), ...more)
}

const classes = { '+': 'plus', '-': 'minus', ' ': 'plain', gap: 'gap' } as const

function blockLine({ sign, text, marks }: DiffLine): Element {
  const parts: Child[] = sign === 'gap' ? [] : [`${sign} `]
  let cursor = 0
  for (const [from, to] of marks) {
    parts.push(text.slice(cursor, from), element('mark', {}, text.slice(from, to)))
    cursor = to
  }
  return element('span', { class: classes[sign] }, ...parts, text.slice(cursor))
}
