import { dictionary, isObject, type Json } from '../state/value.ts'
import type { RowAssertion } from '../wire/local-start.ts'

const units = dictionary({ s: 1, m: 60, h: 3600, d: 86_400 })

/** Reads what files assert of the rows of a sync; their shape was checked. */
export function assertionsIn(declared: Json | undefined): RowAssertion[] {
  return (Array.isArray(declared) ? declared : []).flatMap((one): RowAssertion[] => {
    if (!isObject(one)) return []
    const { unique, not_null, accepted, count, fresh } = one
    if (unique !== undefined) return [{ asserts: 'unique', fields: namesIn(unique) }]
    // Each by itself, so that what is told names one.
    if (not_null !== undefined)
      return namesIn(not_null).map((name) => ({ asserts: 'not_null', fields: [name] }))
    if (isObject(accepted)) {
      const { field = '', values } = accepted
      return [{ asserts: 'accepted', fields: namesIn(field), values: Array.isArray(values) ? values : [] }]
    }
    if (isObject(count)) {
      const { min, max } = count
      return [
        {
          asserts: 'count',
          ...(typeof min === 'number' && { min }),
          ...(typeof max === 'number' && { max })
        }
      ]
    }
    if (!isObject(fresh)) return []
    const [, digits = '0', unit = 's'] = /^(\d+)([smhd])$/.exec(String(namesIn(fresh.within)[0])) ?? []
    const seconds = Number(digits) * (units[unit] ?? 1)
    return [{ asserts: 'fresh', fields: namesIn(fresh.field), within_seconds: seconds }]
  })
}

function namesIn(value: Json | undefined): string[] {
  return (Array.isArray(value) ? value : [value]).filter((name) => typeof name === 'string')
}
