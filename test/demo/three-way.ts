import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { examples, play, type Stage } from './stage.ts'

/**
 * `npm run demo:drift`: two people, one in git, one in the web page, told apart; then an approval that is
 * refused because something moved under it.
 */
const file = 'mysql-to-snowflake.yaml'
const sync = 'Customers to the warehouse'

await play(
  async (stage) => {
    const { polyctl, say } = stage
    const path = join(stage.folder, 'configs', file)
    writeFileSync(path, readFileSync(join(examples, file)))
    git(stage, 'init', '--quiet', '--initial-branch=main')
    say(`A repository with one file, configs/${file}, applied and committed.`)
    commit(stage, 'Move customers to the warehouse')
    await stage.startServer()
    await polyctl(['apply', '--yes', '--quiet'], 0)

    say('Grace changes the files and commits: another schedule, and another name for people.')
    edit(
      path,
      'schedule: { frequency: hourly, minute: 15 }',
      'schedule: { frequency: daily, hour: 5, minute: 0 }'
    )
    edit(
      path,
      '{ source: last_name, target: LAST_NAME, new: true }',
      '{ source: first_name, target: LAST_NAME, new: true }'
    )
    commit(stage, 'Daily is enough; the first name is the one that people use')
    say(
      'Ada changes the same resource in the web page: the date in place of the address, and another name, too.'
    )
    await editInTheService(stage, { EMAIL: 'created_at', LAST_NAME: 'account_id' })

    say('Who moved what since the revision that was applied last? The files, the service, and once both.')
    await polyctl(['plan', '--since', 'HEAD~1'], 0)
    say('Drift is what the service did alone: exit code 2.')
    await polyctl(['drift', '--since', 'HEAD~1'], 2)

    say('The plan is saved for approval. It holds no values, only hashes of what it rests on.')
    await polyctl(['plan', '--since', 'HEAD~1', '--out', 'plan.json', '--quiet'], 0)
    say(
      'While it is reviewed, Ada moves another field. What was approved is no longer what would happen: exit code 6.'
    )
    await editInTheService(stage, { ID: 'account_id' })
    await polyctl(['apply', 'plan.json'], 6)

    say('A new plan, a new approval, and exactly that is done.')
    await polyctl(['plan', '--since', 'HEAD~1', '--out', 'plan.json', '--quiet'], 0)
    await polyctl(['apply', 'plan.json'], 0)
    await polyctl(['plan'], 0)
  },
  { MYSQL_PASSWORD: 'demo', SNOWFLAKE_PASSWORD: 'demo' }
)

function git({ folder }: Stage, ...words: string[]): void {
  const person = { GIT_AUTHOR_NAME: 'Grace Hopper', GIT_AUTHOR_EMAIL: 'grace@example.com' }
  const committer = { GIT_COMMITTER_NAME: 'Grace Hopper', GIT_COMMITTER_EMAIL: 'grace@example.com' }
  execFileSync('git', words, { cwd: folder, env: { ...process.env, ...person, ...committer } })
}

function commit(stage: Stage, message: string): void {
  console.log(`\n$ git commit --all -m ${JSON.stringify(message)}`)
  git(stage, 'add', 'configs')
  git(stage, 'commit', '--quiet', '-m', message)
}

function edit(path: string, from: string, to: string): void {
  const text = readFileSync(path, 'utf8')
  if (!text.includes(from)) throw new Error(`${path} does not say ${from}`)
  writeFileSync(path, text.replace(from, to))
}

interface Live {
  id: string
  name: string
  fields: { target: string; source: { field: string } }[]
}

async function editInTheService({ asAda }: Stage, sources: Record<string, string>): Promise<void> {
  const found = ((await asAda('GET', '/api/syncs')).data as Live[]).find(({ name }) => name === sync)
  const live = (await asAda('GET', `/api/syncs/${found?.id ?? ''}`)).data as Live
  const fields = live.fields.map((field) => {
    const source = sources[field.target]
    return source === undefined ? field : { ...field, source: { ...field.source, field: source } }
  })
  await asAda('PUT', `/api/syncs/${live.id}`, { ...live, fields })
}
