import { addressText } from '../state/resource.ts'
import type { PreviewRecord } from '../wire/preview.ts'
import { headJson, problemJson, problemsJson } from './json-parts.ts'
import type { PreviewsView, PreviewView } from './view/preview.ts'

/** What runs of syncs would do. Records are listed only where a person asked for their values. */
export function previewDocument(view: PreviewsView): unknown {
  return {
    ...headJson(view.header),
    saved: view.saved ?? null,
    previews: view.previews.map(previewJson),
    problems: problemsJson(view.problems)
  }
}

function previewJson({ address, id, state, read, counts, reasons, fields, notes, ...rest }: PreviewView) {
  return {
    kind: address.kind,
    name: address.name,
    address: addressText(address),
    id,
    state,
    read,
    summary: {
      create: counts.insert,
      update: counts.update,
      remove: counts.delete,
      send: counts.send,
      skip: counts.skip,
      refuse: counts.refuse,
      without_change: counts.same
    },
    reasons,
    fields: fields.map(({ name, insert, update }) => ({ name, created: insert, updated: update })),
    notes,
    records: rest.records.map(recordJson),
    problem: rest.problem === undefined ? null : problemJson(rest.problem)
  }
}

const operations: Readonly<Record<PreviewRecord['operation'], string>> = {
  insert: 'create',
  update: 'update',
  delete: 'remove',
  send: 'send',
  skip: 'skip',
  refuse: 'refuse'
}

function recordJson({ operation, reason, identity, fields, values, same }: PreviewRecord) {
  return {
    operation: operations[operation],
    reason: reason === '' ? null : reason,
    identity: identity ?? [],
    without_change: same,
    fields: fields.map((name, index) => ({
      name,
      before: values?.[index]?.[0] ?? null,
      after: values?.[index]?.[1] ?? null
    }))
  }
}
