/**
 * What a plain SELECT reads, as far as it can be told without understanding SQL. `from` is the column of
 * the table; absent where the value is computed.
 */
export interface QueryColumns {
  /** The one table that is read, as written. */
  table: string
  /** Names of the columns in order; `*` is all of the table. */
  columns: { name: string; from?: string }[]
}

const select = /^\s*select\s+(?:distinct\s+)?(.+?)\s+from\s+([\w$."`]+)([\s\S]*)$/is
const column = /^(?:[\w$"`]+\.)*(["`]?)([\w$]+)\1$/
const aliased = /^([\s\S]+?)\s+as\s+(["`]?)([\w$]+)\2$/i

/**
 * The columns of a plain SELECT; undefined for anything that takes more than reading its list of columns.
 */
export function queryColumns(query: string): QueryColumns | undefined {
  const [, list, table, rest] = select.exec(query) ?? []
  if (list === undefined || table === undefined) return undefined
  const joins = /\b(join|union|intersect|except)\b|^\s*,/i.test(rest ?? '')
  const columns: QueryColumns['columns'] = []
  for (const item of atTopLevel(list)) {
    if (item === '*') {
      if (joins) return undefined
      columns.push({ name: '*' })
      continue
    }
    const [, expression, , alias] = aliased.exec(item) ?? []
    const plain = column.exec(expression ?? item)?.[2]
    const name = alias ?? plain
    if (name === undefined) return undefined
    columns.push(plain === undefined ? { name } : { name, from: plain })
  }
  return { table: table.replace(/["`]/g, ''), columns }
}

/** The parts between commas that are in no parentheses. */
function atTopLevel(list: string): string[] {
  const parts: string[] = []
  let depth = 0
  let part = ''
  for (const character of list) {
    if (character === '(') depth += 1
    if (character === ')') depth -= 1
    if (character === ',' && depth === 0) {
      parts.push(part.trim())
      part = ''
    } else {
      part += character
    }
  }
  return [...parts, part.trim()]
}
