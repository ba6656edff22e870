import { defineConfig } from 'vitest/config'

/** What takes as long as everything else together: of these worlds the swarm tries some, too. */
const everyFault = ['test/simulation/nth-fault*.test.ts']

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    exclude: process.env['TESTS'] === 'few' ? everyFault : [],
    setupFiles: ['test/support/seed.ts'],
    // A machine that is busy with other things breaks no test.
    testTimeout: 0,
    hookTimeout: 0,
    // Nothing else is to be done meanwhile: otherwise two cores would be used as one.
    maxWorkers: '100%',
    env: { NO_COLOR: '1', POLYTOMIC_API_KEY: '', POLYTOMIC_URL: '' }
  }
})
