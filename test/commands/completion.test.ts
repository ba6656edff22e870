import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { commandLine } from '../../src/commands/command-line.ts'
import { lastLine, powershellWord, reply } from '../../src/commands/completion-line.ts'
import { scripts } from '../../src/commands/completion-scripts.ts'
import { program } from '../support/program.ts'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'

/** What is offered while a command is typed: from the files alone, silently, in each shell. */

const files = {
  'configs/a.yaml': `connections:
  - { name: Data Store, type: postgresql, configuration: { password: "\${env:NOT_SET}" } }
  - { name: Bob's "DB", type: postgresql }
syncs:
  - { name: Users to CRM }
`,
  'configs/broken.yaml': 'models:\n  - name: Half done\n    connection: [\n',
  'configs/c.yaml': 'x-note: "${var:region} ${var: tier} ${var:region}"\n',
  'polyctl.yaml': 'environments:\n  staging: { url: https://a.example.com }\n'
}

async function offered(world: Sandbox, ...words: string[]): Promise<string[]> {
  const { code, out, err } = await world.run('complete', '--', ...words)
  expect({ code, err, asked: world.requests() }).toEqual({ code: 0, err: '', asked: [] })
  const lines = out.trimEnd().split('\n')
  return lines.map((line) => line.split('\t')[0] ?? '')
}

const addresses = [
  'connection "Data Store"',
  String.raw`connection "Bob's \"DB\""`,
  'sync "Users to CRM"',
  'model "Half done"',
  ':4'
]

test.each([
  [['plan', '--only', ''], addresses],
  [
    ['apply', '--rotate', 'sync "Us'],
    ['sync "Users to CRM"', ':4']
  ],
  [
    ['plan', '--exclude=model'],
    ['--exclude=model "Half done"', ':4']
  ],
  [
    ['import', 'sync "Users to CRM"', 'con'],
    ['connection "Data Store"', String.raw`connection "Bob's \"DB\""`, ':4']
  ],
  [
    ['pull', 's'],
    ['sync "Users to CRM"', ':4']
  ],
  [
    ['plan', '-f', 'configs/broken.yaml', '--only', ''],
    ['model "Half done"', ':4']
  ],
  [['plan', '--file=-', '--only', ''], [':4']],
  [
    ['connect', '--local', ''],
    ['Data Store', `Bob's "DB"`, ':4']
  ],
  [['targets', 'Data Store', ''], [':4']],
  [
    ['plan', '--only', 'sync/U'],
    ['sync/Users to CRM', ':4']
  ],
  [
    ['explain', 'connection/D'],
    ['connection/Data Store', ':4']
  ],
  [
    ['plan', '--var', ''],
    ['region=', 'tier=', ':4']
  ],
  [
    ['plan', '--var=r'],
    ['--var=region=', ':4']
  ],
  [
    ['help', 'dele'],
    ['deleting', ':4']
  ],
  [
    ['help', 'p'],
    ['plan', 'pull', 'preview', 'pulling', ':4']
  ],
  [['help', 'plan', ''], [':4']],
  [
    ['completion', 'p'],
    ['powershell', ':4']
  ],
  [
    ['plan', '--kind', 'sy'],
    ['sync', ':4']
  ],
  [
    ['explain', 'P404'],
    ['P404', ':4']
  ],
  [
    ['explain', 'mongo'],
    ['mongodb', ':4']
  ],
  [
    ['plan', '--environment', ''],
    ['staging', 'none', ':4']
  ],
  [
    ['validate', '--format', 'j'],
    ['json', 'junit', ':4']
  ],
  [['plan', '--only', 'x', '--out', 'a'], [':0']],
  [['plan', '--unknown=', ''], [':4']],
  [['nothing', ''], [':4']],
  [['valid'], ['validate', ':4']],
  [
    ['validate', '--str'],
    ['--strict', ':4']
  ],
  [
    ['completion', 'f'],
    ['fish', ':4']
  ]
])('%j', async (words, values) => {
  expect(await offered(createSandbox({ files }), ...words)).toEqual(values)
})

