import { RunProblem } from './connector.ts'

/**
 * Loads an optional package when it is first needed. Throws `RunProblem` that says how to get it where it is
 * not installed.
 */
export async function driver<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (!['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(code)) throw error
    throw new RunProblem(
      'driver',
      `the package "${name}", which talks to this system, is not installed: npm install ${name}`,
      { cause: error }
    )
  }
}
