import type { SourceText, YamlNode } from '../source/index.ts'
import { addedToBlock, removedFromBlock, type Extent } from './block-changes.ts'
import { blockScalarAt, blockScalarLines } from './block-scalar.ts'
import { valueOfDraft, type Draft, type DraftEntry } from './draft.ts'
import { addedToFlow, removedFromFlow } from './flow-changes.ts'
import { NewText } from './new-text.ts'
import { TextPlaces } from './places.ts'
import { quotingOf, scalarText } from './scalar-text.ts'
import { spliced, type Splice } from './splice.ts'
import { columnOf, styleOf, type Style } from './style.ts'

/** Two drafts of one document: as it is, and as it is to be. */
export interface DocumentChange {
  root: YamlNode
  before: Draft
  after: Draft
}

/**
 * Returns the text of a file with what differs in its documents, and nothing else. Undefined if changes of
 * it run into each other. Whether the result means what it should is for the caller to see: it reads it.
 */
export function changedText(source: SourceText, documents: readonly DocumentChange[]): string | undefined {
  // A file whose last line has no end keeps that: meanwhile all lines have one.
  const { lineEnd } = styleOf(source, documents[0]?.root)
  const isOpen = !source.text.endsWith('\n')
  const text = isOpen ? `${source.text}${lineEnd}` : source.text
  const splices = documents.flatMap(({ root, before, after }) => {
    const changes = new Changes(text, styleOf(source, root))
    changes.walk(before, after, { intro: root.start, column: -1, isFlow: false, isItem: false })
    return changes.splices
  })
  const changed = spliced(text, splices)
  return isOpen && changed?.endsWith(lineEnd) === true ? changed.slice(0, -lineEnd.length) : changed
}

/** Where a part hangs: behind the colon of a key or the dash of an item. */
interface Hang {
  /** The offset behind the colon or dash, and behind an anchor there. */
  intro: number
  /** The column of the key or the dash. */
  column: number
  isFlow: boolean
  isItem: boolean
}

/** A child of a collection as it was, with its place. */
interface Child extends Extent {
  draft: Draft
  hang: Hang
  /** What it is to be; undefined if it goes. */
  next: Draft | undefined
}

/** What is new, and behind which child it comes. */
interface Added {
  after: number
  key: string | undefined
  draft: Draft
}

class Changes {
  readonly splices: Splice[] = []
  readonly #places: TextPlaces
  readonly #style: Style
  readonly #new: NewText
  readonly #newQuoted: NewText

  constructor(text: string, style: Style) {
    this.#places = new TextPlaces(text)
    this.#style = style
    this.#new = new NewText(text, style)
    this.#newQuoted = new NewText(text, style, false)
  }

