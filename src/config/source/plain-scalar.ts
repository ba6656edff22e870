import { boolCoreTag, intCoreTag, NOT_RESOLVED, nullCoreTag } from 'js-yaml'
import { isExactly } from '../../state/number.ts'
import type { ScalarNode } from './node.ts'

/** Matches words that may be null, a boolean or a number, by their first character. All others are text. */
const notText = /^(?:[-+.\d~nNtTfF]|$)/

const infinite = /^[-+]?\.(?:inf|Inf|INF|nan|NaN|NAN)$/
const fraction = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/

/**
 * Resolves a plain scalar by the core schema of YAML 1.2; undefined for a number that a JavaScript number
 * cannot hold exactly, and for infinity and NaN.
 */
export function plainScalar(text: string): ScalarNode['value'] | undefined {
  if (!notText.test(text)) return text
  for (const tag of [nullCoreTag, boolCoreTag]) {
    const value = tag.resolve(text, false, tag.tagName)
    if (value !== NOT_RESOLVED) return value
  }
  const whole = intCoreTag.resolve(text, false, intCoreTag.tagName)
  if (whole !== NOT_RESOLVED) {
    if (!Number.isSafeInteger(whole)) return undefined
    // `-0` becomes 0.
    return whole === 0 ? 0 : whole
  }
  if (infinite.test(text)) return undefined
  if (!fraction.test(text)) return text
  const number = Number(text)
  if (!isExactly(number, text)) return undefined
  return number
}
