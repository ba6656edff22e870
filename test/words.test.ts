import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

/**
 * The code is written in the words of the field. Names that only we understood, or that had several meanings,
 * may not come back. Comments and texts for people are free: there these are words like all others.
 */

const root = new URL('..', import.meta.url).pathname

/** Names that are not used any more, with what is used instead. */
const instead: Readonly<Record<string, string>> = {
  Then: 'BaseIndex',
  openThen: 'openBaseIndex',
  thenOf: 'a name for what stood at the base, such as `atBase`',
  Given: 'PlanInput, VariableSources',
  Ground: 'CommandContext, PlanBasis',
  World: 'ApplyContext, or what it is the context of',
  Found: 'what was found',
  Around: 'ImpactContext',
  Fault: 'SchemaError',
  Place: 'DerivedApi, PathNode',
  Told: 'ReadResult',
  Made: 'Created',
  Ledger: 'PlaceholderProblems',
  Habits: 'options',
  asked: 'options, requested',
  told: 'reported',
  said: 'value',
  saw: 'recordUse',
  gone: 'removed',
  doomed: 'toDelete',
  rival: 'otherClaimant',
  made: 'created',
  old: 'previous',
  ailing: 'unhealthy, unhealthyReason',
  lacks: 'missing',
  blot: 'redact',
  voice: 'log',
  speaker: 'log',
  spoken: 'log',
  unlessInterrupted: 'abortable',
  meddle: 'mutate',
  mishaps: 'faults',
  holes: 'unresolved',
  saidBy: 'conditionText',
  speaks: 'a name for what is recognised, such as `newerIn`',
  doubtOf: 'unclearContent',
  unknownThen: 'notCommitted',
  cameBy: 'reachedBy',
  circles: 'cycles',
  further: 'others, longer'
}

/** What of them means something else in a folder. Whoever mends one takes it out of here; nothing is ever added. */
const exceptions: Readonly<Record<string, readonly string[]>> = {
  // Faults that are injected are called so in the field.
  server: ['Fault']
}

interface Source {
  folder: string
  path: string
  names: ReadonlySet<string>
  types: readonly string[]
}

const sources: Source[] = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => {
    const code = codeOf(readFileSync(join(root, 'src', path), 'utf8'))
    const types = code.matchAll(/^export (?:abstract )?(?:interface|type|class) (\w+)/gm)
    return {
      folder: path.split(/[/\\]/)[0]!,
      path,
      names: new Set(code.match(/[A-Za-z_$][\w$]*/g)),
      types: Array.from(types, ([, name]) => name!)
    }
  })

/** Without comments, texts and patterns (which may hold a lone quote); what is put into a text stays. */
function codeOf(text: string): string {
  const pieces =
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|(?<=[=(,:!&|?] *)\/(?:\\.|\[(?:\\.|[^\]\n])*\]|[^/\n])+\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g
  return text.replaceAll(pieces, (piece) =>
    piece.startsWith('`')
      ? Array.from(piece.matchAll(/\$\{([^{}]*)\}/g), ([, inner]) => inner).join(' ')
      : ' '
  )
}

describe('names', () => {
  test('that are not used any more do not come back', () => {
    const back = sources.flatMap(({ folder, path, names }) =>
      Object.keys(instead)
        .filter((name) => names.has(name) && !exceptions[folder]?.includes(name))
        .map((name) => `${path}: \`${name}\` is not used any more, but ${instead[name]}`)
    )
    expect(back).toEqual([])
  })

  test('the names are found at all', () => {
    const names = new Set(sources.flatMap((source) => [...source.names]))
    for (const name of ['decide', 'PlanInput', 'addressText', 'fromYaml']) expect(names).toContain(name)
    const words = (text: string) => [...codeOf(text).matchAll(/\w+/g)].join(' ')
    expect(words("const a = `${made} old` // told\n'said'")).toBe('const a made')
    expect(words('const a = /["`]/.test(`made`)')).toBe('const a test')
  })
})

describe('tests', () => {
  /** Names that stood in the tests alone, with what is used instead; the tests have further words of their own. */
  const insteadInTests: ReadonlyMap<string, string> = new Map([
    ['makeWorld', 'createSandbox'],
    ['Habits', 'ServiceBehaviour'],
    ['habits', 'behaviour'],
    ['Mishaps', 'InjectedFaults'],
    ['mishaps', 'faults'],
    ['meddle', 'mutate'],
    ['meddled', 'edited'],
    ['Told', 'Reported'],
    ['told', 'reported']
  ])

  test('no name of theirs comes back that was given up', () => {
    const found = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && path !== 'words.test.ts')
      .flatMap((path) => {
        const names = new Set(
          codeOf(readFileSync(join(root, 'test', path), 'utf8')).match(/[A-Za-z_$][\w$]*/g)
        )
        return [...insteadInTests]
          .filter(([name]) => names.has(name))
          .map(([name, other]) => `test/${path}: \`${name}\` is not used any more, but ${other}`)
      })
    expect(found).toEqual([])
  })
})

describe('types', () => {
  test('mean one thing each', () => {
    const places = Map.groupBy(
      sources
        .filter(({ folder }) => folder !== 'server')
        .flatMap(({ path, types }) => types.map((name) => ({ name, path }))),
      ({ name }) => name
    )
    const several = [...places].filter(([, all]) => all.length > 1)
    expect(several.map(([name, all]) => `${name}: ${all.map(({ path }) => path).join(', ')}`)).toEqual([])
  })
})
