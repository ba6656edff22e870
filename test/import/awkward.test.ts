import { expect, test } from 'vitest'
import { startService } from '../contract/service.ts'
import { createSandbox } from '../support/sandbox.ts'
import { makeAwkward } from './awkward.ts'
import { expectImported, filesIn } from './files.ts'

test('R33: an awkward workspace that the official SDK made is imported, and a plan finds no difference', async () => {
  const service = await startService()
  const { goneModel } = await makeAwkward(service)
  const world = createSandbox({
    env: { POLYTOMIC_API_KEY: service.server.apiKey, HOME: '/root' },
    io: { fetch: (request) => service.server.fetch(request) }
  })
  const files = await expectImported(world)
  const text = Object.values(files).join('\n')
  const report = await world.run('import', '--verbose')
  expect(report.out.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID')).toMatchInlineSnapshot(`
    "Imported from Local (polytomic.test)
      connections                 37 of 37
      models                       7 of 7  (not told: whether some fields were chosen, or all: \`fields\` is left out, and stays as it is)
      syncs                        9 of 9
      bulk syncs                   3 of 3
      schema primary keys      not read: the service does not tell what people have set in "SF"; no bulk sync reads from " ", "  leading and trailing  ", "!tag" and 33 more, where only \`--kind schema_primary_keys\` looks
      schema fields            not read: the service does not tell what people have set in "SF"; no bulk sync reads from " ", "  leading and trailing  ", "!tag" and 33 more, where only \`--kind schema_fields\` looks
      roles                        4 of 4
      policies                     2 of 2
      users                        3 of 3
      webhooks                     1 of 1
      global error subscribers     1 of 1

    0 files written in configs, 39 unchanged

    Needs attention (26)
      sync "Its model is gone" refers to a model that is not there any more: ID
      connection "Looks like a secret", configuration.hostname has what looks like a user and a password in an address
      model "Password in SQL", configuration.query has what looks like a password
      bulk sync "Bulk twin" (ID) has the name of another: \`id\` says which this is
      bulk sync "Bulk twin" (ID) has the name of another: \`id\` says which this is
      connection " " has a name that begins or ends with blanks: \`id\` says that they are meant
      connection "  leading and trailing  " has a name that begins or ends with blanks: \`id\` says that they are meant
      connection "CON" has a name that differs from another in what is hard to see
      connection "Cafe\\u0301" has a name that differs from another in what is hard to see
      connection "Café" has a name that differs from another in what is hard to see
      connection "Pending HS" waits for a person, who must authorize it
      connection "a\\tb" has a name with a control character: \`id\` says that it is meant
      connection "con" has a name that differs from another in what is hard to see
      connection "two\\nlines" has a name with a control character: \`id\` says that it is meant
      connection "\\u202eabc" has a name with signs that nobody sees
      model "Twin" (ID) has the name of another: \`id\` says which this is
      model "Twin" (ID) has the name of another: \`id\` says which this is
      policy "Models" (ID) has the name of one that comes with the service: \`id\` says which this is
      role "Admin" (ID) has the name of one that comes with the service: \`id\` says which this is
      role "Admin" has a name that differs from another in what is hard to see
      role "admin " has a name that begins or ends with blanks: \`id\` says that they are meant
      role "admin " has a name that differs from another in what is hard to see
      sync "  padded " has a name that begins or ends with blanks: \`id\` says that they are meant
      sync "Twin sync" (ID) has the name of another: \`id\` says which this is
      sync "Twin sync" (ID) has the name of another: \`id\` says which this is
      sync "two\\nlines" has a name with a control character: \`id\` says that it is meant

    37 secrets to set before a change is applied
      POSTGRESQL_PASSWORD                                        connection " ": configuration.password
      LEADING_AND_TRAILING_PASSWORD                              connection "  leading and trailing  ": configuration.password
      TAG_PASSWORD                                               connection "!tag": configuration.password
      ENV_HOME_PASSWORD                                          connection "\${env:HOME}": configuration.password
      ANCHOR_PASSWORD                                            connection "&anchor": configuration.password
      POSTGRESQL_PASSWORD_2                                      connection "*": configuration.password
      ITEM_PASSWORD                                              connection "- item": configuration.password
      ETC_PASSWD_PASSWORD                                        connection "../../etc/passwd": configuration.password
      HIDDEN_PASSWORD                                            connection ".hidden": configuration.password
      POSTGRESQL_007_PASSWORD                                    connection "007": configuration.password
      POSTGRESQL_0X10_PASSWORD                                   connection "0x10": configuration.password
      POSTGRESQL_1E3_PASSWORD                                    connection "1e3": configuration.password
      POSTGRESQL_2024_01_01_PASSWORD                             connection "2024-01-01": configuration.password
      POSTGRESQL_50_OFF_PASSWORD                                 connection "50% off": configuration.password
      API_X_TOKEN                                                connection "API": configuration.headers[0].value (optional)
      API_A                                                      connection "API": configuration.parameters[0].value (optional)
      API_WITH_OAUTH_CLIENT_SECRET                               connection "API with OAuth": configuration.auth.oauth.client_secret (optional)
      CON_PASSWORD                                               connection "CON": configuration.password
      CAFE_PASSWORD                                              connection "Cafe\\u0301": configuration.password
      CAFE_PASSWORD_2                                            connection "Café": configuration.password
      HE_SAID_HI_AND_BYE_PASSWORD                                connection "He said \\"hi\\" and 'bye'": configuration.password
      LOOKS_LIKE_A_SECRET_PASSWORD                               connection "Looks like a secret": configuration.password
      MONGO_PASSWORD                                             connection "Mongo": configuration.password (optional)
      A_B_PASSWORD                                               connection "a\\tb": configuration.password
      A_B_PASSWORD_2                                             connection "a/b": configuration.password
      A_B_C_PASSWORD                                             connection "a: b # c": configuration.password
      A_B_PASSWORD_3                                             connection "a\\\\b": configuration.password
      CON_PASSWORD_2                                             connection "con": configuration.password
      NULL_PASSWORD                                              connection "null": configuration.password
      TRAILING_PASSWORD                                          connection "trailing.": configuration.password
      TWO_LINES_PASSWORD                                         connection "two\\nlines": configuration.password
      XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX_PASSWORD  connection "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx": configuration.password
      YES_PASSWORD                                               connection "yes": configuration.password
      POSTGRESQL_PASSWORD_3                                      connection "~": configuration.password
      ABC_PASSWORD                                               connection "\\u202eabc": configuration.password
      FAMILY_PASSWORD                                            connection "👨‍👩‍👧‍👦 family": configuration.password
      WEBHOOK_SECRET                                             webhook "https://hooks.example.com/x": secret
    "
  `)
  expect(text).toContain(`model: ${goneModel}`)
  // A secret that a field holds is in no file; one that stands in a text is told.
  for (const secret of ['pw of', 'a token of the header', 'the secret of', 'the password of', '***'])
    expect(text + report.out + report.err).not.toContain(secret)
  const paths = Object.keys(files)
  expect(
    paths.filter((path) => !/^configs\/(connections\/)?[\p{L}\p{N}\p{M}-]{1,75}\.yaml$/u.test(path))
  ).toEqual([])
  const drift = await world.run('drift')
  expect([drift.code, drift.err]).toEqual([0, ''])
})

test('R2: twins that are pinned are changed both, and there is never a third', async () => {
  const service = await startService()
  await makeAwkward(service)
  const world = createSandbox({
    env: { POLYTOMIC_API_KEY: service.server.apiKey },
    io: { fetch: (request) => service.server.fetch(request) }
  })
  await world.run('import', '--layout', 'one')
  const path = 'configs/polytomic.yaml'
  const before = filesIn(world)[path] ?? ''
  const edited = before.replaceAll(
    /- name: Twin sync\n    id: .*\n/g,
    (head) => `${head}    sync_all_records: true\n`
  )
  expect(edited.match(/sync_all_records/g)).toHaveLength(2)
  world.write({ [path]: edited })
  const only = ['--only', 'sync "Twin sync"']
  const plan = await world.run('plan', ...only)
  expect(plan.out).toContain('0 to create, 2 to update, 0 to delete')
  const applied = await world.run('apply', '--yes', ...only)
  expect(applied.code, applied.out + applied.err).toBe(0)
  const twins = service.server.store.all('sync').filter(({ name }) => name === 'Twin sync')
  expect(twins.map((one) => one.sync_all_records)).toEqual([true, true])
  expect((await world.run('plan', '--detailed-exitcode')).code).toBe(0)
})
