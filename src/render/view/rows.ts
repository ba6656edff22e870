import type { Span } from '../../diagnostics/diagnostic.ts'
import type { ChangeDetails } from '../../plan/details.ts'
import type { Cause, FieldChange } from '../../plan/plan.ts'
import { asShown } from '../../plan/wording.ts'
import { isObject, isSecret, type Json } from '../../state/value.ts'
import { fieldLines } from '../field-tree.ts'
import type { CallReferences } from './references.ts'

/** A line of a resource's fields: a title for what is below it, or a field with its difference. */
export interface RowView {
  depth: number
  label: string
  /** What the last part of the path is called in the data: `Email` for `[Email]`. */
  key: string
  /** The difference that this line shows; none for a title. */
  field?: FieldView
  /** Who moved it, where that is not the same for the whole resource. */
  moved?: { cause: Cause; since: string; base?: Json | undefined }
}

/** A field with both sides as they are told: in a drift the service's side is the new one. */
export interface FieldView {
  /** Absent where all lines are there for the same reason. */
  sign?: '+' | '-' | '~'
  change: FieldChange
  /** Where the files say it, if that is another line than the resource's own and than the row's above. */
  place?: { path?: string; line: number }
}

/** How differences are told: a plan says what will be, a drift what has become of it. */
export interface Telling {
  /** Signs before the fields; without, a new resource reads like what it will be. */
  signs: boolean
  /** The service's side is the new one. */
  turned: boolean
}

/** The fields of a change as rows, in the order of its fields. */
export function rowsOf(
  change: Pick<ChangeDetails, 'fields' | 'span'>,
  fields: readonly FieldChange[],
  { signs, turned }: Telling,
  since: string | undefined
): RowView[] {
  const isEach = new Set(change.fields.map(({ cause }) => cause)).size > 1
  let previous = ''
  return fieldLines(fields).map(({ depth, label, key, change: field, whole }): RowView => {
    const moved = movedOf(whole, since, isEach)
    const row = { depth, label, key, ...(moved === undefined ? {} : { moved }) }
    if (field === undefined) return row
    const place = placeOf(field.span, change.span)
    const text = place === undefined ? '' : `${place.path ?? ''}:${place.line}`
    // What one place says is told once, where every line is there for the same reason.
    const isRepeated = !signs && text === previous
    previous = text
    const sign = signs ? { sign: signOf(field, turned) } : {}
    return { ...row, field: { ...sign, change: field, ...(isRepeated || !place ? {} : { place }) } }
  })
}

/** A conflict is always told, with what the files said when both sides began to move. */
function movedOf(
  whole: FieldChange | undefined,
  since: string | undefined,
  isEach: boolean
): RowView['moved'] {
  if (whole?.cause === undefined || since === undefined) return undefined
  if (whole.cause !== 'conflict' && !isEach) return undefined
  return { cause: whole.cause, since, base: whole.base }
}

/** The sign of a difference; turned, what only the files have is missing in the service. */
export function signOf({ how }: FieldChange, turned: boolean): '+' | '-' | '~' {
  if (how === 'changed') return '~'
  return (how === 'added') === turned ? '-' : '+'
}

/** With the file, where it is another one than the resource's. */
function placeOf(span: Span, resource: Span): FieldView['place'] {
  const { line } = span.start
  if (span.path !== resource.path) return { path: span.path, line }
  return line === resource.start.line ? undefined : { line }
}

/** A difference as it may be told. */
export function toldField(difference: FieldChange, naming: CallReferences = (value) => value): FieldChange {
  const { before, after, base, ...field } = asShown(difference)
  const shown = (value: Json): Json => withoutSecrets(naming(value))
  return {
    ...field,
    ...(before === undefined ? {} : { before: shown(before) }),
    ...(after === undefined ? {} : { after: shown(after) }),
    ...(base === undefined ? {} : { base: shown(base) })
  }
}

/** Of a secret it is told where it comes from, and nothing else. */
function withoutSecrets(value: Json): Json {
  if (isSecret(value)) return { $secret: value.$secret }
  if (Array.isArray(value)) return value.map(withoutSecrets)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withoutSecrets(part)]))
}
