import { dictionary, isObject, textOf, type Json, type JsonObject } from '../state/value.ts'
import type { ConnectionField } from '../wire/connection-types.ts'
import { configurationSchema, connectionTypes } from './connection-types.ts'

/**
 * What each setting of each type of connection is, in a sentence or two: for editors and `explain`, and
 * loaded by these alone. What a setting is follows from its name, which types share; what it must be, from
 * the service's own description.
 */

/** Returns the schema of a type's configuration with a description of each setting, at any depth. */
export function describedConfiguration(type: string): JsonObject {
  const { fields = {}, oauth } = connectionTypes[type] ?? {}
  return described(
    configurationSchema(type),
    fields,
    oauth === true ? ' unless a person authorizes it' : ''
  )
}

function described(
  schema: JsonObject,
  fields: Readonly<Record<string, ConnectionField>>,
  unless = ''
): JsonObject {
  const { properties } = schema
  if (!isObject(properties)) return schema
  const all = Object.entries(properties).map(([name, inner]): [string, Json] => {
    const field = fields[name] ?? {}
    if (!isObject(inner)) return [name, inner]
    return [name, { description: settingText(name, field, unless), ...insideOf(inner, field) }]
  })
  return { ...schema, properties: Object.fromEntries(all) }
}

function insideOf(schema: JsonObject, field: ConnectionField): JsonObject {
  const { items } = schema
  const inside = described(schema, field.fields ?? {})
  return isObject(items) ? { ...inside, items: described(items, field.items?.fields ?? {}) } : inside
}

/** Returns what a setting is, whether a new connection must have it, and what is assumed without it. */
function settingText(
  name: string,
  { required, secret, default: assumed }: ConnectionField,
  unless: string
): string {
  return [
    whatIs(name),
    ...(required === true ? [`Required${unless}.`] : []),
    ...(secret === true ? ['A secret: ${env:…}.'] : []),
    ...(assumed === undefined ? [] : [`Default: ${defaultText(assumed)}.`])
  ].join(' ')
}

function defaultText(value: Json): string {
  return Array.isArray(value) ? value.map(textOf).join(', ') : textOf(value)
}

