import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isolated } from './support/isolated.ts'

/** Keeps the house as it was planned: who may import whom, where the edges are, and what the linter is to hold. */

const root = new URL('..', import.meta.url).pathname
const skipped = new Set(['node_modules', '.git', '.dist', 'coverage', '.polyctl', '.stryker'])

function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (skipped.has(entry.name)) return []
    return entry.isDirectory() ? filesIn(path) : [path]
  })
}

interface Source {
  path: string
  text: string
  lines: string[]
  /** The text without comments and without what is inside of quotes. */
  code: string
  imports: Import[]
}

interface Import {
  /** Of this repository: the path of the file. Of a package: its name, or `node:…`. */
  from: string
  own: boolean
  names: string
}

const sources: Source[] = filesIn('src')
  .filter((path) => path.endsWith('.ts'))
  .map((path) => {
    const text = readFileSync(join(root, path), 'utf8')
    return { path, text, lines: text.split('\n'), code: codeOf(text), imports: importsOf(path, text) }
  })

function importsOf(path: string, text: string): Import[] {
  const statements = text.matchAll(
    /^(?:import|export)\s+(?:([^'";]*?)\s+from\s+)?'([^']+)'|import\('([^']+)'\)/gm
  )
  return [...statements].map(([, names = '', from = '', dynamic]) => {
    const target = dynamic ?? from
    if (target.startsWith('.')) return { from: normalize(join(dirname(path), target)), own: true, names }
    const parts = target.split('/').slice(0, target.startsWith('@') ? 2 : 1)
    return { from: parts.join('/'), own: false, names }
  })
}

function codeOf(text: string): string {
  const pieces = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g
  return text.replaceAll(pieces, (piece) => piece.replaceAll(/[^\n]/g, ' '))
}

/** `src/plan/diff.ts` is of `plan`; files right under `src` are folders of their own. */
function folderOf(path: string): string {
  return path.split('/')[1] ?? path
}

describe('imports', () => {
  const everything = [...new Set(sources.map(({ path }) => folderOf(path)))]
  const arrows: Readonly<Record<string, readonly string[]>> = {
    diagnostics: [],
    wire: [],
    state: ['diagnostics', 'wire'],
    kinds: ['diagnostics', 'wire', 'state', 'schemas/connection-types.json'],
    config: ['diagnostics', 'wire', 'state', 'src/kinds/kind.ts'],
    remote: ['diagnostics', 'wire', 'state', 'src/kinds/kind.ts'],
    plan: ['diagnostics', 'wire', 'state', 'src/kinds/kind.ts'],
    apply: ['diagnostics', 'wire', 'state', 'src/kinds/kind.ts', 'plan', 'remote'],
    executions: ['diagnostics', 'wire', 'state', 'src/kinds/kind.ts', 'remote'],
    import: ['diagnostics', 'state', 'src/kinds/kind.ts', 'config', 'plan'],
    pull: ['diagnostics', 'state', 'src/kinds/kind.ts', 'config', 'plan', 'import'],
    render: ['diagnostics', 'wire', 'state', 'plan', 'apply', 'executions', 'package.json'],
    storage: [],
    watch: ['diagnostics', 'render', 'storage'],
    server: ['wire', 'storage', 'schemas/connection-types.json'],
    commands: [...everything, 'schemas/polyctl.schema.json', 'package.json'],
    'reconcile.ts': ['diagnostics', 'state', 'src/kinds/kind.ts', 'config', 'remote', 'plan', 'apply'],
    'direct.ts': [],
    'thrift.ts': [],
    'network.ts': [],
    'main.ts': ['commands', 'direct.ts', 'network.ts', 'thrift.ts']
  }

  test('every folder is known', () => {
    expect(Object.keys(arrows).toSorted()).toEqual(everything.toSorted())
  })

  test('a folder imports only those that its arrows allow', () => {
    const wrong = sources.flatMap(({ path, imports }) => {
      const own = folderOf(path)
      const allowed = new Set([own, ...(arrows[own] ?? [])])
      return imports
        .filter(({ own: isOwn, from }) => isOwn && !allowed.has(from) && !allowed.has(folderOf(from)))
        .map(({ from }) => `${path} must not import ${from}`)
    })
    expect(wrong).toEqual([])
  })

  test('no file reaches itself, not even by its types', () => {
    expect(circles()).toEqual([])
  })

  test('kinds are named by the registry alone, and the registry by commands alone', () => {
    const wrong = sources.flatMap(({ path, imports }) =>
      imports.flatMap(({ from }) => {
        const isKind = from.startsWith('src/kinds/') && from !== 'src/kinds/kind.ts'
        if (!isKind || path.startsWith('src/kinds/')) return []
        const isRegistry = from === 'src/kinds/index.ts' && path.startsWith('src/commands/')
        return isRegistry ? [] : [`${path} must not import ${from}: kinds are handed in`]
      })
    )
    expect(wrong).toEqual([])
  })

  test('a room of config is entered by its door', () => {
    const wrong = sources.flatMap(({ path, imports }) =>
      imports.flatMap(({ from }) => {
        const [, room, file] = /^src\/config\/([^/]+)\/(.+)$/.exec(from) ?? []
        const isOutside = room !== undefined && !path.startsWith(`src/config/${room}/`)
        return isOutside && file !== 'index.ts'
          ? [`${path} must not import ${from}: only its index.ts`]
          : []
      })
    )
    expect(wrong).toEqual([])
  })

  test('only commands know the local server', () => {
    const wrong = sources.filter(
      ({ path, imports }) =>
        !path.startsWith('src/server/') &&
        !path.startsWith('src/commands/') &&
        imports.some(({ from }) => from.startsWith('src/server/'))
    )
    expect(wrong.map(({ path }) => `${path} must not import the server`)).toEqual([])
  })

  test('the runner knows few of the server, and of the rest only handlers and the start know it', () => {
    const room = 'src/server/runner/'
    const known = new Set([
      ...['stored', 'records', 'events'].map((name) => `src/server/${name}.ts`),
      'src/storage/database.ts'
    ])
    const wrong = sources.flatMap(({ path, imports }) =>
      imports.flatMap(({ from, own }) => {
        if (!path.startsWith('src/server/')) return []
        const isOut =
          own && path.startsWith(room) && !from.startsWith(room) && !from.startsWith('src/wire/')
        if (isOut && !known.has(from)) return [`${path} must not import ${from}`]
        const isIn = !path.startsWith(room) && from.startsWith(room)
        const mayEnter = [
          ...'call index rehearsal kinds/execution kinds/execution-start kinds/bulk-copies'.split(' '),
          ...'kinds/bulk-execution kinds/bulk-execution-shown'.split(' ')
        ]
        const isSql = from === 'node:sqlite' && !path.startsWith(room)
        if (isSql) return [`${path} must not import ${from}: the database is that of storage`]
        return isIn && !mayEnter.some((name) => path === `src/server/${name}.ts`)
          ? [`${path} must not import ${from}: the runner is in the context`]
          : []
      })
    )
    expect(wrong).toEqual([])
  })

  test('a driver of another system is loaded when it is first used', () => {
    const drivers = Object.keys(manifestOf('optionalDependencies'))
    const statement = /^(?:import|export)\s+(?!type\b)[^'";]*from\s+'([^']+)'/gm
    const wrong = sources.flatMap(({ path, text }) =>
      Array.from(text.matchAll(statement), ([, from = '']) => from)
        .filter((from) => drivers.includes(from))
        .map((from) => `${path} must load ${from} by \`import()\``)
    )
    expect(drivers).not.toEqual([])
    expect(wrong).toEqual([])
  })

  test('packages stay behind their fences', () => {
    const fences: Readonly<Record<string, readonly string[]>> = {
      yaml: ['config'],
      'js-yaml': ['config'],
      ajv: ['config', 'server'],
      'ajv-formats': ['config'],
      ky: ['remote'],
      undici: ['network.ts'],
      'proxy-from-env': ['main.ts'],
      'p-limit': ['remote', 'executions', 'server', 'commands'],
      listr2: ['render'],
      diff: ['render'],
      'cli-table3': ['render'],
      'wrap-ansi': ['render'],
      'fast-string-width': ['render'],
      '@hpcc-js/wasm-graphviz': ['render'],
      // Only its types.
      sarif: ['render'],
      hono: ['server', 'watch'],
      '@hono/node-server': ['server'],
      'node:sqlite': ['storage', 'server'],
      'csv-parse': ['server'],
      '@jsforce/jsforce-node': ['server'],
      mongodb: ['server'],
      pg: ['server'],
      'pg-cursor': ['server'],
      croner: ['watch', 'server'],
      'prom-client': ['watch'],
      nodemailer: ['watch'],
      commander: ['commands']
    }
    const wrong = sources.flatMap(({ path, imports }) =>
      imports
        .filter(({ own, from }) => !own && (!from.startsWith('node:') || from in fences))
        .filter(({ from }) => !(fences[from] ?? []).includes(folderOf(path)))
        .map(
          ({ from }) => `${path} must not import ${from}: only ${fences[from]?.join(', ') ?? 'nobody'} may`
        )
    )
    expect(wrong).toEqual([])
  })
})

/** One part of `package.json`. */
function manifestOf(part: string): Record<string, string> {
  const all = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
    string,
    Record<string, string>
  >
  return all[part] ?? {}
}

/** Files that reach themselves, by whatever kind of import. */
function circles(): string[] {
  const links = new Map(
    sources.map(({ path, imports }) => [path, imports.filter(({ own }) => own).map(({ from }) => from)])
  )
  const done = new Set<string>()
  const found: string[] = []
  const visit = (path: string, way: readonly string[]): void => {
    const met = way.indexOf(path)
    if (met !== -1) found.push([...way.slice(met), path].join(' → '))
    if (met !== -1 || done.has(path)) return
    for (const next of links.get(path) ?? []) visit(next, [...way, path])
    done.add(path)
  }
  for (const path of links.keys()) visit(path, [])
  return found
}

describe('edges', () => {
  const rules: readonly {
    what: string
    pattern: RegExp
    in: 'code' | 'text'
    allowed: readonly string[]
  }[] = [
    { what: 'process', pattern: /\bprocess\b(?=[.[])|node:process/, in: 'code', allowed: ['src/main.ts'] },
    { what: 'console', pattern: /\bconsole\./, in: 'code', allowed: [] },
    {
      what: 'the disk',
      pattern: /'node:fs(\/promises)?'/,
      in: 'text',
      // Standard output may be a file.
      allowed: [
        'src/main.ts',
        'src/config/source/disk.ts',
        'src/config/source/save.ts',
        'src/storage/folder.ts',
        'src/server/edge.ts'
      ]
    },
    {
      what: 'sockets',
      pattern: /'node:(http2?|https|net|tls|dgram|worker_threads)'/,
      in: 'text',
      allowed: ['src/direct.ts']
    },
    {
      what: 'other programs',
      // Git keeps what the files said before, and nobody but git knows how to ask it everywhere.
      pattern: /'node:child_process'/,
      in: 'text',
      allowed: ['src/config/source/git.ts']
    },
    {
      what: 'timers',
      pattern: /\b(setTimeout|setInterval|setImmediate|queueMicrotask)\b(?! as )/,
      in: 'code',
      // The progress view redraws while nothing else happens; a socket has a timer of its own.
      allowed: ['src/main.ts', 'src/direct.ts', 'src/server/edge.ts', 'src/render/progress.ts']
    },
    {
      what: 'the clock',
      pattern: /\bDate\.now\b|\bnew Date\(\)|\bperformance\./,
      in: 'code',
      allowed: ['src/main.ts', 'src/server/edge.ts']
    },
    {
      what: 'randomness',
      pattern: /\bMath\.random\b|import \{[^}]*\brandom\w+[^}]*\} from 'node:crypto'|\bcrypto\.random/,
      in: 'text',
      allowed: ['src/main.ts', 'src/server/edge.ts']
    },
    {
      what: 'the network',
      pattern: /(?<![.\w])fetch\((?!\w+\??: )/,
      in: 'code',
      allowed: ['src/main.ts', 'src/network.ts']
    },
    {
      what: 'the terminal',
      pattern: /'node:(readline|tty)(\/promises)?'/,
      in: 'text',
      allowed: ['src/main.ts']
    }
  ]

  test.each(rules)('$what is touched at the edges only', ({ what, pattern, in: where, allowed }) => {
    const wrong = sources.filter((source) => !allowed.includes(source.path) && pattern.test(source[where]))
    expect(wrong.map(({ path }) => `${path} touches ${what}: have it passed in`)).toEqual([])
  })
})

describe('the door', () => {
  /** Writing, however it is called: on the streams of the world, or with a function that was handed on. */
  const writing = /\b(?:io|world|door|output)\.(?:out|err)\b|\bstd(?:out|err)\b|\bwrite\w*\(/
  /** The door itself; what draws in place, which is handed a `write`; and the parser of words, for its help. */
  const writers = [
    'src/main.ts',
    'src/commands/door.ts',
    'src/commands/command-line.ts',
    'src/commands/program.ts',
    'src/render/progress.ts',
    'src/render/unfolding.ts'
  ]
  const rooms = new Set(['commands', 'render', 'plan', 'apply', 'remote', 'reconcile.ts', 'main.ts'])
  const written = sources.filter(({ path }) => rooms.has(folderOf(path)))

  test('nobody else writes: commands return what they come to, or tell it', () => {
    const wrong = written.filter(({ path, code }) => !writers.includes(path) && writing.test(code))
    expect(wrong.map(({ path }) => `${path} writes: return it, or tell it through the output`)).toEqual([])
  })

  test('each of them does', () => {
    expect(
      writers.filter((path) => !writing.test(sources.find((it) => it.path === path)?.code ?? ''))
    ).toEqual([])
  })

  test('commands do not know in which format they are told', () => {
    const names = /\bformat\s*===|'(?:text|json)'\s*===|\bjsonText\b/
    const allowed = new Set(['src/commands/door.ts', 'src/commands/program.ts'])
    const wrong = written.filter(({ path, text }) => {
      return path.startsWith('src/commands/') && !allowed.has(path) && names.test(text)
    })
    expect(wrong.map(({ path }) => `${path} asks for the format: a view has all formats`)).toEqual([])
  })
})

describe('tables', () => {
  test('what is looked up by a text has no prototype', () => {
    const plain = /^\s*(?:export )?const (\w+): (?:Readonly<)?Record<string, .*> = \{/gm
    const wrong = sources
      // Tables there are of a request, or of what the server itself names.
      .filter(({ path }) => !path.startsWith('src/server/'))
      .flatMap(({ path, text }) =>
        Array.from(text.matchAll(plain), ([, name]) => `${path}: ${name} must be made by \`dictionary\``)
      )
    expect(wrong).toEqual([])
  })
})

describe('budgets', () => {
  test('the linter holds the lengths of files and functions', () => {
    const { overrides } = JSON.parse(readFileSync(join(root, '.oxlintrc.json'), 'utf8')) as {
      overrides: { files: string[]; rules: Record<string, unknown> }[]
    }
    expect(overrides.find(({ files }) => files.includes('src/**'))?.rules).toMatchObject({
      'max-lines': ['error', { max: 320 }],
      'max-lines-per-function': ['error', { max: 70 }]
    })
    const off = /(?:ox|es)lint-disable.*max-lines|(?:ox|es)lint-disable(?:-next-line)? *\*?\/?$/m
    expect(sources.filter(({ text }) => off.test(text)).map(({ path }) => path)).toEqual([])
  })

  test('lines are at most 110 columns', () => {
    const wide = sources.flatMap(({ path, lines }) =>
      lines.flatMap((line, index) =>
        line.length > 110 ? [`${path}:${index + 1} has ${line.length} columns`] : []
      )
    )
    expect(wide).toEqual([])
  })

  test('whoever imports a name finds a sentence above it', () => {
    const silent = sources
      // The names of the API are documented by the API.
      .filter(({ path }) => !path.startsWith('src/wire/'))
      .flatMap(({ path, lines }) =>
        lines.flatMap((line, index) => {
          const name =
            /^export (?:default |async |abstract )*(?:function\*?|const|class|interface|type) (\w+)/.exec(
              line
            )?.[1]
          return name === undefined || lines[index - 1]?.endsWith('*/')
            ? []
            : [`${path}:${index + 1} exports ${name} without a word`]
        })
      )
    expect(silent).toEqual([])
  })

  test('nothing is put off in a comment', () => {
    const words = new RegExp(['TO', 'DO|FIX', 'ME|XX', 'X\\b'].join(''))
    const found = [...filesIn('src'), ...filesIn('test')].filter((path) =>
      words.test(readFileSync(join(root, path), 'utf8'))
    )
    expect(found).toEqual([])
  })

  test('no file is named after nothing', () => {
    const allowed = new Set(['src/wire/common.ts'])
    const nameless = /(^|[/-])(utils?|helpers?|common|misc|shared|lib|stuff)([.-]|\/|s\.)/
    const found = [...filesIn('src'), ...filesIn('test')].filter(
      (path) => nameless.test(path) && !allowed.has(path)
    )
    expect(found.map((path) => `${path}: what is in it has no home yet`)).toEqual([])
  })
})

/** What the compiler is told without a check. Each number may fall and must not grow. */
describe('assertions of types', () => {
  const counts = asserted()

  test('`as` stands only where no check can be made', () => {
    expect(counts.as.length, counts.as.join('\n')).toBeLessThanOrEqual(12)
  })

  test('what may be missing is not said to be there with `!`', () => {
    expect(counts.bang.length, counts.bang.join('\n')).toBeLessThanOrEqual(46)
  })

  test('`any` is written nowhere', () => {
    expect(counts.any).toEqual([])
  })
})

/** Each place in `src`, by the linter's syntax tree: `as const` and other names of imports are no assertions. */
function asserted(): Record<'as' | 'bang' | 'any', string[]> {
  const rules = {
    as: 'typescript/consistent-type-assertions',
    bang: 'typescript/no-non-null-assertion',
    any: 'typescript/no-explicit-any'
  }
  const folder = mkdtempSync(join(tmpdir(), 'polyctl-house-'))
  const file = join(folder, 'assertions.json')
  const on = {
    [rules.as]: ['error', { assertionStyle: 'never' }],
    [rules.bang]: 'error',
    [rules.any]: 'error'
  }
  try {
    writeFileSync(
      file,
      JSON.stringify({ plugins: ['typescript'], categories: { correctness: 'off' }, rules: on })
    )
    const linter = join(root, 'node_modules', 'oxlint', 'bin', 'oxlint')
    const { stdout } = spawnSync(process.execPath, [linter, '-c', file, '-f', 'unix', 'src'], {
      cwd: root,
      encoding: 'utf8'
    })
    const places = stdout.split('\n').filter((line) => line.startsWith('src/'))
    expect(stdout).toContain(`${places.length} problem`)
    const of = (rule: string): string[] =>
      places.filter((line) => line.includes(`${rule.replace('/', '(')})`))
    return { as: of(rules.as), bang: of(rules.bang), any: of(rules.any) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe('tests', () => {
  const tests = filesIn('test')
    .filter((path) => path.endsWith('.test.ts'))
    .map((path) => ({ path, code: codeOf(readFileSync(join(root, path), 'utf8')) }))

  test('files that share a process change nothing of it that stays', () => {
    const changes = [
      /\bvi\.(?:do)?(?:un)?mock\(/i,
      /\bvi\.(?:useFakeTimers|stub\w+|resetModules)\(/,
      /\bprocess\.(?:chdir|umask|on|once)\(/,
      /\bprocess\.env(?:\[[^\]]*\]|\.\w+) *[?|&+]{0,2}=(?!=)/,
      /\b(?:globalThis|prototype)\.\w+ *=(?!=)/
    ]
    const found = tests
      .filter(({ code }) => changes.some((change) => change.test(code)))
      .map(({ path }) => path)
    expect(found.filter((path) => !isolated.includes(path))).toEqual([])
    expect(found.length).toBeGreaterThan(1)
  })

  test('those that have a process of their own are there', () => {
    expect(isolated.filter((path) => !tests.some((one) => one.path === path))).toEqual([])
  })

  test('none has a limit of time', () => {
    const limits = /\{ ?timeout: |^ {0,2}\}, (?:0|[\d_]{4,})\)$|\},\n *[\d_]{4,}\n *\)$/m
    const found = tests.filter(({ code }) => limits.test(code)).map(({ path }) => path)
    expect(found).toEqual([])
  })
})

describe('the repository', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
    string,
    Record<string, string> | undefined
  >

  test('its top level holds nothing but what was agreed on', () => {
    const allowed = new Set([
      'src',
      'schemas',
      'configs',
      'test',
      'package.json',
      'package-lock.json',
      'tsconfig.json',
      'README.md',
      'LICENSE',
      'CHANGELOG.md',
      'node_modules'
    ])
    const visible = readdirSync(root).filter((name) => !name.startsWith('.'))
    expect(visible.filter((name) => !allowed.has(name))).toEqual([])
  })

  test('its packages are pinned to one version each', () => {
    const all = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((of) =>
      Object.entries(manifest[of] ?? {})
    )
    expect(all.length).toBeGreaterThan(10)
    expect(all.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([])
  })

  test.each(['configs', 'schemas'])('the README of %s names each file there, and no other', (folder) => {
    const page = readFileSync(join(root, folder, 'README.md'), 'utf8')
    const named = Array.from(page.matchAll(/^\| \[([^\]]+)\]/gm), ([, name = '']) => name)
    const there = readdirSync(join(root, folder)).filter((name) => name !== 'README.md')
    expect(named.toSorted()).toEqual(there.toSorted())
  })

  test('each rule of the README of src stands at the code that keeps it', () => {
    const page = readFileSync(join(root, 'src', 'README.md'), 'utf8')
    const rules = Array.from(page.matchAll(/^\| (R\d+) \|.*`([^`]+)` \|$/gm), ([, id = '', path = '']) => [
      id,
      path
    ])
    expect(rules.length).toBeGreaterThan(30)
    const missing = rules.filter(
      ([id, path]) => !new RegExp(`\\b${id}\\b`).test(readFileSync(join(root, 'src', path!), 'utf8'))
    )
    expect(missing).toEqual([])
  })

  test('each rule that code or a test names stands in the README of src', () => {
    const page = readFileSync(join(root, 'src', 'README.md'), 'utf8')
    const rules = new Set(Array.from(page.matchAll(/^\| (R\d+) \|/gm), ([, id]) => id))
    const comments = sources.flatMap(({ text }) => text.match(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g) ?? [])
    const titles = filesIn('test')
      .filter((path) => path.endsWith('.test.ts'))
      .flatMap((path) => readFileSync(join(root, path), 'utf8').match(/\(['"`]R\d+\b/g) ?? [])
    const named = new Set([...comments, ...titles].flatMap((text) => text.match(/\bR\d{1,2}\b/g) ?? []))
    expect([...named].filter((id) => !rules.has(id))).toEqual([])
  })

  test('its lock says what, not from where', () => {
    const lock = readFileSync(join(root, 'package-lock.json'), 'utf8')
    expect(lock.match(/"resolved": "[a-z+]+:[^"]*"/g) ?? []).toEqual([])
  })

  test('it names no registry of packages', () => {
    const host = /\bregistry\.[a-z-]+\.(org|com|io)\b|\bnpm\.pkg\.|\bregistry=/
    const found = filesIn('.').filter((path) => host.test(readFileSync(join(root, path), 'utf8')))
    expect(found).toEqual([])
  })
})
