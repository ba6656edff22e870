import { createRequire } from 'node:module'
import { build, type Plugin } from 'rolldown'

/**
 * Modules that are loaded when something of them is first called, and not by whoever only may need it: the
 * parser that tells what is wrong with a file, hashes, processes, settings of V8. In their place stands a
 * module with a function for each of theirs.
 */
const lazy = ['node:child_process', 'node:crypto', 'node:tty', 'node:v8', 'yaml']

const require = createRequire(import.meta.url)

/** `commander` imports all of `node:child_process`, for commands that are programs of their own. */
export const lazyModules: Plugin = {
  name: 'lazy-modules',
  resolveId: {
    filter: { id: new RegExp(`^(?:${lazy.join('|')})$`) },
    handler: (id) => ({ id: `\0lazy:${id}` })
  },
  load: {
    filter: { id: /^\0lazy:/ },
    handler: (id) => ({ code: facade(id.replace('\0lazy:', '')), moduleType: 'js' })
  },
  async generateBundle() {
    const { output } = await build({
      input: 'yaml',
      platform: 'node',
      write: false,
      output: { format: 'cjs', comments: { legal: true, annotation: false, jsdoc: false } }
    })
    this.emitFile({ type: 'asset', fileName: 'yaml.cjs', source: output[0].code })
  }
}

function facade(id: string): string {
  const all = Object.entries(require(id) as Record<string, unknown>)
  return id.startsWith('node:') ? facadeOfFunctions(id, all) : facadeOfPackage(id, all)
}

function facadeOfFunctions(id: string, all: [string, unknown][]): string {
  const names = all.flatMap(([name, value]) => (typeof value === 'function' ? [name] : []))
  const functions = names.map(
    (name) => `export function ${name}(...words) {
  return new.target ? new (load().${name})(...words) : load().${name}(...words)
}`
  )
  const load = `const load = () => process.getBuiltinModule('${id}')`
  return [load, ...functions, `export default { ${names.join(', ')} }`].join('\n')
}

/** A package has classes to extend, functions with members (`visit.SKIP`) and objects of functions too. */
function facadeOfPackage(id: string, all: [string, unknown][]): string {
  const head = `const load = () => require(__dirname + '/${id}.cjs')
const later = (name, target) => {
  const own = new Proxy(target, {
    get: (_, key) => load()[name][key],
    has: (_, key) => key in load()[name],
    apply: (_, self, words) => Reflect.apply(load()[name], self, words),
    construct: (_, words, made) => Reflect.construct(load()[name], words, made === own ? load()[name] : made)
  })
  return own
}`
  const parts = all.flatMap(([name, value]) => {
    const target = typeof value === 'function' ? 'function () {}' : '{}'
    const isPart = typeof value === 'function' || (typeof value === 'object' && value !== null)
    return isPart ? [`export const ${name} = /* @__PURE__ */ later('${name}', ${target})`] : []
  })
  return [head, ...parts].join('\n')
}
