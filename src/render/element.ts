/** A part of a page or of a drawing. What stands in it is data: nothing of it is read as markup. */
export interface Element {
  tag: string
  attributes: Readonly<Record<string, Attribute>>
  children: readonly Child[]
}

/** True is an attribute without a value; false and undefined are none. */
export type Attribute = string | number | boolean | undefined

/** What an element may hold. */
export type Child = Element | string | undefined

/** Makes an element. Its tag and the names of its attributes are the program's own, all else may be data. */
export function element(
  tag: string,
  attributes: Element['attributes'],
  ...children: readonly (Child | readonly Child[])[]
): Element {
  return { tag, attributes, children: children.flat() }
}

/** Elements of HTML that hold nothing. */
const empty = new Set(['meta', 'link', 'input', 'br', 'hr'])

/** What these hold is read as it stands. It is the program's own, and no data. */
const verbatim = new Set(['style', 'script'])

/** The text of an element, in HTML or in XML. */
export function elementText(root: Element, language: 'html' | 'xml'): string {
  const parts: string[] = []
  add(root)
  return parts.join('')

  function add({ tag, attributes, children }: Element): void {
    parts.push('<', tag)
    for (const [name, value] of Object.entries(attributes)) {
      if (value === undefined || value === false) continue
      parts.push(' ', name, value === true && language === 'html' ? '' : `="${escaped(String(value))}"`)
    }
    if (language === 'html' && empty.has(tag)) return void parts.push('>')
    parts.push('>')
    for (const child of children) {
      if (child === undefined) continue
      if (typeof child !== 'string') add(child)
      else parts.push(language === 'html' && verbatim.has(tag) ? ownText(child) : escaped(child))
    }
    parts.push('</', tag, '>')
  }
}

/** Harmless as content and in quotes. What XML cannot hold at all is shown as a letter that stands for it. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/[^\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
}

function ownText(text: string): string {
  if (/<[!/]/.test(text)) throw new Error('a script or a style would end in its middle')
  return text
}
