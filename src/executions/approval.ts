import { failureProblem } from '../remote/failure.ts'
import type { Reader, Writer } from '../remote/transport.ts'
import { misfit, type Shape } from '../state/shape.ts'
import { isObject } from '../state/value.ts'
import type { ApprovalAnswer } from '../wire/preview.ts'
import { jsonBody } from './json-body.ts'
import type { ListedSync } from './preview-file.ts'

const recordsAtOnce = 10_000

/** Hands the list of a sync in at polyctl's own server, in parts. Returns the id of the approval. */
export async function handedIn(
  { seal, records, address }: ListedSync,
  writer: Writer
): Promise<{ ok: true; id: string } | { ok: false; because: string }> {
  const opened = await writer.send('POST', '/polyctl/approvals', { body: jsonBody(seal), repeatable: true })
  if (!opened.ok) return { ok: false, because: wordsOf(opened.failure, address) }
  const id = isObject(opened.body) && isObject(opened.body.data) ? opened.body.data.id : undefined
  if (typeof id !== 'string') return { ok: false, because: 'the server gave no approval' }
  for (let from = 0; from < records.length; from += recordsAtOnce) {
    const body = jsonBody({ from, records: records.slice(from, from + recordsAtOnce) })
    const sent = await writer.send('POST', `/polyctl/approvals/${id}/records`, { body, repeatable: true })
    if (!sent.ok) return { ok: false, because: wordsOf(sent.failure, address) }
  }
  return { ok: true, id }
}

function wordsOf(failure: Parameters<typeof failureProblem>[0], address: string): string {
  return failure.refused
    ? failure.words
    : failureProblem(failure, `handing in the list of ${address}`).message
}

const shape: Shape = {
  members: {
    listed: 'scalar',
    waiting: 'scalar',
    moved: 'scalar',
    first: { list: { members: { key: 'text', how: 'text' }, needs: ['key', 'how'] } }
  },
  needs: ['listed', 'waiting', 'moved', 'first']
}

/** Returns what came of a run by an approval; undefined where the server does not say. */
export async function outcomeOf(id: string, reader: Reader): Promise<ApprovalAnswer | undefined> {
  const answer = await reader.get(`/polyctl/approvals/${id}`)
  const data = answer.ok && isObject(answer.body) ? answer.body.data : undefined
  return isOutcome(data) ? data : undefined
}

function isOutcome(value: unknown): value is ApprovalAnswer {
  return isObject(value) && misfit(shape, value, 'data') === undefined
}
