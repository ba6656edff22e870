import { expect, test } from 'vitest'
import type { Change, Plan } from '../../src/plan/plan.ts'
import { addressText } from '../../src/state/resource.ts'
import { visible } from '../../src/render/plain-text.ts'
import { driftView } from '../../src/render/view/drift.ts'
import { planView } from '../../src/render/view/plan.ts'
import { header, plan } from './builders.ts'
import { markdown } from './markdown.ts'
import * as situation from './situations.ts'

/** Every situation that there is: plans as they are, and changes on their own. */
const plans = Object.entries(situation).flatMap(([name, value]): [string, Plan][] => {
  if (typeof value === 'function') return [[name, asPlan(value(30))]]
  return [[name, asPlan(value)]]
})

function asPlan(value: Plan | Change | Change[]): Plan {
  if (Array.isArray(value)) return plan(value)
  return 'changes' in value ? value : plan([value])
}

test.each(plans)('another format tells %s from the views alone', (_, value) => {
  for (const view of [
    planView(value, header, { verbose: true }),
    driftView(value, header, { verbose: true })
  ]) {
    const text = markdown(view)
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
    expect(text.trimEnd().endsWith('**')).toBe(true)
    const named = text.replaceAll('\\', '')
    for (const change of value.changes.filter(({ action }) => action !== 'none'))
      expect(named).toContain(visible(addressText(change)).replaceAll('\\', ''))
  }
})

test('views are plain data', () => {
  for (const [, value] of plans) {
    const view = planView(value, header, { verbose: false, next: 'polyctl apply' })
    expect(structuredClone(view)).toEqual(view)
    expect(JSON.parse(JSON.stringify(view))).toEqual(view)
  }
})
