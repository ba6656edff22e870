/** How a handler comes to know what only a connected system can tell. */
import type { StoredConnection } from '../stored.ts'

/** The part of a connection that determines its catalogue. A shared connection has that of its parent. */
export type DescribedConnection = Pick<
  StoredConnection,
  'id' | 'type' | 'name' | 'parent_name' | 'created_objects' | 'configuration' | 'grant'
>

/** What is to be known of a system: its objects; or the fields of one; or the columns of a query. */
export interface Need {
  connection: DescribedConnection
  object?: string
  query?: string
}

/**
 * Thrown where a handler needs to know what nobody has asked the system yet. Handlers are synchronous, and
 * hold a transaction: the question is asked outside of it, and the handler begins anew.
 */
export class Unread extends Error {
  readonly needs: readonly Need[]
  constructor(needs: readonly Need[]) {
    super('a system is to be asked first')
    this.needs = needs
  }
}

/** Works; and again, as long as something is to be found out first. */
export async function knowing<T>(
  { learn }: { learn: (needs: readonly Need[]) => Promise<void> },
  work: () => T
): Promise<T> {
  for (;;) {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof Unread)) throw error
      await learn(error.needs)
    }
  }
}

/** Does all of it, so that what is needed for each is asked at once. */
export function together<T>(works: readonly (() => T)[]): T[] {
  const needs: Need[] = []
  const results = works.flatMap((work) => {
    try {
      return [work()]
    } catch (error) {
      if (!(error instanceof Unread)) throw error
      needs.push(...error.needs)
      return []
    }
  })
  if (needs.length > 0) throw new Unread(needs)
  return results
}
