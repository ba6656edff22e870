import { expect, test } from 'vitest'
import { columns } from '../../src/render/plain-text.ts'
import { header, look } from './builders.ts'
import { situations } from './compared.ts'
import { renderDrift, renderPlan } from '../support/rendered.ts'

for (const [name, plan] of Object.entries(situations)) {
  test(`the text of plan and drift of ${name}`, async () => {
    const short = { verbose: false }
    const texts = [renderPlan(plan, header, look, short), renderDrift(plan, header, look, short)]
    await expect(texts[0]).toMatchFileSnapshot(`../golden/plan-${name}.txt`)
    await expect(texts[1]).toMatchFileSnapshot(`../golden/drift-${name}.txt`)
    for (const line of texts.join('\n').split('\n'))
      expect(columns(line), line).toBeLessThanOrEqual(look.width)
  })
}
