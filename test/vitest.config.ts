import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    // Nothing else is to be done meanwhile: otherwise two cores would be used as one.
    maxWorkers: '100%',
    env: { NO_COLOR: '1', POLYTOMIC_API_KEY: '', POLYTOMIC_URL: '' }
  }
})
