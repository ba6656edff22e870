import { fuzzAnswers } from './answers.ts'
import { fuzzYaml } from './yaml.ts'

/**
 * `npm run fuzz -- --runs 200000 --answers 2000 --from 1`: as many mutated files and answers as one likes.
 * `--from N --runs 1` shows one again.
 */
const words = process.argv.slice(2)
const option = (name: string, otherwise: number): number =>
  words.includes(name) ? Number(words[words.indexOf(name) + 1]) : otherwise
const runs = option('--runs', 10_000)
const from = option('--from', 1)
/** A command against a service costs as much as many files. */
const answerRuns = option('--answers', Math.max(1, Math.round(runs / 100)))
const portion = 1_000

console.log(`seeds ${from} to ${from + runs - 1}`)
const byExit: Record<string, number> = {}
let slowestMs = 0
let failed = 0
for (let first = from; first < from + runs && failed < 20; first += portion) {
  const report = await fuzzYaml(first, Math.min(portion, from + runs - first))
  for (const { seed, what, text } of report.failures) {
    failed += 1
    console.error(`seed ${seed}: ${what}`)
    if (runs === 1) console.error(text)
  }
  for (const [code, count] of Object.entries(report.byExit)) byExit[code] = (byExit[code] ?? 0) + count
  slowestMs = Math.max(slowestMs, report.slowestMs)
}
console.log(
  `${runs} files, exit codes ${JSON.stringify(byExit)}, slowest ${Math.round(slowestMs)} ms, ${failed} failures`
)
const answers = await fuzzAnswers(from, answerRuns)
for (const { seed, what, text } of answers.failures.slice(0, 20)) {
  console.error(`answers, seed ${seed}: ${what}`)
  if (runs === 1) console.error(text)
}
failed += answers.failures.length
console.log(
  `${answers.runs} mutated answers, exit codes ${JSON.stringify(answers.byExit)}, ${answers.failures.length} failures`
)
if (failed > 0) process.exitCode = 1
