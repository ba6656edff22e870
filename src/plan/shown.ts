import type { Rule } from '../state/rule.ts'
import { isEmpty, type Json } from '../state/value.ts'

type TextRule = Extract<Rule, { is: 'text' }>

/** Returns the text of a structure for people; undefined where it is empty. */
export function shown(rule: TextRule, value: Json | undefined): string | undefined {
  return isEmpty(value) ? undefined : rule.shown(value)
}

/** Whether two structures say the same; both have ids in place of names. */
export function isSameText(rule: TextRule, wanted: Json | undefined, live: Json | undefined): boolean {
  if (isEmpty(wanted) || isEmpty(live)) return isEmpty(wanted) && isEmpty(live)
  return rule.known(wanted) === rule.known(live) || rule.shown(wanted) === rule.shown(live)
}
