/** One sample of the text format of Prometheus. */
export interface Sample {
  name: string
  labels: Readonly<Record<string, string>>
  value: number
}

/** Reads the text format of Prometheus as its own parser does, and refuses whatever that refuses. */
export function parseMetrics(text: string): Sample[] {
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  const types = new Map<string, string>()
  const samples: Sample[] = []
  for (const line of text.split('\n')) {
    if (line === '') continue
    if (line.startsWith('#')) {
      const [, word, name = '', rest = ''] = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) ?(.*)$/.exec(line) ?? []
      if (word === undefined) throw new Error(`no comment: ${line}`)
      if (word !== 'TYPE') continue
      if (types.has(name)) throw new Error(`two types of ${name}`)
      if (!['counter', 'gauge', 'histogram', 'summary', 'untyped'].includes(rest))
        throw new Error(`no type: ${line}`)
      types.set(name, rest)
      continue
    }
    const [, name = '', inner, value = ''] =
      /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|\+?Inf|NaN))$/.exec(line) ?? []
    if (name === '') throw new Error(`no sample: ${line}`)
    if (!types.has(name) && !types.has(name.replace(/_(bucket|sum|count)$/, '')))
      throw new Error(`no type for ${name}`)
    samples.push({ name, labels: labelsOf(inner ?? ''), value: Number(value.replace('Inf', 'Infinity')) })
  }
  const keys = samples.map(({ name, labels }) => name + JSON.stringify(labels))
  if (new Set(keys).size !== keys.length) throw new Error('a sample stands twice')
  return samples
}

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {}
  const pair = /([a-zA-Z_]\w*)="((?:\\["\\n]|[^"\\\n])*)"(?:,|$)/y
  for (let match = pair.exec(text); match !== null; match = pair.exec(text)) {
    const [, name = '', value = ''] = match
    labels[name] = value.replaceAll(/\\(.)/g, (_found, sign: string) => (sign === 'n' ? '\n' : sign))
    if (pair.lastIndex === text.length) return labels
  }
  if (text !== '') throw new Error(`no labels: ${text}`)
  return labels
}

/** The value of a sample; undefined where there is none. */
export function valueOf(
  samples: readonly Sample[],
  name: string,
  labels: Record<string, string> = {}
): number | undefined {
  return samples.find(
    (one) =>
      one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value)
  )?.value
}
