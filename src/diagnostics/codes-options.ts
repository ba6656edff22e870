import type { CodeEntry } from './code-entry.ts'

/**
 * Problems of what a person gives beside the files: options, variables of the environment, and where the
 * key goes.
 */
export const optionCodes = {
  P623: {
    exit: 'refused',
    title: 'the key would go where nobody said it may',
    explanation:
      'The key goes along with every request, so where requests go is for the person to say, not for ' +
      'the files: whoever may propose a change of the files could otherwise send it anywhere. An ' +
      'address in `workspace.url`, or in a file of `--env-file`, is used when its host (and port) is ' +
      'named by `--allow-host` or POLYCTL_ALLOWED_HOSTS, which lists hosts with commas between them; ' +
      'the hosted service may always be named. What is given by `--url`, POLYTOMIC_URL or ' +
      'POLYTOMIC_DEPLOYMENT_URL needs no more. Plain http is for this machine alone, unless ' +
      '`--insecure-http` is passed.'
  },
  P624: {
    title: 'what was given beside the files is not understood',
    explanation:
      'A word of the command line is none that the command takes, or a line of a file of `--env-file` ' +
      'sets no variable. The message says which. `--help` behind a command lists what it takes; a ' +
      'line of an environment file is `NAME=value`, a comment that begins with `#`, or empty.'
  },
  P626: {
    title: 'a result cannot be written to its file',
    explanation:
      'The command did what it says, and its result was to be written to a file of `--format ' +
      'FORMAT=FILE` as well, which failed: the folder may not be written, or the disk is full. Whatever ' +
      'reads that file would see an older result, so the command does not end as if all were well. ' +
      'Standard output has the result all the same.'
  },
  P627: {
    title: 'the schema for editors is out of date',
    explanation:
      'Editors complete the files by `.polyctl/schema.json`, which holds the names of one workspace ' +
      'as they were when `polyctl schema --live` was run. That was long ago, or in another ' +
      'organization or environment, or the file was written by another version of polyctl. Names that ' +
      'came since are not offered, and keys that are new may be marked as wrong; what polyctl itself ' +
      'does with the files does not depend on it, so this is a warning even with `--strict`. Write it ' +
      'anew with `polyctl schema --live`, or delete it.'
  },
  P629: {
    title: 'what the watcher is told to do cannot be done',
    explanation:
      '`polyctl watch` was given a schedule, a time, an address to listen on, or something in `watch` of ' +
      '`polyctl.yaml` that cannot be used: a time zone that nobody knows, a variable of the environment ' +
      'that is not set or holds no address, two receivers of one name. Webhooks and mail servers are ' +
      'secrets, so they stand in variables of the environment, and only the names of the variables are ' +
      'told. `polyctl help watching` shows all that can be said.'
  },
  P630: {
    exit: 'refused',
    title: 'another watcher works here already',
    explanation:
      'One watcher at a time uses a folder: two would tell everything twice. The message says whose it ' +
      'is, and since when it runs. It is over when that process ends, however it ends: nothing is to be ' +
      'removed by hand. To watch another workspace, or another organization, use another folder with ' +
      '`--data`.'
  }
} satisfies Record<string, CodeEntry>
