/**
 * Mutation testing: `npm run mutation`, or of some files `npm run mutation -- --mutate src/plan/diff.ts`. With only the tests that take
 * no service, a mutant takes a second: `MUTATION_TESTS='test/plan/*.test.ts' npm run mutation -- --mutate src/plan/saved.ts`.
 * `MUTATION_NAME` keeps the results of runs apart, and `MUTATION_WORKERS` says how many processes there are.
 */
const name = process.env['MUTATION_NAME'] ?? 'all'

export default {
  packageManager: 'npm',
  plugins: ['@stryker-mutator/vitest-runner'],
  testRunner: 'vitest',
  vitest: { configFile: 'test/mutation.config.ts', related: false },
  coverageAnalysis: 'perTest',
  // What runs when a file is loaded is done once, for all tests: such a mutant would have to run all of them, in a new process each.
  ignoreStatic: true,
  mutate: ['src/plan/**/*.ts', 'src/apply/**/*.ts', 'src/remote/**/*.ts'],
  // Paths in it would be rewritten by a way that this TypeScript does not have; nothing that runs here reads it.
  tsconfigFile: 'none.json',
  disableTypeChecks: false,
  ignorePatterns: ['.dist', '.polyctl'],
  reporters: ['clear-text', 'progress-append-only', 'json'],
  jsonReporter: { fileName: `.stryker/${name}-report.json` },
  // What is known of mutants and tests that are as they were is kept: several runs of a few files each add up.
  incremental: true,
  incrementalFile: `.stryker/${name}-known.json`,
  clearTextReporter: { allowColor: false, reportTests: false, logTests: false },
  concurrency: Number(process.env['MUTATION_WORKERS'] ?? 2),
  timeoutMS: 15_000,
  tempDirName: '.stryker',
  cleanTempDir: 'always'
}
