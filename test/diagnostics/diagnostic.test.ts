import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { checked, inOrder, problem, warning, type Diagnostic } from '../../src/diagnostics/diagnostic.ts'

function at(path: string, offset: number, code: Diagnostic['code'] = 'P101', message = ''): Diagnostic {
  const position = { line: 1, column: offset + 1, offset }
  return problem(code, message, { labels: [{ span: { path, start: position, end: position }, text: '' }] })
}

const diagnostic = fc
  .record({
    path: fc.constantFrom('a.yaml', 'b.yaml'),
    offset: fc.nat(20),
    code: fc.constantFrom('P101', 'P102', 'P103')
  })
  .map(({ path, offset, code }) => at(path, offset, code as Diagnostic['code']))

test('the order is by file, place and code, whatever order they came in', () => {
  fc.assert(
    fc.property(fc.array(diagnostic), (all) => {
      expect(inOrder(all.toReversed())).toEqual(inOrder(all))
      expect(inOrder(inOrder(all))).toEqual(inOrder(all))
    })
  )
  const all = [at('b', 1), at('a', 10, 'P102'), at('a', 10), at('a', 9)]
  expect(inOrder(all)).toEqual([at('a', 9), at('a', 10), at('a', 10, 'P102'), at('b', 1)])
})

test('one code is told once at one place; problems without a place are told each', () => {
  expect(inOrder([at('a', 1, 'P101', 'first'), at('a', 1, 'P101', 'second')])).toHaveLength(1)
  expect(inOrder([problem('P603', 'one'), problem('P603', 'two'), problem('P603', 'one')])).toHaveLength(2)
})

test('an error takes the value away, a warning does not', () => {
  expect(checked(1, [warning('P306', 'w')])).toEqual({
    ok: true,
    value: 1,
    problems: [warning('P306', 'w')]
  })
  expect(checked(1, [warning('P306', 'w'), problem('P101', 'e')])).toMatchObject({ ok: false })
})
