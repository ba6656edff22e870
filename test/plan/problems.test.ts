import { describe, expect, test } from 'vitest'
import type { Kind } from '../../src/kinds/kind.ts'
import type { PlanInput } from '../../src/plan/deletions.ts'
import { incomplete } from '../../src/plan/incomplete.ts'
import { match } from '../../src/plan/match.ts'
import { missingSecrets } from '../../src/plan/missing-secrets.ts'
import { newerThanService } from '../../src/plan/newer.ts'
import type { DecideOptions } from '../../src/plan/options.ts'
import { unreachable } from '../../src/plan/partial.ts'
import type { Change } from '../../src/plan/plan.ts'
import { idleRotations, rotated } from '../../src/plan/rotate.ts'
import { carriedUnknown } from '../../src/plan/unknown.ts'
import { unknownToVersion } from '../../src/plan/version.ts'
import type { Desired, Live, LiveState, Path } from '../../src/state/resource.ts'
import type { JsonObject } from '../../src/state/value.ts'
import type { Vault } from '../../src/state/vault.ts'
import { at, change, changed, diagnostic, plan } from '../render/builders.ts'
import { gadget, smallKinds } from '../support/small-kind.ts'

/** What is told beside the differences, word by word. */

const spanAt = (path: Path) => at(`a.yaml/${path.join('/')}`, 1)

function wanted(name: string, fields: JsonObject = {}, more: Partial<Desired> = {}): Desired {
  return {
    kind: 'gadget',
    name,
    fields,
    lifecycle: { renamedFrom: [], preventDestroy: false, ignoreChanges: [] },
    span: at('a.yaml', 7),
    spanAt,
    uses: [],
    ...more
  }
}

function there(name: string, id: string, more: Partial<Live> = {}): Live {
  return {
    kind: 'gadget',
    name,
    id,
    wire: { id },
    fields: {},
    uses: [],
    changed: {},
    partial: false,
    ...more
  }
}

const nobody: LiveState = { organization: { id: 'o', name: 'Acme' }, resources: [], kinds: [] }

describe('R38: what a new resource lacks', () => {
  test('is told where it is, as a mistake unless it may be meant', () => {
    const missing = { path: ['size'], code: 'P108', message: 'm', label: 'l' } as const
    const kind: Kind = {
      ...gadget,
      incomplete: ({ whole }) =>
        whole === true ? [] : [missing, { ...missing, severity: 'warning', notes: ['n'], help: ['h'] }]
    }
    const labels = [{ span: spanAt(['size']), text: 'l' }]
    const created = [wanted('A', { whole: true }), wanted('B'), wanted('C', {}, { kind: 'other' })]
    expect(incomplete(created, { managed: [{ ...gadget, name: 'other' }, kind] })).toEqual([
      diagnostic({ code: 'P108', message: 'm', labels }),
      diagnostic({ code: 'P108', severity: 'warning', message: 'm', labels, notes: ['n'], help: ['h'] })
    ])
  })
})

