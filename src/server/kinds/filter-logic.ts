const operators = new Set(['AND', 'OR', 'NOT'])

/** Whether a word of a logic is an operator, in any case. */
export function isOperator(word: string): boolean {
  return operators.has(word.toUpperCase())
}

/**
 * Returns why a logic cannot be understood; undefined where it can. Labels are letters in order (A is the
 * first), in any case; with `exact` they are chosen by the client, and case counts.
 */
export function logicProblem(
  logic: string,
  labels: readonly string[],
  { exact = false }: { exact?: boolean } = {}
): string | undefined {
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
      if (!labels.includes(exact ? token : word))
        return `names the filter ${token}; the filters are ${labels.join(', ')}`
      wantsOperand = false
    }
  }
  if (depth > 0) return 'has a "(" that is not closed'
  return wantsOperand ? 'ends where a filter must be' : undefined
}

/** Returns the first label that a logic leaves out. */
export function unnamed(logic: string, labels: readonly string[]): string | undefined {
  const words = new Set(logic.match(/[^\s()]+/g))
  return labels.find((label) => !words.has(label))
}

/** Returns the logic with other labels. */
export function relabelled(logic: string, label: (word: string) => string): string {
  return logic.replace(/[^\s()]+/g, (word) => (isOperator(word) ? word : label(word)))
}

/** Returns the label of a position: A, B, … Z, AA, … */
export function letter(index: number): string {
  const last = String.fromCharCode(65 + (index % 26))
  return index < 26 ? last : letter(Math.floor(index / 26) - 1) + last
}
