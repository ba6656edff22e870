import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { memorySystem, type MemorySystem } from '../server/runner/memory.ts'
import { samples } from '../support/samples.ts'
import { previewWorld, type PreviewWorld } from './preview-world.ts'

/** A run of a preview does what is listed and no more; what waited is done by the next run, as if it had not waited. */

type Person = { email: string; name: string | null }

const emails = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `${name}@example.com`)
const people = fc.uniqueArray(
  fc.record<Person>({ email: fc.constantFrom(...emails), name: fc.constantFrom('x', 'y', 'z', null) }),
  { selector: ({ email }) => email, maxLength: 6 }
)

interface World {
  mode: string
  there: Person[]
  before: Person[]
  after: Person[]
  limit: number
}

const worlds = fc.record<World>({
  mode: fc.constantFrom('create', 'update', 'updateOrCreate', 'remove'),
  there: people,
  before: people,
  after: people,
  limit: fc.integer({ min: 1, max: 6 })
})

function systemOf({ there }: World): MemorySystem {
  return memorySystem({
    objects: new Map([['people', new Map(there.map((one, index) => [`t${index}`, { ...one }]))]]),
    batch: 2
  })
}

async function worldOf(drawn: World): Promise<PreviewWorld> {
  const made = await previewWorld({ system: systemOf(drawn) })
  made.change('configs/a.yaml', (text) => text.replace('updateOrCreate', drawn.mode))
  await made.run('apply', '--yes', '--no-check', '--quiet')
  made.source(...drawn.before)
  return made
}

/** The records of a target, whatever their ids. */
function records({ system }: PreviewWorld): string[] {
  return [...(system.objects.get('people')?.values() ?? [])]
    .map(({ email, name }) => JSON.stringify([email, name]))
    .toSorted()
}

interface Listed {
  lists: { records: { operation: string; identity: string[] }[] }[]
}

test('an approved run writes what is listed, and the next one what is left', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async (drawn) => {
      const [made, whole] = await Promise.all([worldOf(drawn), worldOf(drawn)])
      const { err } = await made.run('preview', 'People', '--out', 'p.json', '--limit', String(drawn.limit))
      const isSaved = err.includes('Saved to')
      const file: Listed = isSaved ? JSON.parse(made.read('p.json')) : { lists: [] }
      const listed = file.lists.flatMap((list) => list.records)
      expect(listed.length).toBeLessThanOrEqual(drawn.limit)
      // What is listed stays as it was; all others are as they are later.
      const names = new Set(listed.flatMap(({ identity }) => identity))
      const kept = drawn.before.filter(({ email }) => names.has(email))
      const later = [...kept, ...drawn.after.filter(({ email }) => !names.has(email))]
      for (const one of [made, whole]) one.source(...later)
      if (isSaved) {
        const ran = await made.run('run', 'p.json', '--max-removes', 'none')
        expect(ran).toMatchObject({ code: 0 })
        const written = made.system.writes.flatMap(({ operation, records: sent }) =>
          sent.map(() => operation)
        )
        expect(written.toSorted()).toEqual(listed.map(({ operation }) => operation).toSorted())
      }
      for (const one of [made, whole])
        expect((await one.run('run', 'People', '--max-removes', 'none')).code).toBe(0)
      expect(records(made)).toEqual(records(whole))
    }),
    samples(150, 10)
  )
})