describe('what a service may be too old for', () => {
  const path = ['a', 0]
  const kind: Kind = {
    ...gadget,
    newerThan: (_fields, answers) => {
      const isKnown = answers.length === 0 ? undefined : answers.some(({ id }) => id === 'new')
      return [{ path, what: 'the size', isKnown }]
    }
  }
  const labels = [{ span: spanAt(path), text: 'only newer services know this' }]
  const unsure = diagnostic({
    code: 'P114',
    severity: 'warning',
    message: 'nothing tells yet whether this service knows the size of gadget "A"',
    labels,
    help: ['apply reads it back, and fails where it was dropped']
  })
  const tooOld = diagnostic({
    code: 'P114',
    message: 'this service does not know the size of gadget "A"',
    labels,
    notes: ['its answers have the older shape: it would drop this in silence'],
    help: ['say it in another way, or wait until the service is newer']
  })
  const reported = (resources: Live[], live?: Live) =>
    newerThanService(wanted('A'), kind, { ...nobody, resources }, live)

  test('is seen in its answers: in that of the resource itself, or else in those of its kind', () => {
    expect(reported([there('A', 'old')])).toEqual([tooOld])
    expect(reported([there('A', 'new')])).toEqual([])
    expect(reported([there('A', 'new')], there('B', 'old'))).toEqual([tooOld])
    expect(reported([there('A', 'old')], there('B', 'new'))).toEqual([])
  })

  test('is unknown without a full answer of its kind', () => {
    expect(reported([])).toEqual([unsure])
    expect(reported([there('A', 'old', { partial: true })])).toEqual([unsure])
    expect(reported([there('A', 'old', { kind: 'other' })])).toEqual([unsure])
    expect(newerThanService(wanted('A'), gadget, nobody, undefined)).toEqual([])
  })

  test('is what the version lacks: what is stated, at any depth, or the kind as a whole', () => {
    const since = { size: '2024-02-08', 'parts.*.code': '2025-09-18', 'deep.inner': '2025-09-18' } as const
    const kinds = { managed: [{ ...gadget, since }] }
    const fields = {
      size: 5,
      parts: [{ code: 'x' }, { code: '' }, { other: 1 }, { code: false }, { code: 'y' }],
      deep: { inner: 1 }
    }
    const resources = [wanted('A', fields), wanted('B', { size: 0, parts: 1, deep: 1 }), wanted('C')]
    const desired = { workspace: {}, resources, removed: [] }
    const needs = (name: string, first: string, place: Path, version: string) =>
      diagnostic({
        code: 'P111',
        message: `\`${name}\` of a gadget needs version ${first} of the API`,
        labels: [{ span: spanAt(place), text: `version ${version} does not have it` }],
        help: [`remove \`${name}\`, or write \`workspace: { api_version: "${first}" }\` or newer`]
      })
    const newest = [
      needs('code', '2025-09-18', ['parts', 0, 'code'], '2024-02-08'),
      needs('code', '2025-09-18', ['parts', 4, 'code'], '2024-02-08'),
      needs('inner', '2025-09-18', ['deep', 'inner'], '2024-02-08')
    ]
    expect(unknownToVersion(desired, kinds, '2024-02-08')).toEqual(newest)
    expect(unknownToVersion(desired, kinds, '2025-09-18')).toEqual([])
    expect(unknownToVersion(desired, kinds, '2023-04-25').map(({ labels: [one] }) => one?.span)).toEqual([
      spanAt(['size']),
      ...newest.map(({ labels: [one] }) => one?.span),
      spanAt(['size'])
    ])
    const whole = { managed: [{ ...gadget, api: { ...gadget.api, since: '2024-02-08' as const } }] }
    const one = { ...desired, resources: [wanted('A', fields), wanted('X', {}, { kind: 'other' })] }
    expect(unknownToVersion(one, whole, '2023-04-25')).toEqual([
      diagnostic({
        code: 'P111',
        message: 'gadget "A" needs version 2024-02-08 of the API',
        labels: [{ span: at('a.yaml', 7), text: 'version 2023-04-25 does not have it' }],
        help: ['remove it, or write `workspace: { api_version: "2024-02-08" }` or newer']
      })
    ])
    expect(unknownToVersion(one, whole, '2024-02-08')).toEqual([])
  })
})

describe('members that nobody knows', () => {
  const kind: Kind = { ...gadget, unknownIn: ({ odd }) => (odd as string[] | undefined) ?? [] }
  const one = (name: string, action: Change['action'] = 'update') =>
    change({ action, kind: 'gadget', name, id: name, span: at(name, 1) })
  const reported = (changes: Change[], odd: string[], more: Partial<Live> = {}) =>
    carriedUnknown(changes, [gadget, kind], ({ name }) => there(name, name, { wire: { odd }, ...more }))

  test('are told once of each kind, of what is updated or renamed and was read in full', () => {
    expect(reported([one('A'), one('B', 'rename'), one('C', 'none')], ['x'])).toEqual([
      diagnostic({
        code: 'P413',
        severity: 'warning',
        message: 'the service also has `x` of a gadget that is updated',
        labels: ['A', 'B'].map((name) => ({ span: at(name, 1), text: 'this is updated' })),
        notes: [
          'this version of polyctl does not know that, and carries it back as it is',
          'if it says the same as something that changes, the service may refuse it or keep the old'
        ],
        help: ['look whether there is a newer version of polyctl']
      })
    ])
    expect(reported([one('C', 'none'), one('D', 'create'), one('E', 'delete')], ['x'])).toEqual([])
    expect(reported([{ ...one('A'), kind: 'other' }], ['x'])).toEqual([])
    expect(reported([one('A')], [])).toEqual([])
    expect(reported([one('A')], ['x'], { partial: true })).toEqual([])
    expect(carriedUnknown([one('A')], [kind], () => undefined)).toEqual([])
  })

  test('are five at most, at five places', () => {
    const letters = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
    const [problem] = reported(
      letters.map((letter) => one(letter)),
      letters
    )
    expect(problem?.message).toBe(
      'the service also has `a`, `b`, `c`, `d`, `e`, 2 more of a gadget that is updated'
    )
    expect(problem?.notes[0]).toBe(
      'this version of polyctl does not know these, and carries them back as they are'
    )
    expect(problem?.labels).toHaveLength(5)
    expect(reported([one('a')], letters.slice(0, 5))[0]?.message).toContain('`e` of a gadget')
  })
})

