import { describe, expect, test } from 'vitest'
import { kinds } from '../../src/kinds/index.ts'
import type { Rule } from '../../src/state/rule.ts'
import { makeRepository } from '../support/repository.ts'
import { isFew, share } from '../support/samples.ts'
import { env, file, warehouse } from '../support/warehouse.ts'

/**
 * Names of roles, users and policies match in any case, wherever they stand: whatever a command finds and
 * does is the same in each spelling of each mention. `<…>` marks a mention.
 */

interface Scenario {
  base: string
  now: string
  commands: string[][]
  /** Addresses that must be among the changes: an empty answer would be the same in any case, too. */
  expected: RegExp
}

const team = `roles: [{ name: <Analyst> }, { name: <Lead> }]
policies:
  - name: <PII>
    policy_actions: [{ action: read, roles: [<Analyst>] }, { action: update, roles: [<Lead>] }]
  - name: <Guests>
    policy_actions: [{ action: read, roles: [<Lead>] }]
users: [{ email: <ada@example.com>, roles: [<Analyst>, <Member>] }]
`
const data = warehouse().replace('    type: postgresql\n', '    type: postgresql\n    policies: [<PII>]\n')
const base = team + data
const since = ['--since', 'HEAD']

const scenarios: Record<string, Scenario> = {
  'somebody moved what is declared': {
    base,
    now: base,
    commands: [
      ['drift', ...since],
      ['plan', ...since],
      ['plan', '--only', 'policy "<PII>"'],
      ['plan', '--exclude', 'policy/<p*>'],
      ['apply', '--yes', '--only', 'policy "<PII>"'],
      ['drift', ...since]
    ],
    expected: /policy "pii"/
  },
  'a protected one is to go': {
    base: base.replace('name: <PII>\n', 'name: <PII>\n    lifecycle: { prevent_destroy: true }\n'),
    now: base
      .replace(/ {2}- name: <PII>\n.*\n/, '')
      .replaceAll('    policies: [<PII>]\n', '    policies: []\n')
      .concat('removed: { policies: [<PII>] }\n'),
    commands: [
      ['plan', ...since],
      ['plan', ...since, '--allow-destroy', 'policy "<PII>"'],
      ['apply', '--yes', ...since, '--allow-destroy', '<PII>']
    ],
    expected: /delete policy "pii"/
  },
  'one is renamed, one is dropped': {
    base,
    now: base
      .replace('- name: <Guests>', '- name: <Visitors>\n    lifecycle: { renamed_from: <Guests> }')
      .replace(/users: .*\n/, ''),
    commands: [
      ['plan', ...since],
      ['plan', ...since, '--prune'],
      ['apply', '--yes', ...since, '--prune'],
      ['plan', ...since, '--prune']
    ],
    expected: /rename policy "visitors"/
  },
  'a part is left as it is': {
    base: base.replace(
      'policies: [<PII>]\n',
      'policies: [<PII>]\n    lifecycle: { ignore_changes: ["policies[<PII>]", "policies[<Guests>]"] }\n'
    ),
    now: base.replace(
      'policies: [<PII>]\n',
      'policies: [<Guests>]\n    lifecycle: { ignore_changes: ["policies[<PII>]", "policies[<Guests>]"] }\n'
    ),
    commands: [
      ['plan', ...since],
      ['drift', ...since],
      ['destroy', '--yes', '--only', '<gue*>']
    ],
    expected: /delete done policy "guests"/
  }
}

interface Reported {
  changes?: Change[]
  resources?: Change[] | number
  results?: Change[]
  no_longer_declared?: { address: string }[]
  problems: { code: string }[]
}

interface Change {
  action?: string
  drift?: string
  outcome?: string
  address: string
  cause?: string | null
  ignored?: string[]
  fields?: { path: string[]; cause: string | null }[]
}

/** All mentions in one spelling. */
async function reported({ base: before, now, commands }: Scenario, spell: (text: string) => string) {
  return await run(before, now, commands, (text) =>
    text.replaceAll(/<([^>]*)>/g, (_all, name: string) => spell(name))
  )
}

