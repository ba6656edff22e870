import { defineConfig, mergeConfig } from 'vitest/config'
import base from './vitest.config.ts'

/**
 * The tests that judge a change of what plans, applies and talks to the service: each mutant runs those that reach it, so only quick
 * ones are among them, and a short simulation.
 */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [] } },
  defineConfig({
    test: {
      include: ['test/{plan,apply,remote,laws}/**/*.test.ts', 'test/simulation/swarm.test.ts'],
      env: { SIM_RUNS: '10' }
    }
  })
)
