import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Connector, Source, TargetFacts } from '../../../src/server/runner/connector.ts'
import type { Connectors } from '../../../src/server/runner/connectors.ts'
import { textOf } from '../../../src/server/runner/value.ts'
import { isFew } from '../../support/samples.ts'
import { makeRandom } from '../../simulation/random.ts'
import { field, runnerWorld, syncFacts } from './world.ts'

/**
 * A kill is a moment after which nothing of a process happens any more: each step of its target and its source
 * hangs, and what goes on is a copy of its files as they were in that moment, as a system keeps them.
 */
interface Life {
  /** Steps until the kill. */
  left: number
  killed: PromiseWithResolvers<void>
}

const records = isFew ? 2000 : 20_000
const kills = isFew ? 10 : 100

/** A target that finds records by their address, and keeps one more if it is sent one twice. */
interface Target {
  byEmail: Map<string, number>
  requests: number
}

function connectorsOf(life: Life, target: Target): Connectors {
  const step = async (): Promise<void> => {
    life.left -= 1
    if (life.left <= 0) life.killed.resolve()
    if (life.left <= 0) await new Promise(() => undefined)
  }
  const source: Source = {
    objects: () => Promise.resolve([]),
    fields: () => Promise.resolve([]),
    close: () => Promise.resolve(),
    rows: async function* ({ fields, batch }) {
      for (let at = 0; at < records; at += batch) {
        await step()
        yield Array.from({ length: Math.min(batch, records - at) }, (_one, n) =>
          fields.map((name) => `${name}${at + n}@x.example`)
        )
      }
    }
  }
  const facts: TargetFacts = {
    id: 'people',
    fields: ['email', 'name'].map((name) => ({ name, type: 'string' })),
    modes: ['create', 'append'],
    functions: ['Equality'],
    batch: 200,
    workers: 6
  }
  const connector: Connector = {
    source: () => Promise.resolve(source),
    writer: () =>
      Promise.resolve({
        describe: () => Promise.resolve(facts),
        close: () => Promise.resolve(),
        lookUp: async (_object, { keys }) => {
          await step()
          return keys.map(([key]) => {
            const found = target.byEmail.get(textOf(key)) ?? 0
            return Array.from({ length: found }, () => ({ id: textOf(key), values: [] }))
          })
        },
        write: async ({ fields, records: sent }) => {
          await step()
          target.requests += 1
          const at = fields.indexOf('email')
          const emails = sent.map(({ values }) => textOf(values[at]))
          for (const email of emails) target.byEmail.set(email, (target.byEmail.get(email) ?? 0) + 1)
          // It is done, and its answer is on the way.
          await step()
          return emails.map((id) => ({ state: 'done', id }) as const)
        }
      })
  }
  const entry = { source: true, target: true, load: () => Promise.resolve(connector) }
  return new Map([
    ['postgresql', entry],
    ['salesforce', entry]
  ])
}

/** Runs until the kill or the end; returns the file that the next process finds. */
async function lived(
  file: string,
  next: string,
  steps: number,
  target: Target
): Promise<{ file: string; insert: number | undefined }> {
  const life: Life = { left: steps, killed: Promise.withResolvers() }
  const world = runnerWorld(connectorsOf(life, target), file)
  const end = world.run(syncFacts({ sync: { mode: 'create', fields: [field('name')] } }))
  const first = await Promise.race([life.killed.promise, end])
  if (first === undefined)
    for (const suffix of ['', '-wal'])
      if (existsSync(file + suffix)) copyFileSync(file + suffix, next + suffix)
  world.state.close()
  if (first === undefined) return { file: next, insert: undefined }
  expect([first.problem, first.errors, first.counts.error]).toEqual([undefined, [], 0])
  return { file, insert: first.counts.insert }
}

test(`${kills} kills at any step of creating ${records} records: each is there once`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'polyctl-kills-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const seed = Math.floor(Math.random() * 1e9)
  console.log(`seed ${seed}`)
  const random = makeRandom(seed)
  let [inTheMiddle, worlds] = [0, 0]
  for (let killed = 0; killed < kills; worlds += 1) {
    const target: Target = { byEmail: new Map(), requests: 0 }
    let file = join(folder, `${worlds}.db`)
    for (let isOver = false; !isOver;) {
      const before = target.byEmail.size
      // From the first batch that is read to the last answer: a run of all takes some more steps than that.
      const steps = killed < kills ? 1 + random.below(Math.ceil((records / 2000) * 32)) : Infinity
      const { file: next, insert } = await lived(
        file,
        join(folder, `${worlds}-${killed}.db`),
        steps,
        target
      )
      isOver = insert !== undefined
      file = next
      if (isOver) expect(insert! + before).toBe(records)
      else killed += 1
      if (!isOver && target.byEmail.size > before) inTheMiddle += 1
    }
    expect(target.byEmail.size).toBe(records)
    expect([...target.byEmail].filter(([, times]) => times !== 1)).toEqual([])
    const { requests } = target
    expect((await lived(file, file, Infinity, target)).insert).toBe(0)
    expect(target.requests).toBe(requests)
  }
  expect(inTheMiddle).toBeGreaterThan(0)
  console.log(`${kills} kills in ${worlds} worlds, ${inTheMiddle} of them while records were written`)
})
