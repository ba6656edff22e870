import type { ApprovedRecord, PreviewSeal, PreviewStart } from '../../wire/preview.ts'
import { data, type RouteResult } from '../answer.ts'
import { found, organizationOf, param, type Call, type Route } from '../call.ts'
import { invalid, notFound } from '../refusal.ts'
import { mustBeStartable, mustHaveRunner, mustRunHere } from './execution-start.ts'
import { boundedStart } from './local-start-shape.ts'
import { wouldBe } from './sync.ts'
import { lazily, mustFit } from './request-shape.ts'

const text = { type: 'string' }
const texts = { type: 'array', items: text }
const flag = { type: 'boolean' }
const number = { type: 'integer', minimum: 0 }

const previewShape = lazily<PreviewStart>(() => ({
  type: 'object',
  required: ['start', 'most', 'tells', 'redacted'],
  properties: {
    ...boundedStart(),
    most: {
      type: 'object',
      required: ['written', 'others'],
      properties: { written: number, others: number }
    },
    tells: {
      type: 'object',
      required: ['identities', 'values'],
      properties: { identities: flag, values: flag }
    },
    redacted: flag,
    as: { type: 'object' }
  }
}))

const sealTexts = ['preview', 'organization', 'of', 'made_at', 'definition', 'digest', 'signature']

const approvalShape = lazily<PreviewSeal>(() => ({
  type: 'object',
  required: [...sealTexts, 'identities', 'resync', 'redacted', 'listed'],
  properties: {
    ...Object.fromEntries(sealTexts.map((name) => [name, text])),
    identities: texts,
    resync: flag,
    redacted: flag,
    listed: number
  }
}))

const recordsShape = lazily<{ from: number; records: ApprovedRecord[] }>(() => ({
  type: 'object',
  required: ['from', 'records'],
  properties: {
    from: number,
    records: {
      type: 'array',
      items: {
        type: 'object',
        required: ['key', 'operation', 'mark', 'fields'],
        properties: { key: text, operation: text, mark: text, fields: texts, identity: texts }
      }
    }
  }
}))

/** What polyctl asks of its own server about previews, beside the API. */
export const previewRoutes: readonly Route[] = [
  { method: 'POST', path: '/polyctl/syncs/:id/previews', access: 'organization', answer: begin },
  { method: 'POST', path: '/polyctl/previews', access: 'organization', answer: begin },
  { method: 'GET', path: '/polyctl/previews/:id', access: 'organization', answer: read },
  {
    method: 'POST',
    path: '/polyctl/previews/:id/end',
    access: 'organization',
    bodyless: true,
    answer: end
  },
  { method: 'POST', path: '/polyctl/approvals', access: 'organization', answer: open },
  { method: 'POST', path: '/polyctl/approvals/:id/records', access: 'organization', answer: add },
  { method: 'GET', path: '/polyctl/approvals/:id', access: 'organization', answer: outcome }
]

/** Of a sync that is stored, as it is or as it would be; or of one that would be new. */
function begin(call: Call): RouteResult {
  const id = param(call, 'id')
  const start = mustFit(previewShape(), call.body, 400)
  const stored = id === '' ? undefined : found(call, 'sync', id)
  if (stored === undefined && start.as === undefined) throw invalid('as', 'is required', 400)
  const sync =
    start.as === undefined && stored !== undefined ? stored : wouldBe(call, start.as ?? {}, stored)
  mustBeStartable(sync, start.start)
  const { previews } = mustHaveRunner(call, `the sync "${sync.name}" was not previewed`)
  return data({ id: mustRunHere(() => previews.begin(sync, start)) })
}

function read(call: Call): RouteResult {
  const id = param(call, 'id')
  const after = Number(call.query.get('after') ?? '0')
  const { previews } = runnerOf(call)
  const answer = previews.read(id, organizationOf(call), Number.isInteger(after) ? after : 0)
  if (answer === undefined) throw notFound('preview', id)
  return data(answer)
}

function end(call: Call): RouteResult {
  const id = param(call, 'id')
  if (!runnerOf(call).previews.drop(id, organizationOf(call))) throw notFound('preview', id)
  return data({ id })
}

function open(call: Call): RouteResult {
  const seal = mustFit(approvalShape(), call.body, 400)
  found(call, 'sync', seal.of)
  const { approvals } = runnerOf(call)
  return data({ id: mustRunHere(() => approvals.open(seal)) })
}

function add(call: Call): RouteResult {
  const id = param(call, 'id')
  const { from, records } = mustFit(recordsShape(), call.body, 400)
  if (!runnerOf(call).approvals.add(id, from, records)) throw notFound('approval', id)
  return data({ records: records.length })
}

function outcome(call: Call): RouteResult {
  const id = param(call, 'id')
  const approval = runnerOf(call).approvals.get(id)
  if (approval?.seal.organization !== organizationOf(call)) throw notFound('approval', id)
  return data(approval.answer)
}

function runnerOf(call: Call): NonNullable<Call['context']['runner']> {
  return mustHaveRunner(call, 'there are no previews')
}
