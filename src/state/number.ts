interface Decimal {
  negative: boolean
  /** The digits without zeros at either end; empty for zero. */
  digits: string
  /** The power of ten of the last digit. */
  exponent: number
}

/**
 * Whether a number is exactly what was written in decimal: no digit was lost, and nothing became zero or
 * infinite. `1.10` equals 1.1; the sign of a zero does not count.
 */
export function isExactly(value: number, written: string): boolean {
  if (!Number.isFinite(value)) return false
  const [held, wanted] = [decimal(String(value)), decimal(written)]
  if (!held || !wanted || held.digits !== wanted.digits) return false
  return wanted.digits === '' || (held.exponent === wanted.exponent && held.negative === wanted.negative)
}

function decimal(text: string): Decimal | undefined {
  const parts = /^([-+]?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d+))?$/.exec(text)
  if (!parts) return undefined
  const [, sign, whole = '', fraction = '', power = '0'] = parts
  const all = whole + fraction
  let end = all.length
  while (end > 0 && all[end - 1] === '0') end -= 1
  let start = 0
  while (start < end && all[start] === '0') start += 1
  return {
    negative: sign === '-',
    digits: all.slice(start, end),
    exponent: Number(power) - fraction.length + (all.length - end)
  }
}
