import type { Diagnostic, Label, Span } from '../../src/diagnostics/diagnostic.ts'
import type { ChangeDetails } from '../../src/plan/details.ts'
import type { Change, FieldChange, Plan } from '../../src/plan/plan.ts'
import type { PlanHeader } from '../../src/render/header.ts'
import type { Look } from '../../src/render/style.ts'
import type { ViewContext } from '../../src/render/view/changes.ts'
import type { Json } from '../../src/state/value.ts'

export const look: Look & ViewContext = {
  colour: false,
  width: 100,
  connects: new Set(['connection']),
  now: new Date('2026-11-29T09:30:00.000Z')
}

export const header: PlanHeader = {
  organization: 'Acme',
  service: 'app.polytomic.com',
  apiVersion: '2025-09-18',
  files: 2,
  resources: 4
}

/** A place in a file; the offset does not matter to what is rendered. */
export function at(path: string, line: number, column = 5, length = 1): Span {
  return {
    path,
    start: { line, column, offset: 0 },
    end: { line, column: column + length, offset: length }
  }
}

export function plan(changes: Change[], unmanaged: Plan['unmanaged'] = []): Plan {
  const organization = { id: '6f1c9b1e-0000-4000-8000-000000000001', name: 'Acme' }
  return { organization, changes, unmanaged, noLongerDeclared: [] }
}

/** A change with the boring value for everything that is not said. */
export function change(
  parts: Partial<ChangeDetails> & Pick<ChangeDetails, 'action' | 'kind' | 'name'>
): Change {
  const whole: ChangeDetails = {
    span: at('configs/syncs.yaml', 30, 11, 4),
    fields: [],
    unchanged: 0,
    reason: '',
    after: [],
    wanted: {},
    ids: {},
    notStated: [],
    notCompared: [],
    notRead: [],
    ignored: [],
    hidden: [],
    impacts: [],
    ...parts
  }
  return whole as Change
}

interface At {
  line?: number
  path?: string
  long?: true
}

export function added(
  path: string[],
  after: Json,
  { line = 30, path: file = 'configs/syncs.yaml', long }: At = {}
): FieldChange {
  return { path, how: 'added', after, span: at(file, line), ...(long ? { long } : {}) }
}

export function removed(
  path: string[],
  before: Json,
  { line = 30, path: file = 'configs/syncs.yaml', long }: At = {}
): FieldChange {
  return { path, how: 'removed', before, span: at(file, line), ...(long ? { long } : {}) }
}

export function changed(
  path: string[],
  before: Json,
  after: Json,
  { line = 30, path: file = 'configs/syncs.yaml', long }: At = {}
): FieldChange {
  return { path, how: 'changed', before, after, span: at(file, line), ...(long ? { long } : {}) }
}

export function source(model: string, field: string): Json {
  return { model: { $ref: 'model', name: model }, field }
}

/** A label under the first occurrence of `part` in a text. */
export function label(
  texts: ReadonlyMap<string, string>,
  path: string,
  part: string,
  words: string
): Label {
  const text = texts.get(path) ?? ''
  const offset = text.indexOf(part)
  if (offset === -1) throw new Error(`${path} does not hold ${part}`)
  return {
    span: { path, start: position(text, offset), end: position(text, offset + part.length) },
    text: words
  }
}

function position(text: string, offset: number) {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n'), offset }
}

export function diagnostic(parts: Partial<Diagnostic> & Pick<Diagnostic, 'code' | 'message'>): Diagnostic {
  return { severity: 'error', labels: [], notes: [], help: [], ...parts }
}
