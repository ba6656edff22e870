import { dictionary } from '../state/value.ts'

/**
 * What other tools of this sort call their options and commands, and what does it here. Names and meanings
 * are those that their own `--help` prints.
 */
const options = dictionary<string>({
  '--dry-run': '`polyctl plan` is the dry run: it changes nothing',
  '--check': '`polyctl plan` shows what would change, and changes nothing',
  '--diff': '`polyctl plan` shows the differences',
  '--auto-approve': '`--yes` carries it out without asking',
  '--force': '`--yes` carries it out without asking; what is refused for safety says which option lifts it',
  '-y': '`--yes` carries it out without asking',
  '--target': '`--only ADDRESS` takes a part, such as `--only \'sync "Users"\'`',
  '--select': '`--only ADDRESS` takes a part, such as `--only \'sync "Users"\'`',
  '--replace': '`--rotate ADDRESS` sends secrets again; nothing is deleted and made anew',
  '-o': '`--format json` prints a document; `--out FILE` of `polyctl plan` saves the plan',
  '--output': '`--format json` prints a document; `--out FILE` of `polyctl plan` saves the plan',
  '--json': '`--format json` prints a document',
  '--config': '`--file PATH` names a file or a folder',
  '--path': '`--file PATH` names a file or a folder',
  '--dir': '`--file PATH` names a file or a folder',
  '--chdir': '`--file PATH` names a file or a folder',
  '--env': '`--env-file PATH` reads variables from a file; `--var NAME=VALUE` gives one',
  '--vars': '`--var NAME=VALUE` gives a variable, `--var-file PATH` a file of them',
  '--token': 'The key is read from POLYTOMIC_API_KEY: others on this machine can read a command line',
  '--api-key': 'The key is read from POLYTOMIC_API_KEY: others on this machine can read a command line',
  '--api-token': 'The key is read from POLYTOMIC_API_KEY: others on this machine can read a command line',
  '--api-url': '`--url ADDRESS` names the service, and so does POLYTOMIC_URL',
  '--host': '`--url ADDRESS` names the service, and so does POLYTOMIC_URL',
  '--no-color': 'Set NO_COLOR=1',
  '--no-colour': 'Set NO_COLOR=1',
  '--refresh': 'There is no state to refresh: what is live is read each time',
  '--refresh-only': '`polyctl drift` shows what changed in the service',
  '--state': 'There is no state file: live resources are found by their names',
  '--lock': 'There is no state to lock: a resource that changes after the plan is not overwritten',
  '--destroy': '`polyctl destroy` deletes what the files declare',
  '--delete': '`--prune` deletes what the files declared at `--since` and do no longer',
  '--workspace': '`--organization NAME` chooses one where the key opens several',
  '-v': '`polyctl --version` prints the version; `polyctl plan --verbose` shows what is folded'
})

const commands = dictionary<string>({
  version: '`polyctl --version` prints the version',
  diff: '`polyctl plan` shows what apply would do',
  preview: '`polyctl plan` shows what apply would do',
  'dry-run': '`polyctl plan` shows what apply would do',
  deploy: '`polyctl apply` makes the service as the files say',
  up: '`polyctl apply` makes the service as the files say',
  push: '`polyctl apply` makes the service as the files say',
  sync: '`polyctl apply` makes the service as the files say',
  delete: '`polyctl destroy` deletes what the files declare; `removed:` in a file deletes one resource',
  down: '`polyctl destroy` deletes what the files declare',
  check: '`polyctl validate` checks the files',
  lint: '`polyctl validate` checks the files',
  refresh: '`polyctl drift` shows what changed in the service',
  login: 'The key is read from POLYTOMIC_API_KEY, and the address from POLYTOMIC_URL',
  auth: '`polyctl connect CONNECTION` authorizes a connection; the key is read from POLYTOMIC_API_KEY',
  state: 'There is no state: live resources are found by their names'
})

/** What to do about words that no command takes; `message` is that of the refused command line. */
export function helpOn({ code, message }: { code: string; message: string }): string {
  if (code === 'commander.excessArguments')
    return 'Files are named with --file: polyctl plan --file base.yaml'
  return wordOfOtherTool(message) ?? 'Run it with --help to see what it takes.'
}

function wordOfOtherTool(message: string): string | undefined {
  const [, option] = /unknown option '(-[^'=]*)/.exec(message) ?? []
  // One dash before a long name is how some tools write all their options.
  if (option !== undefined) return options[option.replace(/^-(?=[a-z][a-z-])/i, '--')]
  const [, command] = /unknown command '([^']*)'/.exec(message) ?? []
  return command === undefined ? undefined : commands[command]
}