function whatIs(name: string): string {
  const known = texts[name]
  if (known !== undefined) return `${known}.`
  const words = name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase()
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}, as the system calls it.`
}

const texts = dictionary<string>({
  hostname: 'The host of the server',
  host: 'The host of the server',
  hosts: 'The host of the server, or several of them, separated by commas',
  server_hostname: 'The host of the workspace',
  port: 'The port that the server listens at',
  username: 'Who signs in',
  user: 'Who signs in',
  account: 'The account that signs in',
  password: 'The password of who signs in',
  passwd: 'The password of who signs in',
  database: 'The database to work in',
  dbname: 'The database to work in',
  params: 'What is added to the address of the connection, as a=1&b=2',
  srv: 'Look the servers up in DNS (SRV)',
  ssl: 'Speak TLS with the server',
  tls: 'Speak TLS with the server',
  skip_verify: 'Trust any certificate of the server',
  ca_cert: 'The certificate that signs that of the server',
  client_certs: 'Show a certificate of our own',
  client_certificate: 'The certificate that is shown to the server',
  client_key: 'The key of that certificate',
  ssh: 'Reach the server through an SSH tunnel',
  ssh_user: 'Who signs in to the host of the tunnel',
  ssh_host: 'The host of the tunnel',
  ssh_port: 'The port of the host of the tunnel',
  ssh_private_key: 'The private key for the tunnel',
  ssh_password: 'The password for the tunnel',
  change_detection: 'Follow the changes that the database records, for bulk syncs',
  publication: 'The publication to follow changes by',
  use_bulk_sync_staging_schema: 'Write bulk syncs to a schema of their own first',
  bulk_sync_staging_schema: 'The schema that bulk syncs are written to first',
  api_key: 'The key for its API',
  apikey: 'The key for its API',
  api_token: 'The token for its API',
  api_secret: 'The secret that belongs to the key',
  private_apikey: 'The private key for its API',
  access_token: 'The token that gives access',
  personal_access_token: 'The token of a person that gives access',
  token: 'The token that gives access',
  token_secret: 'The secret that belongs to the token',
  client_id: 'The id of the client that is registered there',
  client_secret: 'The secret of that client',
  oauth_refresh_token: 'A token of an authorization that was made elsewhere: no person is asked then',
  oauth_access_token: 'A token of an authorization that was made elsewhere: no person is asked then',
  oauth_token_expiry: 'When that token ends',
  auth_method: 'How it signs in',
  auth_mode: 'How it signs in',
  databricks_auth_mode: 'How it signs in to the workspace',
  connect_mode: 'How it is authorized: by a person in a browser, or by what is given here',
  domain: 'The domain of the account there',
  subdomain: 'What stands before the domain of the service in the address of the account',
  url: 'The address to call',
  uri: 'The address to call',
  base_url: 'The address that all others begin with',
  endpoint: 'The address to call',
  rest_endpoint: 'The address of its REST API',
  region: 'The region that it is in',
  location: 'The location that it is in',
  data_center: 'The data centre that it is in',
  environment: 'Which environment of the service is meant',
  instance: 'Which environment of the service is meant',
  aws_access_key_id: 'The id of an access key of AWS',
  aws_secret_access_key: 'The secret of that access key',
  access_key_id: 'The id of an access key',
  secret_access_key: 'The secret of that access key',
  access_key: 'The access key',
  access_id: 'The id of an access key',
  access_secret: 'The secret of that access key',
  secret_key: 'The secret key',
  iam_role_arn: 'The role of AWS to act in',
  s3_bucket_name: 'The bucket, and a folder in it if wanted: s3://bucket/folder',
  s3_bucket_region: 'The region of the bucket',
  bucket: 'The bucket, by name',
  bucket_name: 'The bucket, by name',
  outputbucket: 'Where results of queries are put: s3://bucket/folder',
  container_name: 'The container, by name',
  account_name: 'The storage account, by name',
  account_id: 'The id of the account there',
  company_id: 'The id of the company there',
  tenant_id: 'The id of the tenant there',
  organization_id: 'The id of the organization there',
  project_id: 'The id of the project there',
  application_id: 'The id of the application there',
  app_id: 'The id of the application there',
  team_id: 'The id of the team there',
  customer_id: 'The id of the customer there',
  store_id: 'The id of the store there',
  project: 'The project there',
  email: 'The address of mail of who signs in',
  service_account: 'The key of a service account, as the text of its JSON file',
  credentials: 'The key of a service account, as the text of its JSON file',
  credential_config: 'The configuration of a workload identity, as the text of its JSON file',
  wif_project_id: 'The project of the workload identity',
  override_project_id: 'Another project than that of the service account',
  private_key: 'The private key that proves who calls',
  private_key_id: 'The id of the private key',
  private_key_passphrase: 'What opens the private key',
  key_pair_auth: 'Sign in with a pair of keys in place of a password',
  warehouse: 'The warehouse that runs queries',
  secret: 'The secret that proves who calls',
  headers: 'Headers that are sent with each call',
  parameters: 'Parameters that are added to the address of each call',
  body: 'What is sent as the body, as JSON text',
  healthcheck: 'The path that is called to see whether it works; without one nothing is looked at',
  auth: 'How calls prove who makes them: one of its parts',
  basic: 'A name and a password with each call',
  header: 'A header that proves who calls',
  query: 'Parameters that prove who calls',
  oauth: 'Tokens that are fetched as a client',
  name: 'Its name',
  value: 'Its value',
  label: 'What people see in its place',
  token_endpoint: 'The address that gives tokens',
  extra_form_data: 'What is sent beside when a token is fetched',
  scopes: 'What access is asked for',
  auth_style: 'How the client proves itself when a token is fetched',
  method: 'The method of HTTP to call with',
  csv_has_headers: 'Whether the first line of a file names its columns',
  has_headers: 'Whether the first line names the columns',
  skip_lines: 'How many lines at the start of a file are left out',
  is_single_table: 'Whether all files are parts of one table',
  single_table_name: 'What that table is called',
  single_table_file_format: 'The format of the files of that table',
  single_table_file_formats: 'The formats of the files of that table',
  is_directory_snapshot: 'Whether each folder is a table of its own',
  directory_glob_pattern: 'Which folders are meant, with * for any text',
  accounts: 'Which accounts are used: chosen from what it offers once it is authorized',
  spreadsheet_id: 'The spreadsheet: chosen from what it offers once it is authorized',
  folder_id: 'The folder: chosen from what it offers once it is authorized',
  custom_reports: 'Reports of your own, beside those that it has',
  enforce_api_limits: 'Keep below a number of calls each day',
  daily_api_calls: 'How many calls a day it may make',
  custom_api_limits: 'Keep below limits of your own',
  ratelimit_rpm: 'How many calls a minute it may make',
  per_minute_rate_limit: 'How many calls a minute it may make',
  per_day_rate_limit: 'How many calls a day it may make',
  enable_webhooks: 'Let it tell of changes by itself',
  use_sandbox: 'Whether it is a sandbox, for trying things',
  is_sandbox: 'Whether it is a sandbox, for trying things',
  http_path: 'The path of the warehouse, as its page shows it',
  cloud_provider: 'The cloud that it runs in',
  workgroup: 'The workgroup, by name',
  tags: 'Tags that are set on what is made',
  write_key: 'The key for writing',
  dataset: 'The dataset, by name',
  namespace: 'The namespace, by name'
})