/** What each command finds and does: everything but the spelling, and ids. */
async function run(before: string, now: string, commands: string[][], spelled: (text: string) => string) {
  const world = makeRepository({ files: { [file]: plain(before) }, env })
  const first = await world.run('apply', '--yes', '--quiet')
  expect(first.code, first.out + first.err).toBe(0)
  // The base is written in another case than what was applied.
  world.write({ [file]: spelled(before) })
  world.commit()
  const pii = world.server.store.all('policy').find(({ name }) => name === 'PII')!
  world.server.store.edit('policy', pii.id, { policy_actions: [{ action: 'read', role_ids: [] }] })
  world.write({ [file]: spelled(now) })
  const found: string[] = []
  for (const words of commands) {
    const ran = await world.run(...words.map(spelled), '--format', 'json')
    expect(ran.code, ran.out + ran.err).not.toBe(1)
    found.push(`${words[0]} ${ran.code}`, ...linesOf(JSON.parse(ran.out) as Reported))
  }
  return found
}

function plain(text: string): string {
  return text.replaceAll(/<([^>]*)>/g, '$1')
}

function linesOf({ changes, resources, results, no_longer_declared: gone, problems }: Reported): string[] {
  const all = [changes, results, resources].find((list): list is Change[] => Array.isArray(list)) ?? []
  return [
    ...all.map(({ action, drift, outcome, address, cause, ignored, fields }) =>
      [
        action ?? '',
        drift ?? '',
        outcome ?? '',
        address,
        cause ?? '',
        ...(ignored ?? []).map((path) => path.toLowerCase()).toSorted(),
        ...(fields ?? []).map((field) => `${field.path.join('.')} ${field.cause ?? ''}`).toSorted()
      ]
        .filter((text) => text !== '')
        .join(' ')
        .toLowerCase()
    ),
    ...(gone ?? []).map(({ address }) => `no longer ${address}`.toLowerCase()),
    ...problems.map(({ code }) => code)
  ].toSorted()
}

const spellings: Record<string, (name: string) => string> = {
  upper: (name) => name.toUpperCase(),
  lower: (name) => name.toLowerCase(),
  swapped: (name) =>
    Array.from(name, (letter) =>
      letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase()
    ).join('')
}

/** As it is written: what every other spelling is compared with, found once for each scenario. */
const plainly = new Map<Scenario, Promise<string[]>>()

async function toldPlainly(scenario: Scenario): Promise<string[]> {
  const found = plainly.get(scenario) ?? reported(scenario, (name) => name)
  plainly.set(scenario, found)
  return await found
}

describe.each(Object.entries(scenarios))('%s', (name, scenario) => {
  const at = Object.keys(scenarios).indexOf(name)
  test.each(share(Object.entries(spellings), at % 4, 4))(
    'in %s case all is the same',
    async (_case, spell) => {
      const as = await toldPlainly(scenario)
      expect(as.join('\n')).toMatch(scenario.expected)
      expect(await reported(scenario, spell)).toEqual(as)
    }
  )

  test('whichever mention is written otherwise, all is the same', async () => {
    const as = await toldPlainly(scenario)
    const count = scenario.now.match(/</g)!.length
    for (let only = 0; only < count; only += isFew ? 29 : 3) {
      let at = -1
      const spelled = (text: string): string => {
        if (text === scenario.now) at = 0
        return text.replaceAll(/<([^>]*)>/g, (_all, name: string) =>
          text === scenario.now && at++ === only ? spellings['swapped']!(name) : name
        )
      }
      expect(await run(scenario.base, scenario.now, scenario.commands, spelled), `mention ${only}`).toEqual(
        as
      )
    }
  })
})

test('what is exact stays exact', async () => {
  const world = makeRepository({ files: { [file]: warehouse() }, env })
  await world.run('apply', '--yes', '--quiet')
  world.write({ [file]: warehouse().replaceAll('Users out', 'USERS OUT') })
  const ran = await world.run('plan', '--format', 'json')
  expect(linesOf(JSON.parse(ran.out) as Reported).join('\n')).toContain('create sync "users out"')
  expect((await world.run('plan', '--only', 'users out')).code).toBe(3)
})

test('a rule that refers to names in any case says so, and no other does', () => {
  const caseless = new Set(kinds.managed.filter((kind) => kind.caselessNames).map(({ name }) => name))
  const references: Extract<Rule, { is: 'reference' }>[] = []
  const walk = (rule: Rule): void => {
    if (rule.is === 'reference') references.push(rule)
    if (rule.is === 'set') walk(rule.item)
    if (rule.is === 'object') Object.values(rule.fields).forEach(walk)
  }
  for (const kind of kinds.managed) for (const { rule } of Object.values(kind.fields)) walk(rule)
  expect(references.length).toBeGreaterThan(10)
  for (const rule of references)
    expect([rule.kind, rule.caseless === true]).toEqual([rule.kind, caseless.has(rule.kind)])
})
