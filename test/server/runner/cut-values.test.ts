import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { withoutValues } from '../../../src/server/runner/cut-values.ts'
import { JsonText, type Row } from '../../../src/server/runner/value.ts'
import { encodings } from '../../support/canaries.ts'
import { samples } from '../../support/samples.ts'

test.each<[message: string, row: Row, cut: string]>([
  ['Email: invalid email address: bad', ['bad'], 'Email: invalid email address: …'],
  ['duplicate of other.person@example.com', [], 'duplicate of …'],
  ['see /find?mail=other%40example.com&x=1', [], 'see /find?mail=…&x=1'],
  // A word that the target says by itself stays, unless it stands where values do.
  ['the name is too long: name', ['name'], 'the name is too long: …'],
  ['name "Name" (NAME) is taken', ['name'], 'name "…" (…) is taken'],
  ['Ada Lovelace exists', ['Ada Lovelace'], '… exists'],
  ['value = ada, ADA-7 exists', ['Ada-7'], 'value = ada, … exists'],
  ['nothing of 42 or of it', [42, 'it', '', null, undefined], 'nothing of 42 or of it'],
  [
    'tag red-1 of {"city":"Uruk-2"} near Uruk-2',
    [['red-1'], new JsonText('{"home":{"city":"Uruk-2"}}')],
    'tag … of … near …'
  ],
  ['missing: [LastName], Last_Name, Name', ['Name'], 'missing: [LastName], Last_Name, …'],
  ['$&-1 is wrong', ['$&-1'], '… is wrong'],
  [
    'Required fields are missing: [LastName]',
    ['LastName is not this'],
    'Required fields are missing: [LastName]'
  ]
])('%s', (message, row, cut) => {
  expect(withoutValues(message, row)).toBe(cut)
})

test('no value is left in a message, however it is written there', () => {
  const value = fc
    .string({
      minLength: 3,
      maxLength: 12,
      unit: fc.constantFrom(...'ab1-"\\<>&\'/=+ üß€$^*(){}[]|.?%'.split(''))
    })
    // Shorter and plainer ones may be words of the message.
    .filter((text) => /\d/.test(text) && text.trim().length > 2)
  const forms = ['plain', 'json', 'address', 'page'] as const
  fc.assert(
    fc.property(value, value, fc.constantFrom(...forms), (one, other, form) => {
      const written = {
        plain: (text: string) => text,
        json: (text: string) => JSON.stringify(text),
        address: encodeURIComponent,
        page: (text: string) =>
          text
            .replaceAll('&', '&amp;')
            .replaceAll('<', '&lt;')
            .replaceAll('>', '&gt;')
            .replaceAll('"', '&quot;')
            .replaceAll("'", '&#39;')
      }[form]
      const cut = withoutValues(`~${written(one)}~${written(other)}~`, [one, [other]])
      for (const text of [one, other])
        expect(encodings(text).filter((form) => form.length > 3 && cut.includes(form))).toEqual([])
    }),
    samples(500, 100)
  )
})

test('of a page as a message the first lines are left, at once, and no half of an address', () => {
  const page = `${'x'.repeat(200_000)} ada@example.com`
  expect(withoutValues(page, ['Ada-1'])).toBe('…')
  const words = withoutValues(`${'word '.repeat(199)}ada.lovelace@example.com and so on`, [])
  expect(words.length).toBeLessThanOrEqual(1001)
  expect(words).toMatch(/word …$/)
})
