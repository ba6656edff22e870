import { applyPatch } from 'diff'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { unified } from '../../src/render/unified.ts'
import { samples } from '../support/samples.ts'

const line = fc.constantFrom('a', 'b', '- name: x', '', 'only here', 'c\r')

test('a patch of a long text makes the other one of it, wherever it is cut', () => {
  const edit = fc.record({
    at: fc.nat(700),
    gone: fc.nat(3),
    lines: fc.array(line, { maxLength: 3 })
  })
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 12 }), fc.boolean(), (edits, isOpen) => {
      const before = Array.from({ length: 700 }, (_, at) =>
        at % 5 === 0 ? `line ${at}` : `same ${at % 3}`
      )
      const after = edits
        .toSorted((a, b) => b.at - a.at)
        .reduce((lines, { at, gone, lines: more }) => lines.toSpliced(at, gone, ...more), before)
      const [old, next] = [before, after].map((lines) => `${lines.join('\n')}${isOpen ? '' : '\n'}`)
      const { patch, lines } = unified('a.yaml', old!, next!)
      expect(applyPatch(old!, patch)).toBe(next)
      const changed = patch.split('\n').filter((one) => /^[-+](?![-+]{2} )/.test(one))
      expect(lines.filter((one) => !one.startsWith('@@')).length).toBe(changed.length)
    }),
    samples(300, 30)
  )
})
