import { readFileSync, writeFileSync } from 'node:fs'
import { editorSchema } from '../../src/config/validation/index.ts'
import { kinds } from '../../src/kinds/index.ts'

/**
 * Schemas that are made from the code, by their file. `npm run schemas` writes them; a test says when
 * they are out of date.
 */
export const schemas: Readonly<Record<string, () => Promise<string>>> = {
  'polyctl.schema.json': async () => `${JSON.stringify(await editorSchema(kinds), undefined, 1)}\n`
}

const folder = new URL('../../schemas/', import.meta.url)

/** What the repository has; undefined where the file does not exist. */
export function committed(name: string): string | undefined {
  try {
    return readFileSync(new URL(name, folder), 'utf8')
  } catch {
    return undefined
  }
}

if (import.meta.main) {
  for (const [name, text] of Object.entries(schemas)) writeFileSync(new URL(name, folder), await text())
}
