import { expect, test } from 'vitest'
import { bulkSync } from '../../src/kinds/bulk-sync.ts'
import { declaredImpact } from '../../src/plan/impact.ts'
import type { FieldChange } from '../../src/plan/plan.ts'
import type { JsonObject } from '../../src/state/value.ts'
import { at } from '../render/builders.ts'

/** What the change of one field of a bulk sync does. */
function effectOf(path: string[], parts: Partial<FieldChange> = {}, wanted: JsonObject = {}): string {
  const field: FieldChange = { path, how: 'changed', span: at('a.yaml', 1), ...parts }
  const effect = declaredImpact(bulkSync, path.length === 0 ? 'create' : 'update', path)?.effect
  return typeof effect === 'function' ? effect(field, wanted) : (effect ?? 'not declared')
}

test('what a bulk sync copies decides what the change of a schema does', () => {
  const contact = ['schemas', '[Contact]']
  expect(effectOf(contact, { how: 'added' })).toBe('other records')
  expect(effectOf(contact, { how: 'removed' })).toBe('other records')
  expect(effectOf([...contact, 'filters', '[Status]'])).toBe('other records')
  expect(effectOf([...contact, 'fields', '[Email]'], { how: 'removed' })).toBe('no longer written')
  expect(effectOf([...contact, 'fields', '[Email]'], { how: 'added' })).toBe('other values')
  expect(effectOf([...contact, 'fields', '[Email]', 'obfuscate'])).toBe('other values')
  expect(effectOf([...contact, 'user_output_name'])).toBe('writes everything again')
  expect(effectOf([...contact, 'tracking_field'])).toBe('unknown')
})

test('another place to write to has none of the tables; other settings nobody knows', () => {
  expect(effectOf(['destination', 'connection'])).toBe('writes everything again')
  expect(effectOf(['destination', 'configuration', 'schema'])).toBe('writes everything again')
  expect(effectOf(['destination', 'configuration', 'advanced', 'hard_deletes'])).toBe('unknown')
  expect(effectOf(['source', 'connection'])).toBe('reads something else')
})

test('a default schedule is compared by how often it runs, and its parts only move it', () => {
  const frequency = { before: 'daily', after: 'hourly' }
  const path = ['default_schedule', 'frequency']
  expect(effectOf(path, frequency)).toBe('runs more often')
  expect(effectOf(path, { before: 'daily', after: 'manual' })).toBe('runs less often')
  const daily = { default_schedule: { frequency: 'daily' } }
  expect(effectOf(['default_schedule', 'minute'], {}, daily)).toBe('none')
  expect(effectOf(['additional_schedules', '[Contact]', 'minute'], {}, daily)).toBe('unknown')
})

test('a bulk sync that is made inactive copies nothing yet', () => {
  expect(effectOf([], {}, { active: false })).toBe('none')
  expect(effectOf([])).toBe('first run')
  expect(effectOf(['active'], { after: false })).toBe('stops')
})
