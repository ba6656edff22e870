/** Mutation testing: `npm run mutation`, or of some files `npm run mutation -- --mutate src/plan/diff.ts`. */
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
  jsonReporter: { fileName: '.stryker/mutation.json' },
  // What is known of mutants and tests that are as they were is kept: several runs of a few files each add up.
  incremental: true,
  incrementalFile: '.stryker/mutants.json',
  clearTextReporter: { allowColor: false, reportTests: false, logTests: false },
  concurrency: Number(process.env['MUTATION_WORKERS'] ?? 2),
  timeoutMS: 30_000,
  tempDirName: '.stryker',
  cleanTempDir: 'always'
}
