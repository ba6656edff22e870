import { spanText } from '../change-text.ts'
import { element, type Element } from '../element.ts'
import { visible } from '../plain-text.ts'
import type { ExcerptLine, LabelView, ProblemView } from '../view/problems.ts'
import { sentence } from './words.ts'

/** A problem with the lines that it is about. */
export function problemPart({ severity, code, message, labels, notes, help }: ProblemView): Element {
  const tone = severity === 'error' ? 'failed' : 'change'
  const [first] = labels
  const below = [...notes.map((text) => `note: ${text}`), ...help.map((text) => `help: ${text}`)]
  return element(
    'details',
    { class: `problem ${tone}`, open: true },
    element(
      'summary',
      {},
      element('b', {}, `${severity}[${code}] `),
      ...sentence(visible(message)),
      first === undefined ? undefined : element('span', { class: 'place' }, ` ${spanText(first.span)}`)
    ),
    element(
      'div',
      { class: 'body' },
      labels.flatMap(labelPart),
      below.length === 0
        ? undefined
        : element(
            'ul',
            {},
            below.map((text) => element('li', {}, ...sentence(visible(text))))
          )
    )
  )
}

function labelPart(label: LabelView): Element[] {
  const words =
    label.text === '' ? [] : [element('p', { class: 'quiet' }, ...sentence(visible(label.text)))]
  if (label.excerpt.length === 0) return words
  return [element('pre', {}, ...label.excerpt.map(excerptPart)), ...words]
}

function excerptPart({ line, text, from, to }: ExcerptLine): Element {
  const marked = to > from ? [element('mark', {}, text.slice(from, to))] : []
  return element('span', { class: 'plain' }, `${line} | ${text.slice(0, from)}`, ...marked, text.slice(to))
}
