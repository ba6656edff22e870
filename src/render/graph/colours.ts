import type { NodeState } from '../view/graph.ts'

/** What a node is filled with, and what its border has, where a format has no style for the dark. */
export const colours: Readonly<Record<NodeState | 'waits' | 'broken', { fill: string; line: string }>> = {
  create: { fill: '#dafbe1', line: '#1a7f37' },
  update: { fill: '#fff8c5', line: '#9a6700' },
  delete: { fill: '#ffebe9', line: '#cf222e' },
  rename: { fill: '#ddf4ff', line: '#0969da' },
  missing: { fill: '#ffebe9', line: '#cf222e' },
  changed: { fill: '#fff8c5', line: '#9a6700' },
  renamed: { fill: '#ddf4ff', line: '#0969da' },
  'not removed': { fill: '#dafbe1', line: '#1a7f37' },
  none: { fill: '#f6f8fa', line: '#8c959f' },
  declared: { fill: '#f6f8fa', line: '#8c959f' },
  elsewhere: { fill: '#ffffff', line: '#8c959f' },
  waits: { fill: '#fbefff', line: '#8250df' },
  broken: { fill: '#ffebe9', line: '#cf222e' }
}
