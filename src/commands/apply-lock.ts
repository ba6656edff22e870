import { openLockPlace, whoIsHere, type Held, type LockRef } from '../config/source/index.ts'
import { problem, warning, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { ageOf, lastChangeText } from '../render/view/last-change.ts'
import type { CommandIo } from './io.ts'

/** What of the options is about the lock. */
export interface LockOptions {
  lock?: boolean
  /** The lock that is taken over, by the beginning of its id. */
  takeLock?: string
}

/** The lock of a run: of one organization, as soon as that is known. */
export interface ApplyLock {
  /** Takes the lock before anything is planned; what was taken over is a warning. */
  take(organization: string): Checked<undefined>
  /** Gives it back, once; tells what went wrong with that. */
  release(): Diagnostic[]
}

/** Whether a lock is asked for. */
export function isLocking({ lock, takeLock }: LockOptions): boolean {
  return lock === true || takeLock !== undefined
}

/** Opens the place of the lock, where one is asked for: a mistake is told before the service is asked. */
export function openLock(options: LockOptions, io: CommandIo): Checked<ApplyLock | undefined> {
  if (!isLocking(options)) return { ok: true, value: undefined, problems: [] }
  const { takeLock: instead } = options
  if (instead !== undefined && !/^[0-9a-f]{7,64}$/.test(instead)) {
    const help = ['write the id that the message about the lock shows, such as `--take-lock 1a2b3c4d5e`']
    return { ok: false, problems: [unusable(`\`${instead}\` is no id of a lock`, help)] }
  }
  const place = openLockPlace(io)
  if (!place.ok) {
    const help = ['run it in a checkout with a remote (`git remote add`), or leave `--lock` out']
    return { ok: false, problems: [unusable(`no lock can be taken: ${place.reason}`, help)] }
  }
  return { ok: true, value: lockOf(place.value, instead, io), problems: [] }
}

function lockOf(
  place: (organization: string) => LockRef,
  instead: string | undefined,
  io: CommandIo
): ApplyLock {
  let mine: { ref: LockRef; commit: string } | undefined
  let isOver = false
  const release = (): Diagnostic[] => {
    isOver = true
    const held = mine
    mine = undefined
    return held === undefined ? [] : released(held.ref, held.commit, io)
  }
  const take = (organization: string): Checked<undefined> => {
    // Whoever was stopped has given it back already.
    if (isOver || mine !== undefined) return { ok: true, value: undefined, problems: [] }
    const ref = place(organization)
    const holder = { ...whoIsHere(io), since: io.now().toISOString(), key: io.newKey() }
    const created = ref.prepare(holder)
    if (!created.ok) return { ok: false, problems: [notTaken(created.reason)] }
    // From here on it may be ours, whatever is heard of it.
    mine = { ref, commit: created.value }
    const taking = ref.take(created.value, instead)
    if (taking.is === 'taken') {
      const { from } = taking
      const problems =
        from === undefined ? [] : [warning('P317', `the lock held ${heldText(from, io)} was taken over`)]
      return { ok: true, value: undefined, problems }
    }
    if (taking.is === 'failed' && taking.isTried)
      return { ok: false, problems: [notTaken(taking.reason), ...release()] }
    mine = undefined
    const why = taking.is === 'held' ? heldByOther(taking.by, ref, io) : notTaken(taking.reason)
    return { ok: false, problems: [why] }
  }
  io.leaving?.(() => void release())
  return { take, release }
}

function unusable(message: string, help: string[]): Diagnostic {
  return problem('P318', message, { help })
}

function notTaken(reason: string): Diagnostic {
  return unusable(`the lock cannot be taken: ${reason}`, [
    'whoever runs it must be allowed to push to the remote (in a workflow, `contents: write`)'
  ])
}

function heldByOther(by: Held, { remote, ref }: LockRef, io: CommandIo): Diagnostic {
  const id = by.commit.slice(0, idLetters)
  return problem('P317', `the lock is held ${heldText(by, io)}`, {
    notes: [
      `it is \`${ref}\` on \`${remote}\`: ${id}`,
      ...(by.at === undefined ? [] : [`it runs at ${by.at}`]),
      'nothing was changed in the service'
    ],
    help: [
      'run it again when that apply has ended',
      `if it has ended and left the lock behind, take it over: \`polyctl apply --take-lock ${id}\``
    ]
  })
}

const idLetters = 10

/** `since 2026-11-23 18:04 UTC (2 hours ago) by Ada Lovelace`: as much of it as is known. */
function heldText({ owner, since }: Held, { now }: CommandIo): string {
  const changed = { ...(since === undefined ? {} : { at: since }), by: owner ?? 'somebody' }
  const text = lastChangeText(changed, ageOf(changed, now())) ?? ''
  return since === undefined ? text : `since ${text}`
}

function released(ref: LockRef, commit: string, io: CommandIo): Diagnostic[] {
  const end = ref.release(commit)
  if (end.is === 'released') return []
  if (end.is === 'lost') {
    const by = end.to === undefined ? '' : ` ${heldText(end.to, io)}`
    return [
      warning('P317', `the lock was taken over while this ran${by}`, {
        notes: ['both may have written: what each report says was done is so'],
        help: ['look with `polyctl plan` at what is left to do']
      })
    ]
  }
  const id = commit.slice(0, idLetters)
  return [
    warning('P318', `the lock is not given back: ${end.reason}`, {
      notes: [`it is \`${ref.ref}\` on \`${ref.remote}\`: ${id}`],
      help: [`the next apply takes it over: \`polyctl apply --take-lock ${id}\``]
    })
  ]
}
