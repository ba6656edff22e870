import { defineConfig } from 'vitest/config'
import { isolated } from './support/isolated.ts'
import { long } from './support/long.ts'

const left = process.env['TESTS'] === 'few' ? long : []

/**
 * All others share one process for each core: what is compiled when it is first needed, such as the schemas of all
 * kinds, is compiled once, and not in each of two hundred files. `test/house.test.ts` keeps them from changing anything
 * that stays.
 */
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    projects: [
      { extends: true, test: { name: 'isolated', include: isolated, exclude: left } },
      {
        extends: true,
        test: {
          name: 'shared',
          include: ['test/**/*.test.ts'],
          exclude: [...isolated, ...left],
          isolate: false
        }
      }
    ],
    setupFiles: ['test/support/seed.ts'],
    // A machine that is busy with other things breaks no test.
    testTimeout: 0,
    hookTimeout: 0,
    // Nothing else is to be done meanwhile: otherwise two cores would be used as one.
    maxWorkers: '100%',
    env: { NO_COLOR: '1', POLYTOMIC_API_KEY: '', POLYTOMIC_URL: '' }
  }
})
