/** Mutation testing: `npm run mutation`, or of some files `npm run mutation -- --mutate src/plan/diff.ts`. */
export default {
  packageManager: 'npm',
  plugins: ['@stryker-mutator/vitest-runner'],
  testRunner: 'vitest',
  vitest: { configFile: 'test/mutation.config.ts', related: false },
  coverageAnalysis: 'perTest',
  mutate: ['src/plan/**/*.ts', 'src/apply/**/*.ts', 'src/remote/**/*.ts'],
  // Paths in it would be rewritten by a way that this TypeScript does not have; nothing that runs here reads it.
  tsconfigFile: 'none.json',
  disableTypeChecks: false,
  ignorePatterns: ['.dist', '.polyctl'],
  reporters: ['clear-text', 'progress-append-only'],
  clearTextReporter: { allowColor: false, reportTests: false, logTests: false },
  concurrency: 2,
  timeoutMS: 30_000,
  tempDirName: '.stryker',
  cleanTempDir: 'always'
}
