import { kindText, spanText } from '../change-text.ts'
import { element, type Element } from '../element.ts'
import { count, visible } from '../plain-text.ts'
import type { Entry } from '../view/summary.ts'
import { fieldRows } from './fields.ts'
import { sentence } from './words.ts'

/** So many rows of fields are on a page: more would open slowly on a phone. */
const most = 40_000

/** Few are read as they are; of many, somebody opens those that matter. */
const few = 6

/** The resources of a page, each folded with all that is known of it. */
export class Entries {
  #rows = 0
  readonly #isFew: boolean
  readonly #prefix: string

  constructor(number: number, prefix: string) {
    this.#isFew = number <= few
    this.#prefix = prefix
  }

  /** What the page calls an entry. */
  idOf(index: number): string {
    return `${this.#prefix}${index + 1}`
  }

  /** One resource. */
  part(entry: Entry, index: number): Element {
    const { address, text, word, tone, sign, place, notes, impacts } = entry
    const rows = this.#rowsOf(entry)
    const hasMore = rows.length + notes.length + impacts.length > 0
    const name = text.startsWith(`${kindText(address.kind)} `)
      ? text.slice(kindText(address.kind).length + 1)
      : text
    return element(
      'details',
      {
        class: hasMore ? `entry more ${tone}` : `entry ${tone}`,
        id: this.idOf(index),
        open: this.#isFew,
        'data-word': word,
        'data-kind': address.kind,
        'data-risky': impacts.length > 0 ? 'yes' : undefined
      },
      element(
        'summary',
        {},
        element('span', { class: 'word' }, `${sign} ${word}`),
        ' ',
        element('span', { class: 'kind' }, kindText(address.kind)),
        ' ',
        element('bdi', { class: 'name' }, name),
        ' ',
        impacts.length === 0 ? undefined : element('span', { class: 'risk' }, '⚠ touches data'),
        ' ',
        place === undefined ? undefined : element('span', { class: 'place' }, spanText(place))
      ),
      hasMore ? element('div', { class: 'body' }, ...sentences(entry), ...rows) : undefined
    )
  }

  #rowsOf({ rows, fields, lines }: Entry): Element[] {
    if (rows === 0) return []
    if (this.#rows + rows > most)
      return [
        element(
          'p',
          { class: 'quiet' },
          `${count(rows, 'field')}: `,
          ...sentence('`--format json` has all.')
        )
      ]
    this.#rows += rows
    if (fields !== undefined) return [fieldRows(fields.rows, fields.turned)]
    return [
      element(
        'pre',
        {},
        lines().map((line) => element('span', { class: 'plain' }, line))
      )
    ]
  }
}

function sentences({ notes, impacts }: Entry): Element[] {
  const risks =
    impacts.length === 0
      ? []
      : [
          element(
            'ul',
            { class: 'impacts' },
            impacts.map((impact) => element('li', {}, '⚠ ', ...sentence(visible(impact))))
          )
        ]
  return [...notes.map((note) => element('p', {}, ...sentence(note))), ...risks]
}
