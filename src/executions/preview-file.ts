import { createHash } from 'node:crypto'
import { boundedJson } from '../state/json-text.ts'
import { addressText } from '../state/resource.ts'
import { misfit, type Shape } from '../state/shape.ts'
import { isObject } from '../state/value.ts'
import type { PreviewRecord, PreviewSeal } from '../wire/preview.ts'
import type { SyncPreview } from './preview.ts'

/**
 * The file of previews that somebody may approve: which records are written and by which operation, and no
 * value of them. Its shape is checked, because anybody may have written it; that nobody changed what counts
 * in it is known to the server that signed it.
 */
export interface PreviewFile {
  organization: { id: string; name: string }
  service: string
  /** When the oldest of them was made. */
  made_at: string
  lists: ListedSync[]
}

/** The records of one sync that a run of the file writes. */
export interface ListedSync {
  address: string
  id: string
  summary: { create: number; update: number; remove: number; send: number }
  seal: PreviewSeal
  records: ListedRecord[]
}

/** A record in the file. */
export type ListedRecord = Pick<PreviewRecord, 'key' | 'operation' | 'mark' | 'fields' | 'identity'>

const formatVersion = 1

/** Makes the file of previews that came to their ends. */
export function previewFile(
  previews: readonly SyncPreview[],
  organization: PreviewFile['organization'],
  service: string,
  redacted: boolean
): PreviewFile {
  const lists = previews.flatMap(({ address, id, preview }): ListedSync[] => {
    if (preview.outcome !== 'previewed' || preview.answer.seal === null) return []
    const { seal } = preview.answer
    const records = preview.answer.records.flatMap((record): ListedRecord[] => {
      const { key, operation, mark, fields, identity } = record
      if (key === '') return []
      return [{ key, operation, mark, fields, ...(redacted || identity === undefined ? {} : { identity }) }]
    })
    const of = (operation: string): number => records.filter((one) => one.operation === operation).length
    const summary = { create: of('insert'), update: of('update'), remove: of('delete'), send: of('send') }
    return records.length === 0 ? [] : [{ address: addressText(address), id, summary, seal, records }]
  })
  const [oldest = ''] = lists.map(({ seal }) => seal.made_at).toSorted()
  return { organization, service, made_at: oldest, lists }
}

/** Returns the text of the file: each record on a line, so that people can compare two of them. */
export function previewFileText(file: PreviewFile): string {
  const { lists, ...head } = file
  const whole = { polyctl: 'preview', format_version: formatVersion, ...head }
  const shown = lists.map(({ records, ...sync }) => {
    const lines = records.map((record) => `    ${JSON.stringify(record)}`).join(',\n')
    return ` ${JSON.stringify(sync).slice(0, -1)},"records":[\n${lines}\n ]}`
  })
  const fields = Object.entries(whole).map(([name, value]) => `"${name}": ${JSON.stringify(value)}`)
  const seal = `"file_seal": "${sealOf(whole, lists)}"`
  return `{${[...fields, seal].join(',\n ')},\n "lists": [\n${shown.join(',\n')}\n]}\n`
}

/** Detects damage and slips of the hand. */
function sealOf(head: object, lists: readonly ListedSync[]): string {
  const hash = createHash('sha256').update(JSON.stringify(head))
  for (const { records, ...sync } of lists) {
    hash.update(JSON.stringify(sync))
    for (const record of records) hash.update(JSON.stringify(record))
  }
  return hash.digest('base64url').slice(0, 22)
}

/** What a text is, if it is no file of previews. */
export type Unreadable = { ok: false; is: 'other' | 'damaged'; reason: string }

/** Parses the text of such a file, or says why it is none. */
export function parsePreviewFile(text: string): { ok: true; file: PreviewFile } | Unreadable {
  const read = boundedJson(text)
  if (!read.ok) {
    const isCut = text.startsWith('{"polyctl": "preview"')
    const reason = read.beyond ?? 'it is not JSON, or not all of it is there'
    return { ok: false, is: isCut ? 'damaged' : 'other', reason }
  }
  const { value } = read
  if (!isObject(value) || value.polyctl !== 'preview')
    return { ok: false, is: 'other', reason: 'it was not written by `polyctl preview --out`' }
  if (value.format_version !== formatVersion)
    return { ok: false, is: 'other', reason: 'another version of polyctl wrote it, in another format' }
  const { file_seal: seal, lists = null, ...head } = value
  const file = { ...head, lists }
  if (!isFile(file))
    return { ok: false, is: 'damaged', reason: misfit(shape, file, 'the file') ?? 'it is no preview' }
  if (seal !== sealOf(head, file.lists))
    return { ok: false, is: 'damaged', reason: 'it was changed after it was written' }
  return { ok: true, file }
}

function isFile(value: unknown): value is PreviewFile {
  return isObject(value) && misfit(shape, value, 'the file') === undefined
}

const texts: Shape = { list: 'text' }
const shape: Shape = {
  members: {
    organization: { members: { id: 'text', name: 'text' }, needs: ['id', 'name'] },
    service: 'text',
    made_at: 'text',
    lists: {
      list: {
        members: {
          address: 'text',
          id: 'text',
          summary: { each: 'scalar' },
          seal: {
            members: {
              preview: 'text',
              organization: 'text',
              of: 'text',
              made_at: 'text',
              definition: 'text',
              identities: texts,
              resync: 'scalar',
              redacted: 'scalar',
              listed: 'scalar',
              digest: 'text',
              signature: 'text'
            },
            needs: ['preview', 'organization', 'of', 'made_at', 'definition', 'digest', 'signature']
          },
          records: {
            list: {
              members: { key: 'text', operation: 'text', mark: 'text', fields: texts, identity: texts },
              needs: ['key', 'operation', 'mark', 'fields']
            }
          }
        },
        needs: ['address', 'id', 'seal', 'records']
      }
    }
  },
  needs: ['organization', 'service', 'made_at', 'lists']
}
