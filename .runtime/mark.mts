import { createHash } from 'node:crypto'
import type { Plugin } from 'rolldown'

/**
 * Marks the first file of a build, in its first line, with a hash of all files: what is kept between runs of
 * the program is kept for one build only.
 */
export const buildMark: Plugin = {
  name: 'build-mark',
  generateBundle: {
    order: 'post',
    handler(_options, bundle) {
      const hash = createHash('sha256')
      for (const file of Object.values(bundle).toSorted((a, b) => (a.fileName < b.fileName ? -1 : 1)))
        hash.update(`${file.fileName}\n`).update(file.type === 'chunk' ? file.code : file.source)
      const main = bundle['main.cjs']
      if (main?.type !== 'chunk') throw new Error('the build has no first file')
      main.code = `// build ${hash.digest('hex').slice(0, 16)}\n${main.code}`
    }
  }
}
