/**
 * What `npm test` leaves to `npm run test:all`, and to CI, which runs both: files that take a second or more each, and
 * look for faults that nobody thought of in what other files hold by examples. Whoever works on what stands here runs
 * the file by its name.
 */
export const long = [
  // A browser takes its time.
  'test/browser/*.test.ts',
  // Every fault at every request; of these worlds the swarm tries some, too.
  'test/simulation/nth-fault*.test.ts',
  'test/simulation/every-change.test.ts',
  'test/simulation/interleavings.test.ts',
  // The same over every command, kind or way: `rules`, `commands` and `kinds` have the examples.
  'test/config/laws.test.ts',
  'test/laws/any-case.test.ts',
  'test/laws/checks.test.ts',
  'test/laws/dropped.test.ts',
  'test/laws/hidden-files.test.ts',
  'test/laws/inherited-names.test.ts',
  'test/laws/used-by.test.ts',
  'test/laws/linear.test.ts',
  'test/laws/plan.test.ts',
  'test/laws/records-stay.test.ts',
  'test/laws/wording.test.ts',
  'test/commands/answers-leak.test.ts',
  'test/commands/answers-shape.test.ts',
  'test/commands/edited-examples.test.ts',
  'test/commands/one-document.test.ts',
  'test/commands/saved-literals.test.ts',
  'test/commands/wrong-input.test.ts',
  'test/config/pipes.test.ts',
  'test/kinds/added.test.ts',
  'test/kinds/blind-spots.test.ts',
  'test/plan/growth.test.ts',
  // Worlds drawn from seeds: `test/import` and `test/pull` have the examples.
  'test/import/worlds.test.ts',
  'test/import/awkward*.test.ts',
  'test/import/secrets.test.ts',
  'test/import/text-files.test.ts',
  'test/pull/after-edits.test.ts',
  'test/pull/examples.test.ts',
  'test/pull/worlds.test.ts',
  // Several at once, and mistakes of ours on purpose.
  'test/apply/faults.test.ts',
  'test/apply/mistakes.test.ts',
  'test/apply/races.test.ts',
  // Processes that are killed.
  'test/server/runner/kills.test.ts',
  'test/server/runner/kill-points.test.ts',
  'test/server/runner/abandoned.test.ts',
  // Official clients over sockets, and what reads the recipes: `test/server/runner` and `test/recipes` have the rest.
  'test/server/runner/mongodb-to-salesforce.test.ts',
  'test/server/runner/values.test.ts',
  'test/server/runner/bulk-postgresql.test.ts',
  // Thousands of records before the one that is unlike them: `values` has each field of all.
  'test/server/runner/late-fields.test.ts',
  'test/recipes/action.test.ts',
  'test/watch/days.test.ts',
  // Two appliers and a git remote, several times over: `rules/git` has the examples.
  'test/commands/apply-lock.test.ts',
  'test/commands/watch-writing.test.ts',
  'test/rules/left-behind.test.ts',
  // Many records, and worlds drawn from seeds: `commands/approved` has the examples.
  'test/commands/approved-thousand.test.ts',
  'test/commands/approved-is-run.test.ts',
  // Bytes mutated at random.
  'test/fuzz/*.test.ts',
  'test/server/fuzz.test.ts',
  // Processes that are killed, stopped or packed, terminals and language servers: much time, most of it waiting.
  'test/commands/interrupted.test.ts',
  'test/commands/interrupted-git.test.ts',
  'test/commands/killed.test.ts',
  'test/commands/watch-process.test.ts',
  'test/commands/packed.test.ts',
  'test/commands/init-terminal.test.ts',
  'test/commands/terminal.test.ts',
  'test/config/language-server.test.ts',
  'test/config/live-language-server.test.ts',
  'test/import/killed.test.ts'
]
