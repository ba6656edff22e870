import { defineConfig, mergeConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import base from './vitest.config.ts'

/**
 * A mutant ends with the first test that notices it: examples come first, then rules, and what draws at random last. All
 * other folders, which `MUTATION_TESTS` may name, come after them.
 */
const order = ['plan', 'remote', 'apply', 'rules', 'laws', 'simulation']

class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = order.findIndex((folder) => moduleId.includes(`/test/${folder}/`))
      return at === -1 ? order.length : at
    }
    return files.toSorted((a, b) => place(a) - place(b) || (a.moduleId < b.moduleId ? -1 : 1))
  }
}

/**
 * The tests that judge a change of what plans, applies and talks to the service: each mutant runs those that reach it, so only quick
 * ones are among them, and laws and a simulation with few runs. `MUTATION_TESTS='test/plan/*.test.ts …'` names fewer of them: first
 * those that are quickest, and then, of what they left alive, all.
 */
const quick = [
  'test/{plan,remote,apply}/**/*.test.ts',
  'test/rules/{applying,deleting,git,matching,plan}.test.ts',
  'test/laws/plan.test.ts',
  'test/simulation/swarm.test.ts'
]

export default mergeConfig(
  { ...base, test: { ...base.test, projects: undefined } },
  defineConfig({
    test: {
      include: process.env['MUTATION_TESTS']?.split(' ') ?? quick,
      isolate: false,
      sequence: { sequencer: QuickFirst },
      env: { TESTS: 'few', SIM_RUNS: '10', LAW_RUNS: '25' }
    }
  })
)
