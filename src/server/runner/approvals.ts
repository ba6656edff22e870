import type { ApprovalAnswer, ApprovedRecord, PreviewSeal } from '../../wire/preview.ts'
import type { StoredModel, StoredSync } from '../stored.ts'
import type { ApprovalStore } from './approval-store.ts'
import { RunProblem } from './connector.ts'
import { definitionOf, ListDigest, signed } from './marks.ts'

/** A preview that somebody approved, as it is handed back to be run. */
export interface Approval {
  seal: PreviewSeal
  /** Operation and mark by the keys of records. */
  records: Map<string, string>
  answer: ApprovalAnswer
}

/** Approved previews that were handed back since the server started. */
export interface Approvals {
  /** Throws `RunProblem` for a seal that this server did not make. */
  open(seal: PreviewSeal): string
  /** Takes records of the list; those that are there already are left. False where some are missing. */
  add(id: string, from: number, records: readonly ApprovedRecord[]): boolean
  get(id: string): Approval | undefined
  /** Throws `RunProblem` where it is not whole, used, or of another sync than there is now; else its seal. */
  mustHold(id: string, sync: StoredSync, model: StoredModel): PreviewSeal
}

const mostKept = 8

interface Upload extends Approval {
  digest: ListDigest
  /** The digest of a list that is whole. */
  ended?: string
}

/** Opens the approvals of a server. */
export function openApprovals(store: ApprovalStore, randomUUID: () => string): Approvals {
  const all = new Map<string, Upload>()
  return {
    open: (seal) => {
      const { signature, ...rest } = seal
      if (signed(store.secret, rest) !== signature)
        throw new RunProblem('forged', 'the preview was not made by this server, or it was changed since')
      for (const previous of [...all.keys()].slice(0, Math.max(0, all.size - mostKept + 1)))
        all.delete(previous)
      const id = randomUUID()
      const answer = { listed: seal.listed, waiting: 0, moved: 0, first: [] }
      all.set(id, { seal, records: new Map(), answer, digest: new ListDigest(seal.redacted) })
      return id
    },
    add: (id, from, records) => {
      const upload = all.get(id)
      if (upload === undefined || upload.ended !== undefined || from > upload.records.size) return false
      if (from < upload.records.size) return from + records.length <= upload.records.size
      for (const record of records) {
        upload.digest.add(record)
        upload.records.set(record.key, marked(record))
      }
      return true
    },
    get: (id) => all.get(id),
    mustHold: (id, sync, model) => {
      const upload = all.get(id)
      if (upload === undefined) throw new RunProblem('approval', 'the approval is not known any more')
      const { seal, records } = upload
      upload.ended ??= upload.digest.end()
      if (seal.listed !== records.size || upload.ended !== seal.digest)
        throw new RunProblem('forged', 'its list of records is not the one that was previewed')
      if (seal.of !== sync.id || seal.organization !== sync.organization_id)
        throw new RunProblem('forged', 'it is the preview of another sync')
      if (seal.definition !== definitionOf(store.secret, sync, model))
        throw new RunProblem('changed', `the sync "${sync.name}" was changed after it was previewed`)
      const before = store.usedBy(seal.preview)
      if (before !== undefined) throw new RunProblem('used', `it was used already, by execution ${before}`)
      return seal
    }
  }
}

/** What an approval holds of a record. */
export function marked({ operation, mark }: Pick<ApprovedRecord, 'operation' | 'mark'>): string {
  return `${operation} ${mark}`
}
