import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'

/** A program as people have it after `npm install`: built, and started by its launcher. */
export interface Installed {
  /** Words in front of those of the command. */
  launcher: string[]
  /** The checkout that it was built from. */
  checkout: string
}

const root = join(import.meta.dirname, '..', '..')

/** This checkout, as it was built. */
export function installed(folder: string): Installed {
  return installedFrom(root, join(folder, 'installed'))
}

/** Another revision, built in a work tree of its own. `done` takes the work tree away. */
export function installedAt(revision: string, folder: string): { program: Installed; done: () => void } {
  const checkout = join(folder, 'base')
  const git = (...words: string[]): string =>
    execFileSync('git', ['-C', root, ...words], { encoding: 'utf8' })
  git('worktree', 'add', '--quiet', '--detach', checkout, revision)
  const done = (): void => void git('worktree', 'remove', '--force', checkout)
  try {
    symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'), 'junction')
    execFileSync('npm', ['run', '--silent', 'build'], {
      cwd: checkout,
      shell: process.platform === 'win32'
    })
    return { program: installedFrom(checkout, join(folder, 'installed-base')), done }
  } catch (error) {
    done()
    throw error
  }
}

/** The launcher prefers sources where there are any: what is measured has none. */
function installedFrom(checkout: string, to: string): Installed {
  mkdirSync(to)
  for (const part of ['.dist', '.runtime', 'configs', 'schemas', 'package.json', 'CHANGELOG.md'])
    if (existsSync(join(checkout, part))) cpSync(join(checkout, part), join(to, part), { recursive: true })
  // What an older revision needs of packages stands beside it, as in a checkout.
  symlinkSync(join(root, 'node_modules'), join(to, 'node_modules'), 'junction')
  const launcher = join(to, '.runtime', 'polyctl.cjs')
  // As npm does with every command that it installs.
  chmodSync(launcher, 0o755)
  return { checkout, launcher: process.platform === 'win32' ? [process.execPath, launcher] : [launcher] }
}