  /** Writes what stands in a range of the text from then on. `column` is that of the key or dash above it. */
  #newAt(start: number, end: number, column: number): NewText {
    return this.#places.hasCommentsBelow(start, end, column) ? this.#newQuoted : this.#new
  }

  walk(before: Draft, after: Draft, hang: Hang): void {
    const node = before.was
    if (before === after || !node) return
    if (before.is === 'scalar' && after.is === 'scalar') return this.#scalar(node, after, hang)
    const parts =
      before.is === 'mapping' && after.is === 'mapping'
        ? this.#entries(before.entries, after.entries, node, hang)
        : before.is === 'list' && after.is === 'list'
          ? this.#items(before.items, after.items, node, hang)
          : undefined
    if (parts?.children.some(({ next }) => next) && after.was === node) this.#collection(parts, node)
    else
      this.#replace(before, after, node, {
        hang,
        children: parts?.children ?? this.#childrenOf(before, node, hang)
      })
  }

  #collection({ children, added }: Parts, node: YamlNode): void {
    const isRemoved = children.map(({ next }) => next === undefined)
    const where = { lineEnd: this.#style.lineEnd, first: isRemoved.indexOf(false) }
    for (const { draft, next, hang } of children) if (next) this.walk(draft, next, hang)
    if (this.#places.isFlow(node)) {
      this.splices.push(...removedFromFlow(this.#places, children, isRemoved))
      const texts = grouped(added, ({ key, draft }) =>
        key === undefined ? this.#new.flow(draft) : this.#new.flowEntry(key, draft)
      )
      this.splices.push(...addedToFlow(this.#places, children, texts, where))
      return
    }
    this.splices.push(...removedFromBlock(this.#places, children, isRemoved))
    const column = columnOf(this.#places.text, children[0]?.start ?? node.start)
    const lines = grouped(added, ({ key, draft, after }) => {
      const { start, end } = children[Math.max(after, where.first)] ?? node
      const text = this.#newAt(after === -1 ? start : end, after === -1 ? start : end, column)
      return key === undefined ? text.item(draft, column) : text.entry(key, draft, column)
    })
    this.splices.push(...addedToBlock(this.#places, children, lines, where))
  }

  #entries(before: readonly DraftEntry[], after: readonly DraftEntry[], node: YamlNode, hang: Hang): Parts {
    const own = before.filter(
      ({ entry }) => entry !== undefined && entry.keyStart >= node.start && entry.keyEnd <= node.end
    )
    const children = own.flatMap((one) => {
      const next = after.find(({ entry }) => entry === one.entry)?.draft
      return this.#childAt(one, next, hang, node)
    })
    const order = after.map(({ key, entry, draft }) => ({
      at: entry === undefined ? -1 : own.findIndex((one) => one.entry === entry),
      isNew: entry === undefined,
      key,
      draft
    }))
    return { children, added: addedIn(order) }
  }

  #childAt(
    { entry, draft }: DraftEntry,
    next: Draft | undefined,
    { isFlow }: Hang,
    mapping: YamlNode
  ): Child[] {
    if (!entry) return []
    const { keyStart, keyEnd } = entry
    const places = this.#places
    const colon = places.colon(keyEnd)
    const column = columnOf(places.text, keyStart)
    const { was } = draft
    const isEmpty = was === undefined || was.start === was.end
    return [
      {
        start: keyStart,
        end: isEmpty ? places.behindAnchors(colon) : places.end(was, column),
        draft,
        next,
        hang: {
          intro: places.behindAnchors(colon),
          column,
          isFlow: isFlow || places.isFlow(mapping),
          isItem: false
        }
      }
    ]
  }

  #items(before: readonly Draft[], after: readonly Draft[], node: YamlNode, hang: Hang): Parts {
    const places = this.#places
    const isFlow = places.isFlow(node)
    const byNode = new Map(after.map((draft) => [draft.was, draft]))
    const positions = new Map(before.map(({ was }, index) => [was, index]))
    const children = before.flatMap((draft): Child[] => {
      const { was } = draft
      if (!was) return []
      const dash = isFlow ? was.start : places.dash(was.start)
      const column = columnOf(places.text, dash)
      const intro = isFlow ? was.start : places.behindAnchors(dash + 1)
      const end = was.start === was.end ? intro : places.end(was, column)
      const next = byNode.get(was)
      return [
        {
          start: dash,
          end,
          draft,
          next,
          hang: { intro, column, isFlow: isFlow || hang.isFlow, isItem: true }
        }
      ]
    })
    const order = after.map((draft) => ({
      at: draft.was === undefined ? -1 : (positions.get(draft.was) ?? -1),
      isNew: draft.was === undefined,
      key: undefined,
      draft
    }))
    return { children, added: addedIn(order) }
  }

  #childrenOf(before: Draft, node: YamlNode, hang: Hang): Child[] {
    if (before.is === 'mapping') return this.#entries(before.entries, [], node, hang).children
    return before.is === 'list' ? this.#items(before.items, [], node, hang).children : []
  }

  #scalar(node: YamlNode, after: Draft, hang: Hang): void {
    const { text } = this.#places
    const raw = text.slice(node.start, node.end)
    const value = valueOfDraft(after)
    const block = /^[|>]/.test(raw) ? blockScalarAt(text, node.start, hang.column) : undefined
    if (block) {
      const lines = typeof value === 'string' ? blockScalarLines(value, block) : undefined
      const whole =
        lines?.join(this.#style.lineEnd) ?? scalarText(value, 'plain', false, this.#style.quotes)
      this.splices.push({ start: node.start, end: block.end, text: whole })
      return
    }
    const quoting = quotingOf(raw)
    const isAlone = this.#isAlone(node.end)
    const isLong =
      isAlone && typeof value === 'string' && value.includes('\n') && !hang.isFlow && quoting !== 'double'
    const written = isLong
      ? this.#newAt(node.start, node.end, hang.column)
          .block({ is: 'scalar', value }, Math.max(hang.column, 0), false)
          .join(this.#style.lineEnd)
      : scalarText(value, quoting, hang.isFlow, this.#style.quotes)
    if (raw === '') this.splices.push({ start: hang.intro, end: hang.intro, text: ` ${written}` })
    else this.splices.push({ start: node.start, end: node.end, text: written })
  }

  /** Whether nothing, such as a comment, follows on the same line. */
  #isAlone(end: number): boolean {
    return this.#places.text.slice(end, this.#places.lineEnd(end)).trim() === ''
  }

  /** Writes a value where another sort of value stood, or a collection that lost all that it had. */
  #replace(
    before: Draft,
    after: Draft,
    node: YamlNode,
    { hang, children }: { hang: Hang; children: readonly Child[] }
  ): void {
    const places = this.#places
    const end = places.end(node, hang.column)
    const isBelow = !places.isFlow(node) && places.isFirstOnLine(node.start)
    // Behind an anchor or before a comment, a block would have to begin on the next line.
    const isHeld = !this.#isAlone(end) || /&\S+\s*$/.test(places.text.slice(0, node.start).slice(-100))
    const lines =
      hang.isFlow || (hang.isItem && isHeld)
        ? [this.#new.flow(after)]
        : this.#newAt(hang.intro, end, hang.column).block(after, Math.max(hang.column, 0), hang.isItem)
    const isCut = lines.length > 1 && lines[0] !== '' && !this.#isAlone(isBelow ? hang.intro : end)
    const text = isCut ? this.#new.flow(after, false) : lines.join(this.#style.lineEnd)
    if (hang.isItem || (!isBelow && lines[0] !== '')) {
      const isEmpty = node.start === node.end
      if (isEmpty) this.splices.push({ start: hang.intro, end: hang.intro, text: ` ${text}` })
      else this.splices.push({ start: node.start, end, text })
      return
    }
    if (isBelow && before.is !== 'scalar') {
      const own = children.length > 0 ? children : [{ start: node.start, end }]
      this.splices.push(
        ...removedFromBlock(
          places,
          own,
          own.map(() => true)
        )
      )
    } else this.splices.push({ start: hang.intro, end, text: '' })
    if (lines[0] !== '') {
      this.splices.push({ start: hang.intro, end: hang.intro, text: ` ${text}` })
      return
    }
    const at = places.lineEnd(isBelow ? hang.intro : end)
    this.splices.push({ start: at, end: at, text })
  }
}

interface Parts {
  children: Child[]
  added: Added[]
}

/** Puts what is new behind the child before it that stays: behind -1, if it comes first. */
function addedIn(
  order: readonly { at: number; isNew: boolean; key: string | undefined; draft: Draft }[]
): Added[] {
  let after = -1
  return order.flatMap(({ at, isNew, key, draft }): Added[] => {
    if (at !== -1) after = at
    return isNew ? [{ after, key, draft }] : []
  })
}

function grouped<T>(added: readonly Added[], write: (one: Added) => T): Map<number, T[]> {
  const groups = new Map<number, T[]>()
  for (const one of added) {
    const group = groups.get(one.after)
    if (group) group.push(write(one))
    else groups.set(one.after, [write(one)])
  }
  return groups
}
