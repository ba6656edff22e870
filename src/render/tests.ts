import { closingLines, nameText } from './change-text.ts'
import { fitted } from './layout.ts'
import { visible } from './plain-text.ts'
import { paint, type Ink, type Look } from './style.ts'
import type { TestState, TestsView, TestView } from './view/tests.ts'

const inks: Readonly<Record<TestState, Ink>> = { passed: 'add', failed: 'error', updated: 'warning' }
const widest = 'updated'.length

/** What came of tests of syncs, as text for people. */
export function testsText(view: TestsView, look: Look): string {
  const shown = look.quiet === true ? view.tests.filter(({ state }) => state !== 'passed') : view.tests
  const groups = Map.groupBy(shown, ({ address }) => nameText(address))
  const blocks = [
    ...Array.from(groups, ([name, tests]) =>
      [name, ...tests.flatMap((test) => testLines(test, look))].join('\n')
    ),
    closingLines(view.closing, look).join('\n')
  ]
  return fitted(`${blocks.filter((block) => block !== '').join('\n\n')}\n`, look)
}

function testLines({ state, name, lines }: TestView, look: Look): string[] {
  return [
    `  ${paint(look, inks[state], state.padEnd(widest))} ${visible(name)}`,
    ...lines.map((line) => {
      const ink = line.startsWith('+') ? 'add' : 'remove'
      return `  ${' '.repeat(widest)} ${paint(look, ink, visible(line))}`
    })
  ]
}
