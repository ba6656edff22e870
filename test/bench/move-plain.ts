/**
 * What a person would write with the same drivers: reads all rows, and upserts all of them, each time. Arguments:
 * `ROWS TYPE CONFIGURATION`.
 */
import { Connection } from '@jsforce/jsforce-node'
import { Client } from 'pg'
import { benchFields, benchRow } from './move-rows.ts'

const [many = '0', type = '', configuration = '{}'] = process.argv.slice(2)
const batch = type === 'salesforce' ? 200 : 500

async function toPostgresql(): Promise<void> {
  const { hostname, username, ...rest } = JSON.parse(configuration) as Record<string, string>
  const client = new Client({ ...rest, host: hostname!, user: username!, ssl: false })
  await client.connect()
  const columns = benchFields.join(', ')
  const changes = benchFields.slice(1).map((name) => `${name} = excluded.${name}`)
  for (let at = 0; at < Number(many); at += batch) {
    const values: (string | number)[] = []
    const tuples: string[] = []
    for (let row = at; row < Math.min(at + batch, Number(many)); row += 1) {
      const from = values.length
      values.push(...Object.values(benchRow(row)))
      tuples.push(`(${benchFields.map((_name, index) => `$${from + index + 1}`).join(', ')})`)
    }
    await client.query(
      `INSERT INTO people (${columns}) VALUES ${tuples.join(', ')}
       ON CONFLICT (email) DO UPDATE SET ${changes.join(', ')}`,
      values
    )
  }
  await client.end()
}

/** Looks each batch up by its e-mail addresses, and creates or updates: one batch after the other. */
async function toSalesforce(): Promise<void> {
  const { domain, client_id, client_secret } = JSON.parse(configuration) as Record<string, string>
  const connection = new Connection({
    instanceUrl: domain!,
    version: '64.0',
    oauth2: { loginUrl: domain!, clientId: client_id!, clientSecret: client_secret! }
  })
  await connection.authorize({ grant_type: 'client_credentials' })
  for (let at = 0; at < Number(many); at += batch) {
    const rows = Array.from({ length: Math.min(batch, Number(many) - at) }, (_one, n) => benchRow(at + n))
    const names = rows.map(({ email }) => `'${email}'`).join(',')
    const found = await connection.query<{ Id: string; Email: string }>(
      `SELECT Id,Email FROM Contact WHERE Email IN (${names})`
    )
    const ids = new Map(found.records.map(({ Id, Email }) => [Email, Id]))
    const records = rows.map(({ email, name, phone, company }) => ({
      Email: String(email),
      LastName: String(name),
      Phone: String(phone),
      Title: String(company)
    }))
    const fresh = records.filter(({ Email }) => !ids.has(Email))
    const known = records.flatMap((one) => {
      const Id = ids.get(one.Email)
      return Id === undefined ? [] : [{ ...one, Id }]
    })
    if (fresh.length > 0) await connection.sobject('Contact').create(fresh)
    if (known.length > 0) await connection.sobject('Contact').update(known)
  }
}

await (type === 'salesforce' ? toSalesforce() : toPostgresql())
process.exit(0)
