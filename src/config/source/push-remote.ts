import type { GitAnswer, runner } from './git.ts'

/** The remote to which it is pushed: the one that the settings name, else `origin`, else the first. */
export function pushRemote(run: ReturnType<typeof runner>): GitAnswer<string> {
  const configured = run(['config', '--get', 'remote.pushDefault'])
  const remotes = run(['remote'])
  const names = remotes.ok ? remotes.value.toString('utf8').split('\n').filter(Boolean) : []
  const wanted = configured.ok ? configured.value.toString('utf8').trim() : 'origin'
  const remote = names.includes(wanted) ? wanted : names[0]
  return remote === undefined
    ? { ok: false, reason: 'the repository has no remote' }
    : { ok: true, value: remote }
}
