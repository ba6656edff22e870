import { elementText, element } from '../element.ts'
import type { Format, Printed } from '../format.ts'
import { text } from '../text.ts'
import type { GraphView } from '../view/graph.ts'
import { dotText } from './dot.ts'
import { mermaidText } from './mermaid.ts'

/** A format that draws a graph and nothing else. Problems stand beside it, in words. */
function graphFormat(draw: (view: GraphView) => string | Promise<string>): Format {
  const words = async (answer: Printed | Promise<Printed>): Promise<Printed> => {
    const shown = await answer
    const pieces = typeof shown === 'string' ? [{ text: shown }] : shown
    return pieces.map((piece) => ({ to: 'err' as const, text: piece.text }))
  }
  return {
    plan: (view, look) => words(text.plan(view, look)),
    drift: (view, look) => words(text.drift(view, look)),
    report: (view, look) => words(text.report(view, look)),
    pull: (view, look) => words(text.pull(view, look)),
    executions: (view, look) => words(text.executions(view, look)),
    preview: (view, look) => words(text.preview(view, look)),
    tests: (view, look) => words(text.tests(view, look)),
    findings: (view, look) => words(text.findings(view, look)),
    organizations: (view, look) => words(text.organizations(view, look)),
    async lookup(view, look) {
      if (view.of !== 'graph') return []
      const problems = await words(text.findings(findingsOf(view.graph), look))
      return [
        ...(typeof problems === 'string' ? [] : problems),
        { to: 'out', text: await draw(view.graph) }
      ]
    }
  }
}

function findingsOf({ problems }: GraphView): Parameters<Format['findings']>[0] {
  return { files: 0, resources: 0, problems, interrupted: false }
}

/** A flow chart of Mermaid. */
export const mermaid = graphFormat(mermaidText)

/** The language of Graphviz. */
export const dot = graphFormat(dotText)

/** A drawing. */
export const svg = graphFormat(async (view) => {
  const { drawing, graphStyle } = await import('./svg.ts')
  const drawn = await drawing(view)
  const whole = { ...drawn, children: [element('style', {}, graphStyle), ...drawn.children] }
  return `<?xml version="1.0" encoding="UTF-8"?>\n${elementText(whole, 'xml')}\n`
})
