import { build, type Plugin } from 'rolldown'
import { fileURLToPath } from 'node:url'

/**
 * `npm run build`: the program in `.dist`, as one file for each part that is loaded by itself. Packages are
 * in it: opening hundreds of small files would take longer than most commands do.
 */

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * `commander` loads what starts processes, for commands that are programs of their own. There are none here,
 * and loading it takes longer than printing the help.
 */
const withoutProcesses: Plugin = {
  name: 'without-processes',
  resolveId: {
    filter: { id: /^node:child_process$/ },
    handler: (id, importer) => (importer?.includes('/commander/') ? { id: '\0no-processes' } : null)
  },
  load: { filter: { id: /^\0no-processes$/ }, handler: () => 'export default {}' }
}

await build({
  cwd: root,
  input: 'src/main.ts',
  platform: 'node',
  plugins: [withoutProcesses],
  checks: { pluginTimings: false },
  output: {
    dir: '.dist',
    cleanDir: true,
    chunkFileNames: '[name].js',
    minify: { compress: true, mangle: false, codegen: false }
  }
})