describe('secrets that cannot be opened', () => {
  const vault: Pick<Vault, 'reveal'> = {
    reveal: (source) =>
      source === 'known'
        ? { ok: true, value: 'v' }
        : {
            ok: false,
            reason: source.startsWith('env') ? `environment variable ${source} is not set` : `no ${source}`
          }
  }
  const secret = (source: string) => ({ $secret: source })
  const reported = (changes: Change[], resources: Desired[] = []) =>
    missingSecrets(
      plan(changes),
      { desired: { workspace: {}, resources, removed: [] }, vault: vault as Vault },
      'warning'
    )
  const one = (action: Change['action'], name: string, fields: JsonObject, ignored: string[] = []) =>
    change({ action, kind: 'gadget', name, id: name, wanted: fields, ignored })

  test('are told with the places that send them', () => {
    const fields = { list: [1, { s: secret('envA') }], known: secret('known'), text: 'x' }
    expect(reported([one('update', 'A', fields)], [wanted('A')])).toEqual([
      diagnostic({
        code: 'P615',
        severity: 'warning',
        message: 'environment variable envA is not set: apply needs it for gadget "A"',
        labels: [{ span: spanAt(['list', 1, 's']), text: 'gadget "A" sends this' }],
        help: ['set it, or pass `--env-file`']
      })
    ])
    const two = reported([
      one('create', 'A', { s: secret('file') }),
      one('rename', 'B', { s: secret('file') })
    ])
    expect(two).toMatchObject([
      {
        message: 'no file: apply needs it for 2 resources',
        labels: [{ text: 'gadget "A" sends this' }, { text: 'gadget "B" sends this' }],
        help: ['give the secret there, or correct where it is read from']
      }
    ])
  })

  test('of many places, five are shown', () => {
    const list = (length: number) => ({ list: Array.from({ length }, () => secret('envA')) })
    expect(reported([one('update', 'A', list(5))])[0]).toMatchObject({ notes: [] })
    const [six] = reported([one('update', 'A', list(6))])
    expect([six?.labels.length, six?.notes]).toEqual([5, ['and at 1 more places']])
    expect(six?.message).toContain('apply needs it for gadget "A"')
  })

  test('are not needed for what stays, goes or is ignored; a new resource has nothing to keep', () => {
    const fields = { deep: { s: secret('envA') }, deeper: secret('envB') }
    expect(reported([one('none', 'A', fields), one('delete', 'A', fields)])).toEqual([])
    const left = (ignored: string[], action: Change['action'] = 'update') =>
      reported([one(action, 'A', fields, ignored)]).map(({ message }) => message.split(' ')[2])
    expect(left([])).toEqual(['envA', 'envB'])
    expect(left(['deep'])).toEqual(['envB'])
    expect(left(['deep.s'])).toEqual(['envB'])
    expect(left(['other', 'deeper'])).toEqual(['envA'])
    expect(left(['deep', 'deeper'], 'create')).toEqual(['envA', 'envB'])
  })
})

