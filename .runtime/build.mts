import { fileURLToPath } from 'node:url'
import { build } from 'rolldown'
import manifest from '../package.json' with { type: 'json' }
import { buildMark } from './mark.mts'
import { lazyModules } from './lazy.mts'
import { compiledValidators } from './validators.mts'

/**
 * `npm run build`: the program in `.dist`, as one file for each part that is loaded by itself. Packages are
 * in it: opening hundreds of small files would take longer than most commands do. The files are CommonJS:
 * where an ES module imports one of Node's own modules, Node reads all that the module exports, and loads
 * what stands behind it; with the loader itself that takes a third of Node's whole start.
 */
await build({
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  input: 'src/main.ts',
  platform: 'node',
  // Whoever uses none of these systems need not have their drivers.
  external: Object.keys(manifest.optionalDependencies),
  plugins: [compiledValidators, lazyModules, buildMark],
  checks: { pluginTimings: false },
  output: {
    dir: '.dist',
    cleanDir: true,
    format: 'cjs',
    strict: true,
    // A script that imports needs a loader of Node's that is experimental, and warns of it.
    dynamicImportInCjs: false,
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].cjs',
    comments: { legal: true, annotation: false, jsdoc: false },
    minify: { compress: true, mangle: false, codegen: false }
  }
})
