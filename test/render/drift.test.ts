import { expect, test } from 'vitest'
import type { Plan } from '../../src/plan/plan.ts'
import { change, header, look, plan } from './builders.ts'
import * as situation from './situations.ts'
import { tutorial } from './tutorial.ts'
import { renderDrift } from '../support/rendered.ts'

const situations: Record<string, Plan> = {
  'drift-none': plan(situation.unchanged(4)),
  'drift-who-and-when': plan([situation.nestedUpdate, ...situation.unchanged(3)]),
  'drift-missing': plan([...tutorial.slice(2), ...situation.unchanged(1)]),
  'drift-not-removed': plan([situation.deletion, ...situation.unchanged(1)]),
  'drift-not-stated': plan([
    change({ action: 'none', kind: 'sync', name: 'A', notStated: ['policies', 'active'] }),
    change({ action: 'none', kind: 'sync', name: 'B', notStated: ['active'] })
  ]),
  'drift-values': plan([situation.valueUpdate]),
  'drift-everything': situation.everything
}

for (const [name, value] of Object.entries(situations)) {
  test(`the text of ${name}`, async () => {
    await expect(renderDrift(value, header, look, { verbose: false })).toMatchFileSnapshot(
      `../golden/${name}.txt`
    )
  })
}

test('verbose names what no file states', async () => {
  const text = renderDrift(situations['drift-not-stated'] ?? plan([]), header, look, { verbose: true })
  await expect(text).toMatchFileSnapshot('../golden/drift-not-stated-verbose.txt')
})
