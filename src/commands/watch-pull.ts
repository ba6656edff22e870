import { isAbsolute, join, relative, resolve } from 'node:path'
import { draftBranch } from '../config/source/index.ts'
import { visible } from '../render/plain-text.ts'
import type { Scope } from '../watch/news.ts'
import type { Looked } from '../watch/turn.ts'
import { exit } from './exit.ts'
import type { CommandIo } from './io.ts'
import { projectOf } from './project.ts'
import { pullCommand, type PullOptions } from './pull.ts'
import { isAmiss, type Done } from './watch-heal.ts'
import { troubleOf } from './watch-look.ts'
import type { WatchOptions } from './watch-options.ts'

const scope: Scope = { id: '/pull', name: 'pull' }

/** After these there is something to take over, or it was seen that there is not. */
const fine: ReadonlySet<number> = new Set([exit.done, exit.partial, exit.conflict])

/**
 * Writes a branch with what `polyctl pull` would take over into the files of the last commit. The files that
 * are checked out stay as they are, whatever state they are in.
 */
export async function pullToBranch(
  looked: readonly Looked[],
  { data, options, io }: { data: string; options: WatchOptions; io: CommandIo }
): Promise<Done> {
  const done = (more: Looked, notes: string[] = []): Done => ({ looked: [...looked, more], notes })
  const failed = (sort: string, reasons: string[]): Done =>
    done({ scope, ok: false, trouble: { sort, reasons: reasons.map(visible) } })
  if (!looked.some((one) => one.ok && one.found.some(isAmiss))) return done({ scope, ok: true, found: [] })
  const branch = typeof options.pull === 'string' ? options.pull : 'polyctl/drift'
  const draft = draftBranch({ cwd: io.cwd, env: io.env, folder: join(data, 'checkout') }, branch)
  if (!draft.ok) return failed(draft.reason, [draft.reason])
  try {
    const { folder } = draft.value
    const ownIo: CommandIo = { ...io, cwd: folder, project: projectOf(folder) }
    const { answer, code } = io.redaction.data(await pullCommand([], inDraft(options, io), ownIo))
    if (code === exit.interrupted) return { looked: [...looked], notes: [] }
    if (!fine.has(code)) {
      const trouble = troubleOf(code, answer)
      return failed(trouble.sort, trouble.reasons)
    }
    const written = draft.value.make('Take over what changed in Polytomic')
    if (!written.ok) return failed(written.reason, [written.reason])
    const notes = written.value === 'written' ? [`The branch ${visible(branch)} has what changed.`] : []
    return done({ scope, ok: true, found: [] }, notes)
  } finally {
    draft.value.close()
  }
}

/** The same files there; what is not of the repository, such as `.env`, is where it was. */
function inDraft(given: WatchOptions, io: CommandIo): PullOptions {
  // Of these `check` is a word of pull for something else.
  const {
    pull: _pull,
    every: _every,
    cron: _cron,
    failOn: _failOn,
    check: _check,
    prune: _p,
    rotate: _r,
    ...options
  } = given
  const outside = (path: string): string => resolve(io.cwd, path)
  return {
    ...options,
    file: options.file.map((path) => (isAbsolute(path) ? relative(io.cwd, path) : path)),
    varFile: options.varFile.map(outside),
    envFile: options.envFile.map(outside)
  }
}
