import { boundedJson } from '../state/json-text.ts'
import { misfit, type Shape } from '../state/shape.ts'
import { isObject, type JsonObject } from '../state/value.ts'
import { hash, type SavedPlan } from './saved.ts'

/** The file of a saved plan. Its shape is checked, because anybody may have written it. */

/** Returns the text of a plan file. Its seal detects damage and edits. */
export function savedText(saved: SavedPlan): string {
  const text = sealedText(saved)
  const { view: _view, ...without } = saved
  // Whoever applies it must be able to read it: a plan that is too large with its view goes without.
  return saved.view === undefined || boundedJson(text).ok
    ? text
    : sealedText({ ...without, format_version: 2 })
}

function sealedText(saved: SavedPlan): string {
  const sealed: JsonObject = { ...saved, seal: hash(saved) }
  return `${JSON.stringify(sealed, null, 1)}\n`
}

/** Parses the text of a plan file, or returns a sentence that says why it is none. */
export function parseSaved(text: string): { ok: true; saved: SavedPlan } | { ok: false; reason: string } {
  const read = boundedJson(text)
  if (!read.ok) return { ok: false, reason: read.beyond ?? 'it is not JSON, or not all of it is there' }
  const { value } = read
  if (!isObject(value) || value['polyctl'] !== 'plan')
    return { ok: false, reason: 'it was not written by `polyctl plan --out`' }
  const { seal, ...rest } = value
  // The one before had no view.
  if (rest['format_version'] !== 3 && rest['format_version'] !== 2)
    return { ok: false, reason: 'another version of polyctl wrote it, in another format' }
  if (seal !== hash(rest)) return { ok: false, reason: 'it was changed after it was written' }
  if (isSaved(rest)) return { ok: true, saved: rest }
  return { ok: false, reason: misfit(savedShape, rest, 'the plan') ?? 'it is no plan' }
}

function isSaved(value: JsonObject): value is SavedPlan {
  return misfit(savedShape, value, 'the plan') === undefined
}

const texts: Shape = { list: 'text' }
const optionsShape: Shape = {
  members: {
    files: texts,
    since: 'text',
    prune: 'scalar',
    only: texts,
    exclude: texts,
    kinds: texts,
    rotate: texts,
    allow_destroy: texts,
    force_delete: 'scalar',
    max_deletes: 'scalar',
    max_updates: 'scalar',
    remembered: 'scalar'
  },
  needs: ['files', 'only', 'exclude', 'kinds', 'rotate', 'allow_destroy']
}
const resourceShape: Shape = {
  members: {
    address: 'text',
    action: 'text',
    id: 'text',
    declared: 'text',
    intended: 'text',
    names: 'text',
    seen: { each: 'text' }
  },
  needs: ['address', 'action', 'seen']
}
const savedShape: Shape = {
  members: {
    organization: { members: { id: 'text', name: 'text' }, needs: ['id', 'name'] },
    service: 'text',
    api_version: 'text',
    options: optionsShape,
    configuration: 'text',
    secrets_key: 'text',
    resources: { list: resourceShape }
  },
  needs: ['organization', 'api_version', 'options', 'configuration', 'resources']
}
