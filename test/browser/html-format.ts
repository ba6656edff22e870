import type { Plan } from '../../src/plan/plan.ts'
import { printed } from '../../src/render/format.ts'
import { formatOf } from '../../src/render/formats.ts'
import type { Answer } from '../../src/render/view/answer.ts'
import { driftView } from '../../src/render/view/drift.ts'
import { planView } from '../../src/render/view/plan.ts'
import { answers } from '../render/answers.ts'
import { header, look } from '../render/builders.ts'
import * as situation from '../render/situations.ts'
import { flows, kindNames } from './pages.ts'

async function page(answer: Answer): Promise<string> {
  const pieces = await printed(answer, await formatOf('html'), look)
  return pieces.map(({ text }) => text).join('')
}

const context = { ...look, flows, kinds: kindNames }

/** Pages as the format makes them. */
export const htmlFormat = {
  plan: (plan: Plan) => page({ type: 'plan', view: planView(plan, header, context) }),
  everything: () => page({ type: 'plan', view: planView(situation.everything, header, context) }),
  names: [
    'plan-everything',
    'plan-hostile',
    'plan-empty',
    'report-mixed',
    'findings',
    'pull',
    'organizations',
    'drift with a graph'
  ],
  async of(name: string) {
    const answer = answers[name] ?? {
      type: 'drift' as const,
      view: driftView(situation.everything, header, context)
    }
    return await page(answer)
  }
}
