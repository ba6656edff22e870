import { expect, test } from 'vitest'
import { createSandbox } from '../support/sandbox.ts'
import { env, file, parts, warehouse } from '../support/warehouse.ts'

test('R9: a live resource is called by its name on both sides, also where a file has its id', async () => {
  const world = createSandbox({ files: { [file]: warehouse() }, env })
  expect((await world.run('apply', '--yes', '--quiet')).code).toBe(0)
  const id = world.server.store.all('model').find(({ name }) => name === 'Users')!.id
  const other = parts.ordersOut.replace('model: Orders', `model: ${id}`)
  world.write({ [file]: warehouse({ ...parts, ordersOut: other }) })
  const { out } = await world.run('plan', '--no-check')
  expect(out).toMatch(/~ identity\.source\.model +Orders → Users /)
  expect(out).not.toContain(id)
  // Of two with one name only the id says which is meant.
  const orders = world.server.store.all('model').find(({ name }) => name === 'Orders')!
  world.server.store.edit('model', orders.id, { name: 'Users' })
  const pinned = warehouse({
    ...parts,
    users: parts.users.replace('- name: Users', `- name: Users\n    id: ${id}`),
    orders: parts.orders.replace('- name: Orders', `- name: Users\n    id: ${orders.id}`),
    usersOut: parts.usersOut.replace('model: Users', `model: ${id}`),
    ordersOut: other
  })
  world.write({ [file]: pinned })
  const twins = await world.run('plan', '--no-check')
  expect(twins.out.replaceAll(/\s+/g, ' ')).toContain(`Users (${orders.id})`)
  expect(twins.out.replaceAll(/\s+/g, ' ')).toContain(`Users (${id})`)
})

test('R9: items of lists are called by names, too, where a file has the id of what they refer to', async () => {
  const filtered = (model: string, ...functions: string[]): string =>
    warehouse({
      ...parts,
      ordersOut: `${parts.ordersOut}    filters:\n${functions
        .map((one) => `      - { field: { model: ${model}, field: email }, function: ${one} }\n`)
        .join('')}`
    })
  const world = createSandbox({ files: { [file]: filtered('Users', 'IsNotNull') }, env })
  expect((await world.run('apply', '--yes', '--quiet')).code).toBe(0)
  const { id } = world.server.store.all('model').find(({ name }) => name === 'Users')!
  world.write({ [file]: filtered(id, 'IsNull') })
  for (const command of ['plan', 'drift'] as const)
    for (const format of ['text', 'markdown'] as const) {
      const { out } = await world.run(command, '--format', format)
      expect(out.replaceAll('\\', '')).toContain('[Users.email IsNull]')
      expect(out, `${command} ${format}`).not.toContain(id)
    }
  const left = await world.run('pull', '--check', '--since', 'none')
  expect(left.out + left.err).not.toContain(`[${id}`)
  world.write({ [file]: filtered(id, 'IsNull').replace('Orders out', 'Orders elsewhere') })
  const created = await world.run('plan')
  expect(created.out).toContain('[Users.email IsNull] ')
  expect(created.out).not.toContain(id)
})
