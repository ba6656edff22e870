import type { Span } from '../../diagnostics/diagnostic.ts'
import { detailsOf } from '../../plan/details.ts'
import type { Change, FieldChange } from '../../plan/plan.ts'
import { valueText } from '../value-text.ts'
import { fieldLines, type FieldLine } from './field-tree.ts'
import type { Difference, Note, Row } from './view.ts'

/** How the fields of a resource are told. */
interface RowOptions {
  /** Signs before the fields; without, a new resource reads like what it will be. */
  signs: boolean
  /** A plan says what will be, a drift what has become of it. */
  newer: Difference['newer']
  /** The revision that tells who moved. */
  since: string | undefined
}

/** The differences of a change. A new name is told beside the address. */
export function rowsOf(change: Change, options: RowOptions): Row[] {
  const { action, fields, span } = detailsOf(change)
  const beside = action === 'rename' ? fields.filter(({ path }) => path.join('.') !== 'name') : fields
  const each = new Set(fields.map(({ cause }) => cause)).size > 1
  let last: Span = span
  return fieldLines(beside).map((line) => {
    const note = causeNote(line, options.since, each)
    const row: Row = {
      depth: line.depth,
      label: line.label,
      key: line.key,
      sign: '',
      ...(note && { note })
    }
    if (line.change === undefined) return row
    row.value = differenceOf(line.change, options.newer)
    if (options.signs) row.sign = signOf(row.value)
    const place = line.change.span
    const isKnown = isSamePlace(place, span) || (!options.signs && isSamePlace(place, last))
    last = place
    return isKnown ? row : { ...row, place }
  })
}

function isSamePlace(one: Span, other: Span): boolean {
  return one.path === other.path && one.start.line === other.start.line
}

function differenceOf({ how, before, after, long, path }: FieldChange, newer: Difference['newer']) {
  const isItem = path.at(-1)?.startsWith('[') === true
  const sides = {
    ...(before === undefined ? {} : { live: before }),
    ...(after === undefined ? {} : { wanted: after })
  }
  return { how, ...sides, newer, long: long === true, isItem } satisfies Difference
}

function signOf({ how, newer }: Difference): Row['sign'] {
  if (how === 'changed') return '~'
  return (how === 'added') === (newer === 'live') ? '-' : '+'
}

/** A conflict is always told, with what the files said when both sides began to move. */
function causeNote({ whole }: FieldLine, since: string | undefined, each: boolean): Note | undefined {
  if (whole?.cause === undefined || since === undefined) return undefined
  if (whole.cause !== 'conflict' && !each) return undefined
  const sentence = {
    config: `changed in the files since ${since}`,
    drift: `changed in the service; the files say the same as at ${since}`,
    conflict: `both changed it: at ${since} the files said ${valueText(whole.base)}`
  }[whole.cause]
  return { about: 'cause', tone: whole.cause === 'conflict' ? 'warning' : 'dim', sentences: [sentence] }
}
