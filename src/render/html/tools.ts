import { kindText } from '../change-text.ts'
import { element, type Element } from '../element.ts'
import type { Entry } from '../view/summary.ts'

/** How many of each sort there are; each number is a filter. */
export function countsPart(entries: readonly Entry[]): Element {
  const words = [...Map.groupBy(entries, ({ word }) => word)]
  const risky = entries.filter(({ impacts }) => impacts.length > 0).length
  return element(
    'div',
    { class: 'counts', role: 'group', 'aria-label': 'Show only' },
    words.map(([word, all]) => filterButton(word, word, all.length, all[0]?.tone ?? 'same')),
    risky === 0 ? undefined : filterButton('risky', '⚠ touches data', risky, 'remove')
  )
}

function filterButton(filter: string, words: string, number: number, tone: Entry['tone']): Element {
  const attributes = {
    type: 'button',
    class: tone,
    'data-filter': filter,
    'aria-pressed': 'false',
    disabled: true
  }
  return element('button', attributes, element('b', {}, String(number)), ` ${words}`)
}

/** What looks for resources and folds them. It is of no use without a script, and hidden until one runs. */
export function toolsPart(entries: readonly Entry[]): Element {
  const kinds = [...new Set(entries.map(({ address }) => address.kind))]
  const button = (id: string, words: string): Element => element('button', { type: 'button', id }, words)
  return element(
    'search',
    { class: 'tools', hidden: true },
    element(
      'label',
      {},
      'Search (press /)',
      element('input', { type: 'search', id: 'search', autocomplete: 'off' })
    ),
    element(
      'label',
      {},
      'Kind',
      element(
        'select',
        { id: 'kind' },
        element('option', { value: '' }, 'all kinds'),
        kinds.map((kind) => element('option', { value: kind }, kindText(kind)))
      )
    ),
    button('unfold', 'Unfold all'),
    button('fold', 'Fold all'),
    button('reset', 'Reset'),
    element('p', { id: 'status', class: 'quiet', role: 'status' }),
    element('p', { id: 'none', hidden: true }, 'Nothing fits. Reset shows all again.')
  )
}
