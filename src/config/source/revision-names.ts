import { runner } from './git.ts'

/** Names of branches and tags; none where there is no git or no repository. */
export function revisionNames(cwd: string, env: Readonly<Record<string, string | undefined>>): string[] {
  const roots = ['refs/heads', 'refs/remotes', 'refs/tags']
  const found = runner(cwd, env)(['for-each-ref', '--format=%(refname:short)', ...roots])
  return found.ok
    ? found.value
        .toString('utf8')
        .split('\n')
        .filter((name) => name !== '')
    : []
}
