import type { CodeEntry } from '../diagnostics/code-entry.ts'
import { columns, visible, visibleLines } from './plain-text.ts'
import { paint, type Look } from './style.ts'

/** All codes, a line each. */
export function codesText(codes: readonly { code: string; title: string }[]): string {
  return codes.map(({ code, title }) => `${code}  ${title}\n`).join('')
}

/** What a code means, at length: for those who want to understand, not only to mend. */
export function explanationText({ code, ...entry }: CodeEntry & { code: string }, look: Look): string {
  const width = Math.min(look.width, 88)
  const blocks = [
    `${paint(look, 'error', visible(code))}  ${paint(look, 'strong', visible(entry.title))}`,
    ...paragraphs(entry.explanation, width),
    ...example('This is wrong:', entry.bad, look),
    ...example('This is right:', entry.good, look)
  ]
  return `${blocks.join('\n\n')}\n`
}

function example(title: string, yaml: string | undefined, look: Look): string[] {
  if (yaml === undefined || yaml.trim() === '') return []
  const lines = visibleLines(yaml.replace(/^\n+/, '').trimEnd())
  return [[paint(look, 'strong', title), '', ...lines.map((line) => `    ${line}`.trimEnd())].join('\n')]
}

/** Words flow to the width; lists and indented lines stay as they are. */
function paragraphs(text: string, width: number): string[] {
  if (text.trim() === '') return []
  return text
    .trim()
    .split(/\n\s*\n/)
    .map((part) => {
      const lines = visibleLines(part)
      const layout = lines.some((line) => /^(?: {2,}|[-*] |\d+\. )/.test(line))
      return layout ? lines.map((line) => line.trimEnd()).join('\n') : flow(lines.join(' '), width)
    })
}

function flow(text: string, width: number): string {
  const lines: string[] = ['']
  for (const word of text.split(/ +/).filter((word) => word !== '')) {
    const last = lines.at(-1) ?? ''
    if (last === '') lines[lines.length - 1] = word
    else if (columns(last) + 1 + columns(word) <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines.join('\n')
}
