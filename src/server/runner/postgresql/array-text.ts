import { isList, type Value } from '../value.ts'

/** Arrays as PostgreSQL writes them: `{1,NULL,"a b",{…}}`, after their bounds where these are unusual. */

/** Returns the items of an array, each converted by `read`. */
export function readArray(text: string, read: (item: string) => Value): Value[] {
  let at = text.startsWith('[') ? text.indexOf('=') + 1 : 0
  const list = (): Value[] => {
    const items: Value[] = []
    at += 1
    while (at < text.length && text[at] !== '}') {
      if (text[at] === ',') at += 1
      else if (text[at] === '{') items.push(list())
      else if (text[at] === '"') items.push(read(quoted()))
      else items.push(plain())
    }
    at += 1
    return items
  }
  const quoted = (): string => {
    let item = ''
    for (at += 1; at < text.length && text[at] !== '"'; at += 1) {
      if (text[at] === '\\') at += 1
      item += text[at] ?? ''
    }
    at += 1
    return item
  }
  const plain = (): Value => {
    const end = text.slice(at).search(/[,}]/)
    const item = text.slice(at, end < 0 ? undefined : at + end)
    at += item.length
    return item === 'NULL' ? null : read(item)
  }
  return list()
}

/** Returns an array as text, its items written by `write`. */
export function arrayText(items: readonly Value[], write: (item: Value) => string | null): string {
  const parts = items.map((item) => {
    if (isList(item)) return arrayText(item, write)
    const text = write(item)
    return text === null ? 'NULL' : `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`
  })
  return `{${parts.join(',')}}`
}