test('git revisions', async () => {
  const world = createSandbox({ files, env: { PATH: process.env['PATH'] } })
  expect(await offered(world, 'plan', '--since', '')).toEqual(['HEAD', 'none', ':4'])
  const git = (...words: string[]) => execFileSync('git', words, { cwd: world.folder, stdio: 'pipe' })
  git('init', '-q', '-b', 'main')
  git('-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '-q', '--allow-empty', '-m', 'x')
  git('branch', 'team/one')
  expect(await offered(world, 'plan', '--since', '')).toEqual(['HEAD', 'none', 'main', 'team/one', ':4'])
})

/** Values that only the person knows. */
const free =
  '--param --take-lock --url --allow-host --parallelism --timeout --organization --max-deletes --max-updates --max-creates --max-removes --limit ' +
  '--port --host --public-url --api-key --user --partner-key --latency --rate object ' +
  '--identity --at-once --fields --max-age --every --cron --time-zone --remind --token --pull'

test('each value of each command is completed, or only the person knows it', async () => {
  const silent = { out: () => {}, err: () => {} }
  const { commands } = await commandLine(['--help'], silent, async () => {})
  const world = createSandbox({ files, env: { PATH: process.env['PATH'] } })
  const idle: string[] = []
  const seen = new Set<string>()
  for (const command of commands.filter(
    (one) => !['completion', 'complete', 'help'].includes(one.name())
  )) {
    const options = command.options.filter(({ required, optional }) => required || optional)
    for (const { long } of options) {
      if (seen.has(long!)) continue
      seen.add(long!)
      if ((await offered(world, command.name(), long!, '')).join() === ':4') idle.push(long!)
    }
    for (const [at, argument] of command.registeredArguments.entries()) {
      const before = command.registeredArguments.slice(0, at).map(() => 'x')
      if ((await offered(world, command.name(), ...before, '')).join() === ':4') idle.push(argument.name())
    }
  }
  expect(new Set(idle)).toEqual(new Set(free.split(' ')))
})

test.each([
  [`polyctl plan --only 'sync "Us`, ['plan', '--only', 'sync "Us'], 'sync "Users to CRM"'],
  [`polyctl plan --only "sync \\"Us`, ['plan', '--only', 'sync "Us'], String.raw`sync \"Users to CRM\"`],
  ['polyctl plan --only sy', ['plan', '--only', 'sy'], `'sync "Users to CRM"'`],
  ['cd a && polyctl connect ', ['connect', ''], `'sync "Users to CRM"'`],
  [String.raw`polyctl connect sync\ `, ['connect', 'sync '], `'sync "Users to CRM"'`],
  ['polyctl connect $(id) `id` ', ['connect', '$(id)', '`id`', ''], `'sync "Users to CRM"'`]
])('bash: %s', (line, words, inserted) => {
  const typed = lastLine(line)
  expect(typed.words.join('|')).toBe(words.join('|'))
  expect(reply('sync "Users to CRM"', typed)).toBe(inserted)
})

/** The shell with a command `polyctl`, in a folder with the files. */
function inShell(shell: string, words: string[]) {
  const world = createSandbox({ files })
  const bin = join(world.folder, 'bin')
  world.write({ 'bin/polyctl': `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n` })
  chmodSync(join(bin, 'polyctl'), 0o755)
  const env = { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}`, HOME: world.folder }
  const ran = spawnSync(shell, words, { cwd: world.folder, env, encoding: 'utf8' })
  return { out: ran.stdout, err: ran.stderr, names: readdirSync(world.folder), folder: world.folder }
}

test('in bash without any package, nothing that is typed is run', () => {
  const script = `source <(polyctl completion bash)
try() { COMP_WORDS=(polyctl); COMP_LINE="$1"; COMP_POINT=\${#1}; _polyctl; printf '%s\\n' "\${COMPREPLY[@]}"; }
try "polyctl plan --only 'sync \\"Us"
try 'polyctl connect $(touch ran) '
complete -p polyctl`
  const { out, err, names } = inShell('bash', ['--norc', '--noprofile', '-c', script])
  expect({ out, err }).toEqual({
    out: 'sync "Users to CRM"\n\ncomplete -F _polyctl polyctl\n',
    err: ''
  })
  expect(names).not.toContain('ran')
})

const has = (shell: string): boolean =>
  (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, shell)))

test.skipIf(!has('fish'))('in fish (skipped without it)', () => {
  const script = `polyctl completion fish | source
complete -C "polyctl plan --only 'sync \\"Us"
complete -C 'polyctl plan --file con'
complete -C 'polyctl plan --only sync/U'`
  const { out, err } = inShell('fish', ['--no-config', '-c', script])
  expect({ out, err }).toEqual({ out: 'sync "Users to CRM"\nconfigs/\nsync/Users to CRM\n', err: '' })
})

test.skipIf(!has('zsh'))('in zsh (skipped without it)', () => {
  const world = createSandbox()
  const path = join(world.folder, 'keys.zsh')
  writeFileSync(
    path,
    `zmodload zsh/zpty
zpty keys 'TERM=dumb PS1="> " zsh -f -i'
zpty -w keys 'unsetopt zle_bracketed_paste; autoload -U compinit; compinit -u -D; . <(polyctl completion zsh); echo rea""dy'
zpty -r keys said '*ready*'
zpty -n -w keys $'polyctl explain \\'sync "Us\\t'
zpty -r keys said '*to CRM*'
print -r -- $said`
  )
  const { out } = inShell('zsh', ['-f', path])
  expect(out).toContain('sync "Users to CRM')
})

test('in bash a variable is followed by its value', () => {
  const script = `source <(polyctl completion bash)
compopt() { printf 'compopt %s\n' "$*"; }
try() { COMP_WORDS=(polyctl); COMP_LINE="$1"; COMP_POINT=\${#1}; _polyctl; printf '%s\n' "\${COMPREPLY[@]}"; }
try 'polyctl plan --var reg'
try 'polyctl plan --kind sy'`
  const { out, err } = inShell('bash', ['--norc', '--noprofile', '-c', script])
  expect({ out, err }).toEqual({ out: 'compopt -o nospace\nregion=\nsync\n', err: '' })
})

describe('PowerShell', () => {
  test.each([
    ['sync', 'sync'],
    ['--only=sync/Users', '--only=sync/Users'],
    ['sync "Users to CRM"', `'sync "Users to CRM"'`],
    ["Bob's", "'Bob''s'"],
    ['Bob’s ‘x‚ ‛', "'Bob’’s ‘‘x‚‚ ‛‛'"],
    ['$(evil) `n;', "'$(evil) `n;'"],
    ['@x', "'@x'"],
    ['a,b', "'a,b'"]
  ])('%s is one word', (value, word) => expect(powershellWord(value)).toBe(word))

  test('what is typed stays in the shell, and each line has the word, the value and what it is', async () => {
    const world = createSandbox({ files })
    const { out } = await world.run('complete', '--powershell', '--next', '--', 'plan', '--only')
    expect(out.split('\n')).toEqual([
      `'connection "Data Store"'\tconnection "Data Store"\t`,
      String.raw`'connection "Bob''s \"DB\""'` + '\t' + String.raw`connection "Bob's \"DB\""` + '\t',
      `'sync "Users to CRM"'\tsync "Users to CRM"\t`,
      `'model "Half done"'\tmodel "Half done"\t`,
      ':4',
      ''
    ])
    const option = await world.run('complete', '--powershell', '--', 'plan', '--form')
    expect(option.out).toMatch(/^--format\t--format\t.+\n/)
  })

  const script = scripts.get('powershell') ?? ''

  test('the script evaluates nothing, and hands over no word that is not whole', () => {
    expect(script).toContain('Register-ArgumentCompleter -Native -CommandName polyctl')
    expect(script).not.toMatch(/Invoke-Expression|\biex\b/)
    expect(script).toContain("@('--powershell', '--next', '--') + $before")
    // Backslashes and the sign before a tab, as PowerShell must see them.
    expect(script).toContain(String.raw`'^(\w+/)'`)
    expect(script).toContain('-split "`t", 3')
  })

  test.skipIf(!has('pwsh'))('in PowerShell (skipped without it)', () => {
    const line = `polyctl plan --only 'sync "Us`
    const { out } = inShell('pwsh', [
      '-NoProfile',
      '-Command',
      `polyctl completion powershell | Out-String | Invoke-Expression
$line = @'\n${line}\n'@
[System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches.CompletionText`
    ])
    expect(out.trim()).toBe(`'sync "Users to CRM"'`)
  })
})
