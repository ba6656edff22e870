import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { moveContacts, startSystems } from './contacts.ts'
import { ended, examples, play, type Stage } from './stage.ts'

/** `npm run demo`: the tutorial from first plan to healed drift, and on to contacts that are really there. */
const file = 'mongodb-to-salesforce.yaml'
const systems = await startSystems()

await play(
  async (stage) => {
    const { polyctl, say } = stage
    copyFileSync(join(examples, file), join(stage.folder, 'configs', file))
    say(`A folder with one file, configs/${file}, and a local Polytomic beside it.`)
    await stage.startServer()
    await polyctl(['validate'], 0)
    say('What would be done? Nothing is touched yet.')
    await polyctl(['plan'], 0)
    say(
      'Do it. Salesforce must be authorized by a person, so this ends with exit code 8: done, but somebody has to act.'
    )
    await polyctl(['apply', '--yes'], 8)
    await authorize(stage, 'Salesforce Connection')
    say('Now the rest can be made. What is there already is left alone.')
    await polyctl(['apply', '--yes'], 0)
    await polyctl(['plan'], 0)
    say('Meanwhile Ada Lovelace maps another field, in the web page.')
    await editBehindOurBack(stage)
    say('In the morning: what changed, and who did it? Exit code 2 says that there is drift.')
    await polyctl(['drift'], 2)
    say('The file is right, so apply puts it back.')
    await polyctl(['apply', '--yes'], 0)
    await polyctl(['drift'], 0)
    await moveContacts(stage, systems)
    say(
      'That is the whole idea. Your own files go into ./configs; `--local` needs no server to be started.'
    )
  },
  { MONGODB_PASSWORD: 'the-password-of-the-demo', ...systems.env }
)
await systems.close()

async function authorize({ show, start }: Stage, connection: string): Promise<void> {
  show(['connect', JSON.stringify(connection)])
  const child = start(['connect', connection])
  let output = ''
  let pressed: Promise<unknown> | undefined
  child.stdout!.on('data', (chunk) => {
    output += String(chunk)
    const link = /http:\/\/\S+/.exec(output)?.[0]
    if (link === undefined || pressed) return
    console.log(`${output.trimEnd()}\n\n(A person opens the link and presses Allow.)\n`)
    pressed = fetch(link, { method: 'POST', body: new URLSearchParams({ decision: 'allow' }) })
    output = ''
  })
  await ended(child, 0, `connect ${connection}`)
  await pressed
  console.log(output.trim())
}

interface Sync {
  id: string
  fields: { target: string; source: { field: string } }[]
}

async function editBehindOurBack({ asAda }: Stage): Promise<void> {
  const [first] = (await asAda('GET', '/api/syncs')).data as Sync[]
  const sync = (await asAda('GET', `/api/syncs/${first?.id ?? ''}`)).data as Sync
  const fields = sync.fields.map((field) =>
    field.target === 'LastName' ? { ...field, source: { ...field.source, field: 'company' } } : field
  )
  await asAda('PUT', `/api/syncs/${sync.id}`, { ...sync, fields })
}