describe('with options', () => {
  function input(resources: Desired[], options: DecideOptions, live: Live[] = []): PlanInput {
    const desired = { workspace: {}, resources, removed: [] }
    const state = { ...nobody, resources: live }
    return {
      desired,
      live: state,
      kinds: smallKinds,
      match: match(desired, state, smallKinds).match,
      options
    }
  }

  test('what a selected resource needs must be there, or be selected', () => {
    const use = { kind: 'gadget', name: 'B', span: at('a.yaml', 3), path: [] }
    const [a, b] = [wanted('A', {}, { uses: [use] }), wanted('B')]
    const selection = { only: [], exclude: [], kinds: [] }
    expect(unreachable([a], input([a, b], { selection }))).toEqual([
      diagnostic({
        code: 'P408',
        message: 'gadget "A" needs gadget "B", which is not selected',
        labels: [{ span: at('a.yaml', 3), text: 'the service does not have it yet' }],
        help: ['select it as well: `--only \'gadget "B"\'`']
      })
    ])
    expect(unreachable([a, b], input([a, b], { selection }))).toEqual([])
    expect(unreachable([a], input([a, b], { selection }, [there('B', 'b')]))).toEqual([])
    expect(unreachable([a], input([a], { selection }))).toEqual([])
    expect(unreachable([a], input([a, b], {}))).toEqual([])
  })

  const none = change({ action: 'none', kind: 'gadget', name: 'A', id: 'a', notCompared: ['s'] })

  test('R31: secrets are sent again where somebody asks, or where they come from elsewhere', () => {
    const base = { revision: 'abc', commit: 'abcdef', resources: [], secretsMoved: ['gadget "A"'] }
    const again = (options: DecideOptions, one: Change = none) => rotated([one], input([], options))
    expect(again({ rotate: ['A'], base })).toEqual([
      { ...none, action: 'update', fields: [], reason: 'its secrets are to be sent again' }
    ])
    expect(again({ base })).toEqual([
      {
        ...none,
        action: 'update',
        fields: [],
        cause: 'config',
        reason: 'its secrets come from elsewhere since abc'
      }
    ])
    const unanswered = { ...base, secretsMoved: [], unansweredMoved: ['gadget "A"'] }
    expect(again({ base: unanswered })).toMatchObject([
      { action: 'update', reason: 'the files changed since abc what the service never answers' }
    ])
    expect(again({})).toEqual([none])
    expect(again({ rotate: ['B'], base: { ...base, secretsMoved: ['gadget "B"'] } })).toEqual([none])
    const update = change({ ...none, action: 'update', fields: [changed(['x'], 1, 2)] })
    expect(again({ rotate: ['A'], base }, update)).toEqual([update])
  })

  const s = { $secret: 'env S' }
  interface Idle {
    sent?: string[]
    ignore?: string[]
    action?: Change['action']
  }
  const idle = (
    rotate: string[],
    fields: JsonObject,
    { sent = [], ignore = [], action = 'none' }: Idle = {}
  ) => {
    const lifecycle = { renamedFrom: [], preventDestroy: false, ignoreChanges: ignore }
    const one = change({ ...none, action, notCompared: sent })
    return idleRotations([one], input([wanted('A', fields, { lifecycle })], { rotate }))
  }

  test('R31: who asks for what has no secrets is told; a pattern may meet such', () => {
    const nothing = diagnostic({
      code: 'P411',
      severity: 'warning',
      message: '`--rotate` does not send anything of gadget "A"',
      labels: [{ span: at('a.yaml', 7), text: 'this has no secrets' }],
      help: ['name a resource that has secrets']
    })
    expect(idle(['A'], {})).toEqual([nothing])
    expect(idle(['A'], {}, { action: 'update' })).toEqual([nothing])
    for (const rotate of [['*'], ['?'], ['B'], []]) expect(idle(rotate, {})).toEqual([])
    for (const action of ['create', 'delete'] as const) expect(idle(['A'], {}, { action })).toEqual([])
    expect(idleRotations([none], input([wanted('B')], { rotate: ['A'] }))).toEqual([])
  })

  test('R31: secrets that stay as they are are named, ten at most', () => {
    const fields = { a: s, b: s }
    expect(idle(['A'], fields, { sent: ['a', 'b'] })).toEqual([])
    expect(idle(['*'], fields, { sent: ['b'], ignore: ['a'] })).toEqual([
      diagnostic({
        code: 'P411',
        severity: 'warning',
        message: '`--rotate` does not send all of gadget "A"',
        labels: [
          { span: spanAt(['lifecycle', 'ignore_changes']), text: 'this leaves secrets as they are' }
        ],
        notes: ['not sent: a'],
        help: ['take them out of `ignore_changes`, or name parts in which no secret is']
      })
    ])
    const many = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`s${index}`, s]))
    const [problem] = idle(['A'], many)
    expect([problem?.notes.length, problem?.labels[0]?.span]).toEqual([10, spanAt([])])
  })
})
