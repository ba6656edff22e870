/**
 * Why a filter logic cannot be understood; undefined when it can. Letters name filters, in order: A is
 * the first.
 */
export function logicProblem(logic: string, letters: readonly string[]): string | undefined {
  const tokens = logic.match(/[()]|[^\s()]+/g) ?? []
  let depth = 0
  let wantsOperand = true
  for (const token of tokens) {
    const word = token.toUpperCase()
    if (token === '(') {
      if (!wantsOperand) return `has "(" where AND or OR must be`
      depth += 1
    } else if (token === ')') {
      if (wantsOperand || depth === 0) return 'has a ")" too many'
      depth -= 1
    } else if (word === 'NOT') {
      if (!wantsOperand) return 'has NOT where AND or OR must be'
    } else if (word === 'AND' || word === 'OR') {
      if (wantsOperand) return `has ${word} where a filter must be`
      wantsOperand = true
    } else {
      if (!wantsOperand) return `has "${token}" where AND or OR must be`
      if (!letters.includes(word)) return `names the filter ${token}; the filters are ${letters.join(', ')}`
      wantsOperand = false
    }
  }
  if (depth > 0) return 'has a "(" that is not closed'
  return wantsOperand ? 'ends where a filter must be' : undefined
}

/** A, B, … Z, AA, …: the label of the filter at this position. */
export function letter(index: number): string {
  const last = String.fromCharCode(65 + (index % 26))
  return index < 26 ? last : letter(Math.floor(index / 26) - 1) + last
}
