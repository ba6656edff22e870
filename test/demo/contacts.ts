import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import { startMongo, type MongoFixture } from '../fixtures/mongodb/index.ts'
import { startSalesforce, type SalesforceFixture } from '../fixtures/salesforce/index.ts'
import type { Stage } from './stage.ts'

/** The two systems of the last part: they speak as MongoDB and Salesforce do, and are neither. */
export interface Systems {
  shop: MongoFixture
  crm: SalesforceFixture
  /** What the files take from the environment. */
  env: Record<string, string>
  close(): Promise<void>
}

const password = 'the-password-of-the-reader'
const sync = 'Users to Contacts'

/** Starts both on this machine. */
export async function startSystems(): Promise<Systems> {
  const shop = await startMongo({ user: { username: 'reader', password } })
  const crm = await startSalesforce()
  return {
    shop,
    crm,
    env: {
      SHOP_HOST: shop.host,
      SHOP_PASSWORD: password,
      CRM_URL: crm.url,
      CRM_CLIENT_ID: crm.app.clientId,
      CRM_CLIENT_SECRET: crm.app.clientSecret
    },
    close: async () => {
      await shop.close()
      await crm.close()
    }
  }
}

/** As the shop itself would. */
async function changeUsers({ host }: MongoFixture): Promise<void> {
  const client = new MongoClient(`mongodb://${host}`, { auth: { username: 'reader', password } })
  const users = client.db('example').collection('users')
  await users.updateOne({ email: 'grace@example.com' }, { $set: { last_name: 'Murray Hopper' } })
  await users.insertOne({ email: 'bob at example', first_name: 'Bob', last_name: 'Builder' })
  await client.close()
}

/** Users become contacts: previewed, approved, run, run again, changed, and one of them refused. */
export async function moveContacts({ polyctl, say, folder }: Stage, systems: Systems): Promise<void> {
  const { shop, crm } = systems
  const file = 'users-to-contacts.yaml'
  mkdirSync(join(folder, 'moving'))
  copyFileSync(join(import.meta.dirname, file), join(folder, 'moving', file))
  const here = ['-f', 'moving', '--local']
  say(
    'Now the data itself, from end to end. Two programs on this machine speak as MongoDB and Salesforce do; ' +
      'polyctl reaches them by the official clients, as it would the real ones.'
  )
  shop.put('example.users', [
    { _id: 1, email: 'ada@example.com', first_name: 'Ada', last_name: 'Lovelace' },
    { _id: 2, email: 'alan@example.com', first_name: 'Alan', last_name: 'Turing' },
    { _id: 3, email: 'grace@example.com', first_name: 'Grace', last_name: 'Hopper' }
  ])
  await polyctl(['apply', ...here, '--yes', '--quiet'], 0)
  say('Which contacts would come of it? Values are for your terminal: a log needs --values to have them.')
  await polyctl(['preview', sync, ...here, '--values', '--out', 'contacts.json'], 0)
  say('Somebody looks at contacts.json and approves it. Exactly these records are written.')
  await polyctl(['run', 'contacts.json', ...here], 0)
  say('A second run has nothing to do, and the approval cannot be used again: exit code 6.')
  await polyctl(['run', sync, ...here], 0)
  await polyctl(['run', 'contacts.json', ...here], 6)
  say('Grace marries, and Bob signs up with an address that is none.')
  await changeUsers(shop)
  await polyctl(['preview', sync, ...here, '--values'], 0)
  say('The one is written, the other one refused, and why is told: exit code 5.')
  await polyctl(['run', sync, ...here], 5)
  say('What is in Salesforce:')
  const rows = crm.rows('Contact').map(({ FirstName, LastName, Email }) => ({ FirstName, LastName, Email }))
  console.table(rows)
  if (rows.length !== 3 || rows[2]?.LastName !== 'Murray Hopper')
    throw new Error('the contacts are not those that they should be')
}
